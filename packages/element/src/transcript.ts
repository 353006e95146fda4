/** Turns the flat list of thread items into turns whose parts update on their own, so that a token redraws one item and nothing else. */
import type { ThreadItem } from '@millrace/protocol'
import { type Signal, signal } from '@preact/signals'

/** One item on screen. The key outlives the change from a local id to the server's. */
export interface Cell {
  readonly key: string
  readonly item: Signal<ThreadItem>
}

/** A user message and everything after it up to the next one (P3); the first turn may lack the message. */
export interface Turn {
  readonly key: string
  readonly cells: readonly Cell[]
}

export interface Transcript {
  readonly turns: Signal<readonly Turn[]>
  /** Takes the items of a newer snapshot; `turns` changes only when an item came, went or moved. */
  update(items: readonly ThreadItem[]): void
}

export function createTranscript(): Transcript {
  const turns = signal<readonly Turn[]>([])
  let cells: readonly Cell[] = []
  let shown: readonly ThreadItem[] = []
  let nextKey = 1

  const cellsFor = (items: readonly ThreadItem[]): Cell[] => {
    // Two items may share an id where a server reuses one (N73): each keeps a cell of its own, in their order.
    const byId = new Map<string, Cell[]>()
    for (const cell of cells) {
      const id = cell.item.peek().id
      const same = byId.get(id)
      if (same) same.push(cell)
      else byId.set(id, [cell])
    }
    const ids = new Set(items.map((item) => item.id))
    // A message of ours that the server has stored meanwhile comes back under its id: it stays the bubble it was.
    const replaced = cells.filter(({ item }) => item.peek().id.startsWith('local_') && !ids.has(item.peek().id))
    return items.map((item) => {
      const known = byId.get(item.id)?.shift() ?? (item.type === 'user_message' ? replaced.shift() : undefined)
      if (!known) return { key: `c${nextKey++}`, item: signal(item) }
      known.item.value = item
      return known
    })
  }

  return {
    turns,
    update(items) {
      if (items === shown) return
      const before = shown
      shown = items
      // While an answer streams, its items change and none comes or goes: nothing is built anew then.
      if (items.length === before.length && items.every((item, index) => item.id === before[index]?.id)) {
        items.forEach((item, index) => {
          const cell = cells[index]
          if (cell && item !== before[index]) cell.item.value = item
        })
        return
      }
      const next = cellsFor(items)
      const sameCells = next.length === cells.length && next.every((cell, index) => cell === cells[index])
      cells = next
      if (!sameCells) turns.value = groupTurns(next, turns.peek())
    },
  }
}

/** Turns that hold the same cells as before keep their identity. */
function groupTurns(cells: readonly Cell[], before: readonly Turn[]): Turn[] {
  const groups: Cell[][] = []
  for (const cell of cells) {
    const open = groups.at(-1)
    if (open && cell.item.peek().type !== 'user_message') open.push(cell)
    else groups.push([cell])
  }
  const known = new Map(before.map((turn) => [turn.key, turn]))
  return groups.map((group) => {
    const key = group[0]?.key ?? ''
    const old = known.get(key)
    const isSame = old?.cells.length === group.length && group.every((cell, index) => cell === old.cells[index])
    return old && isSame ? old : { key, cells: group }
  })
}
