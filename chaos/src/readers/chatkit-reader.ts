/**
 * Reads a run from `POST /chatkit`, as strictly as can be: every sequence number exactly once and in order, the same data as
 * every other reader of the run. What breaks is read on from where it broke, by `runs.resume` or by sending the message again.
 */
import type { IncomingMessage } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { RunEndedEvent, ThreadStreamEvent } from '@millrace/protocol'
import type { Random } from '@millrace/testbed'
import type { Language } from '../script.ts'
import { jsonOf, RETRY_MS, SILENCE_MS, send } from './http.ts'
import { Notes, type Reader } from './reading.ts'
import { sseRecords } from './sse-records.ts'

export interface ChatkitReaderOptions {
  name: string
  url: string
  language: Language
  /**
   * The message to send, at first to `at`; without it a run that is there is followed. Once the run is known, the message is
   * now and then sent again instead of resuming, unless `isSentOnce`.
   */
  start?: { body: object; messageId: string; at?: string; isSentOnce?: boolean }
  runId?: string
  /** Instead of `runId`: the thread's latest run. */
  threadId?: string
  /** What each sequence number has held so far, for whichever reader saw it first. */
  past: Map<number, string>
  random: Random
  deadlineMs: number
  /** Told once the run and its thread are known. */
  onRun?: (run: { runId: string; threadId: string | undefined }) => void
}

export interface ChatkitReader extends Reader {
  /** Every entry's data in order; the first has seq 1. */
  readonly events: readonly (ThreadStreamEvent | RunEndedEvent)[]
  /** Answers that were no stream, by status. */
  readonly refusals: ReadonlyMap<number, number>
}

export function readChatkit(options: ChatkitReaderOptions): ChatkitReader {
  const reading = new Notes(options.name, options.language)
  const events: (ThreadStreamEvent | RunEndedEvent)[] = []
  const refusals = new Map<number, number>()
  const giveUp = AbortSignal.timeout(options.deadlineMs)
  let { runId, threadId } = options
  let tries = 0

  async function readAll(): Promise<void> {
    while (reading.end === undefined && !giveUp.aborted) {
      const silence = new AbortController()
      const watch = setTimeout(() => silence.abort(), SILENCE_MS)
      const before = events.length
      try {
        const response = await send({ ...nextRequest(), signal: AbortSignal.any([giveUp, silence.signal]) })
        watch.refresh()
        response.on('data', () => watch.refresh())
        if (response.statusCode === 200) await readStream(response)
        else await refused(response)
      } catch (error) {
        if (error instanceof TypeError) reading.complain(error.message)
        // Anything else is the fault at work: it is read on.
      } finally {
        clearTimeout(watch)
      }
      // What brought something is resumed at once, what brought nothing after a while: where a server is away it is asked less.
      if (reading.end === undefined)
        await delay(events.length > before || tries === 1 ? 1 : RETRY_MS * (1 + options.random()))
    }
  }

  function nextRequest() {
    const { start, url, random } = options
    const after = events.length
    tries += 1
    // Both ways lead to the same run; before it is known there is only one.
    if (start && (runId === undefined || (!start.isSentOnce && random() < 0.3))) {
      const headers = { 'last-event-id': `${after}`, 'idempotency-key': start.messageId }
      return { url: `${tries === 1 && start.at ? start.at : url}/chatkit`, body: start.body, headers }
    }
    const run = runId === undefined ? { thread_id: threadId } : { run_id: runId }
    return { url: `${url}/chatkit`, body: { type: 'runs.resume', params: { ...run, after } } }
  }

  async function readStream(response: IncomingMessage): Promise<void> {
    const named = response.headers['x-run-id']
    if (typeof named !== 'string') return void reading.complain('a stream that names no run')
    // A run that died before it had said anything was never there: its message, sent again, starts another.
    if (runId !== undefined && named !== runId && events.length > 0) {
      reading.complain(`the message became another run: ${named} after ${runId}`)
      response.destroy()
      reading.ended('gone')
      return
    }
    runId = named
    for await (const { id, data } of sseRecords(response)) {
      if (events.length === 0 && threadId) options.onRun?.({ runId, threadId })
      const seq = Number(id)
      if (seq !== events.length + 1) return void reading.complain(`seq ${id} after ${events.length}`)
      compare(seq, data)
      take(JSON.parse(data))
    }
  }

  function compare(seq: number, data: string): void {
    const known = options.past.get(seq)
    if (known === undefined) options.past.set(seq, data)
    else if (known !== data) reading.complain(`another past: seq ${seq} is ${data} and was ${known}`)
  }

  function take(event: ThreadStreamEvent | RunEndedEvent): void {
    events.push(event)
    switch (event.type) {
      case 'run.ended':
        reading.ended(event.outcome)
        return
      case 'thread.item.updated':
        if (event.update.type === 'assistant_message.content_part.text_delta') {
          reading.add(event.update.delta)
        }
        return
      case 'thread.created':
        threadId = event.thread.id
        if (runId) options.onRun?.({ runId, threadId })
        return
      default:
        return
    }
  }

  async function refused(response: IncomingMessage): Promise<void> {
    const { status, body } = await jsonOf(response)
    refusals.set(status, (refusals.get(status) ?? 0) + 1)
    if (status === 404 && options.start && events.length === 0) runId = undefined
    else if (status === 404 || status === 204) reading.ended('gone')
    // Away, or too busy: worth another try. Whatever else is refused was asked in a way that should work.
    else if (status !== 503 && status !== 429 && status !== 502) {
      reading.complain(`HTTP ${status} ${String(body.code)}: ${String(body.error)}`)
      await delay(RETRY_MS)
    }
  }

  return { reading, events, refusals, over: readAll() }
}
