/** What every transport does, as a suite for vitest: `transportContract(make)` in a test file of five lines. */
import { ChatKitError } from '@millrace/protocol'
import { afterEach, describe, expect, test } from 'vitest'
import type { EventStream, JsonRequest, RunRequest, SequencedEvent, Transport } from '../transport.ts'

/** How the server at the other end answers a request. */
type ServedAnswer =
  | { json: unknown }
  | { error: { status: number; code: string; message: string; runId?: string } }
  /** `hangs`: after the events the stream stays open and silent. */
  | { events: SequencedEvent[]; runId?: string; status?: string; hangs?: boolean }
  | { nothing: true }

interface ServedTransport {
  transport: Transport
  /** What the server was sent, and under which name. */
  received(): { request: unknown; messageId: string | undefined }[]
  /** Streams that the server has open. */
  openStreams(): number
  close(): Promise<void>
}

export type MakeTransport = (answer: (request: { type: string }) => ServedAnswer) => Promise<ServedTransport>

const LIST: JsonRequest = { type: 'threads.list', params: { order: 'desc' } }
const SEND: RunRequest = {
  type: 'threads.create',
  params: { input: { content: [{ type: 'input_text', text: 'Grüße 👋' }], attachments: [], inference_options: {} } },
}
const RESUME: RunRequest = { type: 'runs.resume', params: { thread_id: 'thr_1', after: 2 } }
const EVENTS: SequencedEvent[] = [
  { seq: 1, event: { type: 'stream_options', stream_options: { allow_cancel: true } } },
  { seq: 2, event: { type: 'progress_update', text: 'Zeile 1\nZeile 2 👋' } },
  { seq: 4, event: { type: 'run.ended', run_id: 'run_1', outcome: 'completed' } },
]

export function transportContract(make: MakeTransport): void {
  describe('the contract of a transport', () => {
    let served: ServedTransport | undefined
    afterEach(() => served?.close())

    async function serve(answer: ServedAnswer): Promise<ServedTransport> {
      served = await make(() => answer)
      return served
    }

    test('a request is answered by its JSON', async () => {
      const { transport, received } = await serve({ json: { data: [], has_more: false } })
      expect(await transport.request(LIST)).toEqual({ data: [], has_more: false })
      expect(received().map(({ request }) => request)).toEqual([LIST])
    })

    test('a refused request throws what the server says', async () => {
      const error = { status: 409, code: 'run_in_progress', message: 'An answer is running.', runId: 'run_7' }
      const { transport } = await serve({ error })
      const thrown = await failureOf(transport.stream(SEND, { signal: new AbortController().signal }))
      expect(thrown).toMatchObject({ code: 'run_in_progress', status: 409, message: 'An answer is running.' })
      expect(thrown.details).toMatchObject({ run_id: 'run_7' })
      expect(await failureOf(transport.request(LIST))).toMatchObject({ code: 'run_in_progress' })
    })

    test('a stream gives every event once, in order and with its number', async () => {
      const { transport, received } = await serve({ events: EVENTS, runId: 'run_1', status: 'running' })
      const stream = await transport.stream(SEND, { signal: new AbortController().signal, messageId: 'msg_name' })
      expect(stream).toMatchObject({ runId: 'run_1', status: 'running' })
      expect(await all(stream)).toEqual(EVENTS)
      expect(received()).toEqual([{ request: SEND, messageId: 'msg_name' }])
    })

    test('events of an unknown type pass', async () => {
      const unknown = { type: 'thread.sang', song: 'la' }
      const events: unknown[] = [{ seq: 1, event: unknown }, EVENTS[2]]
      const { transport } = await serve({ events: events as SequencedEvent[] })
      const stream = await transport.stream(SEND, { signal: new AbortController().signal })
      expect(await all(stream)).toEqual(events)
    })

    test('where there is no run to resume there is no stream', async () => {
      const { transport } = await serve({ nothing: true })
      expect(await transport.stream(RESUME, { signal: new AbortController().signal })).toBeUndefined()
    })

    test('aborting closes a silent stream, and its reader gets the reason', async () => {
      const { transport, openStreams } = await serve({ events: EVENTS.slice(0, 2), hangs: true })
      const controller = new AbortController()
      const stream = await transport.stream(SEND, { signal: controller.signal })
      const seen: SequencedEvent[] = []
      const reason = new Error('enough')
      const reading = (async () => {
        for await (const entry of stream ?? []) {
          seen.push(entry)
          if (seen.length === 2) setTimeout(() => controller.abort(reason), 5)
        }
      })()
      await expect(reading).rejects.toBe(reason)
      expect(seen).toEqual(EVENTS.slice(0, 2))
      await expect.poll(openStreams).toBe(0)
    })

    test('leaving the loop closes the stream', async () => {
      const { transport, openStreams } = await serve({ events: EVENTS.slice(0, 2), hangs: true })
      const stream = await transport.stream(SEND, { signal: new AbortController().signal })
      for await (const _ of stream ?? []) break
      await expect.poll(openStreams).toBe(0)
    })
  })
}

async function all(stream: EventStream | undefined): Promise<SequencedEvent[]> {
  const entries: SequencedEvent[] = []
  for await (const entry of stream ?? []) entries.push(entry)
  return entries
}

async function failureOf(work: Promise<unknown>): Promise<ChatKitError> {
  try {
    await work
  } catch (error) {
    if (error instanceof ChatKitError) return error
    throw error
  }
  throw new Error('it did not fail')
}
