/** A server in memory whose assistant says what a test tells it to: for tests of apps and of this package. */
import type { AssistantMessageItem, ThreadItem, ThreadStreamEvent } from '@millrace/protocol'
import { ChatKitServer } from '../chatkit-server.ts'
import { MemoryRunLog } from '../log/memory.ts'
import type { RunEnd, RunLog } from '../log/run-log.ts'
import type { ChatKitServerOptions } from '../options.ts'
import type { ClientCapabilities, OpenedRun } from '../runs.ts'
import { MemoryStore } from '../store/memory.ts'
import type { Store } from '../store/store.ts'
import type { Turn } from '../turn.ts'

export interface TestUser {
  userId: string
}

export const ALICE: TestUser = { userId: 'alice' }
export const BOB: TestUser = { userId: 'bob' }

/** What one reading of a run saw. */
export interface Reading {
  runId: string
  /** With `ours`: also what only clients that can resume are shown. */
  events: ThreadStreamEvent[]
  /** Seq of the last entry read. */
  seq: number
  end?: RunEnd
}

type Script = (turn: Turn<TestUser>) => AsyncIterable<ThreadStreamEvent>

export interface TestServer {
  server: ChatKitServer<TestUser>
  store: Store<TestUser>
  log: RunLog
  /** Replaces what the assistant does from the next turn on. */
  respond(script: Script): void
  /** Sends a streaming request and reads its run, to the end or until `leaveAfter` entries came. */
  read(request: object, options?: ReadOptions): Promise<Reading>
  /** Sends a streaming request and gives its run, unread. */
  open(request: object, options?: ReadOptions): Promise<OpenedRun>
  json(request: object, user?: TestUser): Promise<unknown>
  items(threadId: string, user?: TestUser): Promise<ThreadItem[]>
}

export interface ReadOptions {
  user?: TestUser
  client?: ClientCapabilities
  leaveAfter?: number
}

/** `assistant`: says the words one token at a time in one message, then finishes it. */
export function says(text: string, id?: string): Script {
  return async function* (turn) {
    yield* message(turn, text.split(/(?<= )/), id)
  }
}

/** The events of one assistant message, token by token. */
export async function* message(
  turn: Turn<TestUser>,
  tokens: Iterable<string> | AsyncIterable<string>,
  id = turn.generateId('message'),
): AsyncGenerator<ThreadStreamEvent> {
  const item: AssistantMessageItem = {
    id,
    thread_id: turn.thread.id,
    created_at: turn.now().toISOString(),
    type: 'assistant_message',
    content: [],
  }
  let text = ''
  yield { type: 'thread.item.added', item }
  for await (const delta of tokens) {
    text += delta
    const update = { type: 'assistant_message.content_part.text_delta' as const, content_index: 0, delta }
    yield { type: 'thread.item.updated', item_id: id, update }
  }
  yield { type: 'thread.item.done', item: { ...item, content: [{ type: 'output_text', text, annotations: [] }] } }
}

export function testServer(options: Partial<ChatKitServerOptions<TestUser>> = {}): TestServer {
  let script: Script = says('Hello there')
  const store = options.store ?? new MemoryStore<TestUser>()
  const log = options.log ?? new MemoryRunLog()
  const server = new ChatKitServer<TestUser>({ respond: (turn) => script(turn), ...options, store, log })

  const open = async (request: object, { user = ALICE, client = {} }: ReadOptions = {}) => {
    const answer = await server.process(request, user, client)
    if (!('run' in answer)) throw new Error(`Expected a run, got ${JSON.stringify(answer)}`)
    return answer
  }
  return {
    server,
    store,
    log,
    open,
    respond: (next) => {
      script = next
    },
    read: async (request, readOptions = {}) => readRun(await open(request, readOptions), readOptions.leaveAfter),
    json: async (request, user = ALICE) => {
      const answer = await server.process(request, user)
      if (!('json' in answer)) throw new Error(`Expected JSON, got ${JSON.stringify(answer)}`)
      return answer.json
    },
    items: async (threadId, user = ALICE) =>
      (await store.listItems(threadId, { limit: 1000, order: 'asc' }, undefined, user)).data,
  }
}

/** Reads an opened run to its end, or until `leaveAfter` entries came. */
export async function readRun({ run, after }: OpenedRun, leaveAfter = Number.POSITIVE_INFINITY): Promise<Reading> {
  const leave = new AbortController()
  const reading: Reading = { runId: run.info.runId, events: [], seq: after }
  let count = 0
  for await (const entries of run.read(after, leave.signal)) {
    for (const entry of entries) {
      if (count === leaveAfter) break
      count += 1
      reading.seq = entry.seq
      if ('end' in entry) reading.end = entry.end
      else reading.events.push(JSON.parse(entry.data))
    }
    if (count === leaveAfter) leave.abort()
  }
  return reading
}

/** The text that deltas of these events add up to. */
export function deltas(events: readonly ThreadStreamEvent[]): string {
  return events
    .map((event) =>
      event.type === 'thread.item.updated' && event.update.type === 'assistant_message.content_part.text_delta'
        ? event.update.delta
        : '',
    )
    .join('')
}

/** The requests of the protocol, short. */
export const requests = {
  create: (text = 'Hi') => ({ type: 'threads.create', params: { input: input(text) } }),
  message: (thread_id: string, text = 'And now?') => ({
    type: 'threads.add_user_message',
    params: { thread_id, input: input(text) },
  }),
  retry: (thread_id: string, item_id: string) => ({ type: 'threads.retry_after_item', params: { thread_id, item_id } }),
  resume: (run_id: string, after = 0) => ({ type: 'runs.resume', params: { run_id, after } }),
  stop: (run_id: string) => ({ type: 'runs.stop', params: { run_id } }),
}

function input(text: string) {
  return { content: [{ type: 'input_text', text }], quoted_text: '', attachments: [], inference_options: {} }
}
