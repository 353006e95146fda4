/** Drives our server with one request of a case and tells what came out, in the words of the cases. */
import { ChatKitError } from '@millrace/protocol'
import { parseRequest } from '@millrace/protocol/schemas'
import { ChatKitServer, MemoryRunLog, type OpenedRun, type RunEntry } from '@millrace/server'
import type { Json, RequestCase, Response } from '../case.ts'
import type { RecordingStore, World } from '../world.ts'
import { scripted } from './script.ts'

export interface Outcome {
  response: Response
  calls: Json[]
  rawFirstFrame?: string
  error?: unknown
}

export async function runRequest(test: RequestCase, world: World, recording: RecordingStore): Promise<Outcome> {
  const calls: Json[] = []
  if (test.advance_clock) world.advance(test.advance_clock)
  const { blocked, ...handlers } = scripted(test, world, calls, recording.store)
  const log = new MemoryRunLog()
  const server = new ChatKitServer<unknown>({
    ...handlers,
    store: recording.store,
    log,
    generateId: (kind) => world.id(kind),
    now: () => world.now(),
    unfinishedOnError: 'drop',
  })
  const body = test.request_raw ?? JSON.stringify(test.request)
  try {
    const answer = await server.process(body, test.context ?? null)
    if ('json' in answer) return { response: { kind: 'json', body: plain(answer.json) }, calls }
    if ('nothing' in answer) return { response: { kind: 'stream', frames: [] }, calls }
    const { frames, cancelled } = await readFrames(answer, test.cancel?.after_frames, blocked)
    const kind = cancelled ? 'cancelled' : 'stream'
    const [first] = frames
    return {
      response: { kind, frames: frames.map((data): Json => JSON.parse(data)) },
      calls,
      ...(first === undefined ? {} : { rawFirstFrame: `data: ${first}\n\n` }),
    }
  } catch (error) {
    return { response: { kind: 'error', error: { category: categoryOf(error, body) } }, calls, error }
  } finally {
    await log.close()
  }
}

/** What a client of the Python server would get: no entries of ours, no end. */
async function readFrames({ run }: OpenedRun, cancelAfter: number | undefined, blocked: Promise<void>) {
  const frames: string[] = []
  let cancelled = false
  const stop = () => {
    cancelled = true
    void run.stop()
  }
  // A script may block before that many frames were shown: ours keeps hidden items back.
  if (cancelAfter !== undefined) {
    void blocked.then(shown).then(() => {
      if (!cancelled) stop()
    })
  }
  for await (const entries of run.read(0, new AbortController().signal)) {
    for (const entry of entries) {
      const data = visible(entry)
      if (data !== undefined && !cancelled) frames.push(data)
    }
    if (cancelAfter !== undefined && !cancelled && frames.length >= cancelAfter) {
      await blocked
      frames.length = cancelAfter
      if (!cancelled) stop()
    }
  }
  return { frames, cancelled }
}

/** Entries are shown once per turn of the event loop; after some turns all that was written before has been. */
async function shown(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

function visible(entry: RunEntry): string | undefined {
  return 'data' in entry && !entry.ours ? entry.data : undefined
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

/** Only a request that does not validate is `invalid_request`; what the store's state refuses is `other` there. */
function categoryOf(error: unknown, body: string): string {
  if (!(error instanceof ChatKitError)) return 'other'
  switch (error.code) {
    case 'invalid_request':
      return parses(body) ? 'other' : 'invalid_request'
    case 'not_found':
    case 'not_implemented':
    case 'not_configured':
      return error.code
    default:
      return 'other'
  }
}

function parses(body: string): boolean {
  try {
    parseRequest(body)
    return true
  } catch {
    return false
  }
}
