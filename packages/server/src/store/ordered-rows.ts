/** Rows in the order of their positions, found by position in logarithmic time. */

export interface Row {
  readonly id: string
  /** Given once, when the row is first inserted. */
  readonly position: number
  /** The row's JSON: what is loaded is a copy by construction. */
  json: string
}

export class OrderedRows<R extends Row> {
  readonly #rows: R[] = []

  get size(): number {
    return this.#rows.length
  }

  insert(row: R): void {
    this.#rows.splice(this.#indexAfter(row.position), 0, row)
  }

  delete(row: R): void {
    const index = this.#indexAfter(row.position) - 1
    if (this.#rows[index] === row) this.#rows.splice(index, 1)
  }

  values(): readonly R[] {
    return this.#rows
  }

  /** At most `count` rows behind `position` in that order, or from the beginning. */
  slice(order: 'asc' | 'desc', position: number | undefined, count: number): R[] {
    if (order === 'asc') {
      const start = position === undefined ? 0 : this.#indexAfter(position)
      return this.#rows.slice(start, start + count)
    }
    const end = position === undefined ? this.#rows.length : this.#indexAfter(position - 1)
    return this.#rows.slice(Math.max(0, end - count), end).reverse()
  }

  /** Index of the first row whose position is greater; positions are whole numbers. */
  #indexAfter(position: number): number {
    let low = 0
    let high = this.#rows.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#rows[middle]?.position ?? Number.POSITIVE_INFINITY) <= position) low = middle + 1
      else high = middle
    }
    return low
  }
}
