/** One run of `mockStream`: speaks on whether somebody reads or not, and ends once. */

export interface MockRunError {
  code: string
  message: string
  recoverable: boolean
}

/** Where a connection breaks, and who is told of it. */
export interface MockBreak {
  after: number
  broken(): void
}

type End = { outcome: 'completed' | 'stopped' } | { outcome: 'failed'; error: MockRunError }

/** Token `n` (from 1) has seq `n`, the end the one behind the last. */
export class MockRun {
  readonly #id: string
  readonly #tokens: readonly string[]
  readonly #fails: { after: number; error: MockRunError } | undefined
  #said = 0
  #end: End | undefined
  #waiting: (() => void)[] = []
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    id: string,
    tokens: readonly string[],
    delay: number,
    fails: { after: number; error: MockRunError } | undefined,
  ) {
    this.#id = id
    this.#tokens = tokens
    this.#fails = fails
    this.#speak(delay)
  }

  /** The events behind `after`, then new ones as they come. */
  stream(after: number, signal: AbortSignal | null | undefined, breaks: () => MockBreak | undefined): Response {
    let seq = after
    const encoder = new TextEncoder()
    const leave = () => this.#wake()
    signal?.addEventListener('abort', leave)
    const body = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        while (seq >= this.#said && !this.#end && !signal?.aborted) await this.#news()
        if (signal?.aborted) return controller.error(signal.reason)
        const fault = breaks()
        if (fault && seq >= fault.after) {
          fault.broken()
          return controller.error(new TypeError('network error'))
        }
        const token = seq < this.#said ? this.#tokens[seq] : undefined
        seq += 1
        const data = token === undefined ? this.#endEvent() : { type: 'token', token }
        controller.enqueue(encoder.encode(`id: ${seq}\ndata: ${JSON.stringify(data)}\n\n`))
        if (token !== undefined) return
        signal?.removeEventListener('abort', leave)
        controller.close()
      },
      cancel: () => signal?.removeEventListener('abort', leave),
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8', ...this.#headers() } })
  }

  /** What came behind `after`, without waiting. */
  poll(after: number): Response {
    const end = this.#end
    return Response.json({
      message_id: this.#id,
      tokens: this.#tokens.slice(after, this.#said),
      next: end ? this.#said + 1 : this.#said,
      complete: end !== undefined,
      status: end?.outcome ?? 'running',
      ...(end?.outcome === 'failed' && { error: end.error }),
    })
  }

  async whole(signal: AbortSignal | null | undefined): Promise<Response> {
    const leave = () => this.#wake()
    signal?.addEventListener('abort', leave)
    while (!this.#end && !signal?.aborted) await this.#news()
    signal?.removeEventListener('abort', leave)
    if (signal?.aborted) throw signal.reason
    if (this.#end?.outcome === 'failed') {
      return Response.json({ ...this.#endEvent(), message_id: this.#id }, { status: 502 })
    }
    const text = this.#tokens.slice(0, this.#said).join('')
    const headers = { ...this.#headers(), 'x-run-status': this.#end?.outcome ?? 'running' }
    return Response.json({ message_id: this.#id, text }, { headers })
  }

  stop(): Response {
    this.#finish({ outcome: 'stopped' })
    return Response.json({ message_id: this.#id, status: this.#end?.outcome })
  }

  #speak(delay: number): void {
    const last = this.#fails?.after ?? this.#tokens.length
    if (delay <= 0) this.#said = Math.min(last, this.#tokens.length)
    if (this.#said >= Math.min(last, this.#tokens.length)) {
      return this.#finish(this.#fails ? { outcome: 'failed', error: this.#fails.error } : { outcome: 'completed' })
    }
    this.#timer = setTimeout(() => {
      this.#said += 1
      this.#wake()
      this.#speak(delay)
    }, delay)
  }

  #finish(end: End): void {
    clearTimeout(this.#timer)
    this.#end ??= end
    this.#wake()
  }

  #endEvent(): Record<string, unknown> {
    const end = this.#end
    if (end?.outcome === 'failed') {
      const { code, message, recoverable } = end.error
      return { type: 'error', error: message, code, param: null, recoverable }
    }
    return { type: end?.outcome === 'stopped' ? 'cancelled' : 'complete' }
  }

  #headers(): Record<string, string> {
    return { 'x-message-id': this.#id, 'x-run-id': `run_of_${this.#id}` }
  }

  #news(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
