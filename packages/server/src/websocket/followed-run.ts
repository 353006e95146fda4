/** One run that a socket follows: reads it from the log and sends what a client sees of it, as fast as the socket takes it. */
import { ChatKitError } from '@millrace/protocol'
import type { RunEntry, RunInfo } from '../log/run-log.ts'
import { tokenLiteralOf } from '../plain/token.ts'
import type { RunHandle } from '../runs.ts'
import { endEvent, tokenEvent, tokenHead } from './events.ts'

/** The socket as its runs see it. */
export interface Outlet {
  send(messages: readonly string[]): void
  /** Undefined while there is room; else resolves when there may be, or at the signal. */
  room(signal: AbortSignal): Promise<void> | undefined
  /** The run's end was sent (or, with an error, can't be read any more): it is not followed any longer. */
  over(run: FollowedRun, error?: unknown): void
}

export class FollowedRun {
  readonly #run: RunHandle
  readonly #outlet: Outlet
  readonly #tokenHead: string
  /** Seq of the last entry that was sent, or that has nothing to send. */
  #seen: number
  /** The reading that is under way; none while delivery is paused, so that a paused run holds nothing. */
  #reading: AbortController | undefined

  constructor(run: RunHandle, after: number, outlet: Outlet) {
    this.#run = run
    this.#seen = after
    this.#outlet = outlet
    this.#tokenHead = tokenHead(run.info.messageId)
  }

  get info(): RunInfo {
    return this.#run.info
  }

  get isPaused(): boolean {
    return this.#reading === undefined
  }

  /** Sends what comes after the last entry that was sent. */
  follow(): void {
    if (this.#reading) return
    this.#reading = new AbortController()
    void this.#deliver(this.#reading.signal)
  }

  /** Sends nothing from now on; the run goes on. */
  leave(): void {
    this.#reading?.abort()
    this.#reading = undefined
  }

  /** Asks the run to stop. That it did is told by its end, so a paused delivery goes on. Rejects where that can't be asked. */
  async stop(): Promise<void> {
    this.follow()
    await this.#run.stop()
  }

  async #deliver(signal: AbortSignal): Promise<void> {
    const outlet = this.#outlet
    try {
      // Before the first batch as after each: what is not read yet waits in the log, and not here.
      for (let full = outlet.room(signal); full; full = outlet.room(signal)) await full
      for await (const entries of this.#run.read(this.#seen, signal)) {
        // Another run may have filled the socket in the meantime.
        for (let full = outlet.room(signal); full; full = outlet.room(signal)) await full
        if (signal.aborted) return
        if (this.#send(entries)) return outlet.over(this)
        for (let full = outlet.room(signal); full; full = outlet.room(signal)) await full
      }
      if (!signal.aborted) throw new ChatKitError('not_found', 'This answer is gone: its thread was deleted.')
    } catch (error) {
      if (!signal.aborted) outlet.over(this, error)
    }
  }

  /** Returns whether the run's end was among the entries. */
  #send(entries: readonly RunEntry[]): boolean {
    const messages: string[] = []
    let isEnd = false
    for (const entry of entries) {
      if ('end' in entry) {
        isEnd = true
        messages.push(endEvent(this.info.messageId, entry.end, entry.seq))
        continue
      }
      const literal = tokenLiteralOf(entry)
      if (literal !== undefined) messages.push(tokenEvent(this.#tokenHead, literal, entry.seq))
    }
    this.#seen = entries.at(-1)?.seq ?? this.#seen
    if (messages.length > 0) this.#outlet.send(messages)
    return isEnd
  }
}
