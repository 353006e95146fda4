/** The chat without a browser: requests of the ChatKit protocol, as a client sends them that can resume. */
import {
  applyEvents,
  type Page,
  parseSse,
  type RunEndedEvent,
  type Thread,
  type ThreadItem,
  type ThreadMetadata,
  type ThreadStreamEvent,
} from '@millrace/protocol'

export type StreamedEvent = ThreadStreamEvent | RunEndedEvent

/** An answer that streams. */
export interface Answering {
  readonly status: number
  readonly threadId: string
  /** Events so far. */
  readonly events: StreamedEvent[]
  /** Resolves with all events once the stream has ended, rejects when it is cut. */
  readonly ended: Promise<StreamedEvent[]>
}

export function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/chatkit`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

/** An answer whose body is JSON. */
export async function answerOf(response: Response): Promise<{ status: number; body: Record<string, unknown> }> {
  return { status: response.status, body: await response.json() }
}

/** A message as its sender writes it. */
export function input(text: unknown) {
  return { content: [{ type: 'input_text', text }], attachments: [], inference_options: {} }
}

/** Sends a message, into a new thread where none is given, and returns once the thread is known. */
export async function ask(url: string, text: string, threadId?: string): Promise<Answering> {
  const request = threadId
    ? { type: 'threads.add_user_message', params: { thread_id: threadId, input: input(text) } }
    : { type: 'threads.create', params: { input: input(text) } }
  const response = await post(url, request, { 'last-event-id': '0' })
  if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}: ${await response.text()}`)
  const events: StreamedEvent[] = []
  let id = threadId ?? ''
  const stream = parseSse(response.body)
  const readOne = async () => {
    const { value, done } = await stream.next()
    if (done) return false
    const event: StreamedEvent = JSON.parse(value.data)
    events.push(event)
    if (event.type === 'thread.created') id = event.thread.id
    return true
  }
  while (id === '' && (await readOne())) {}
  const readAll = async () => {
    while (await readOne()) {}
    return events
  }
  const ended = readAll()
  // Whoever cuts the connection on purpose does not look at how it ended.
  ended.catch(() => {})
  return { status: response.status, threadId: id, events, ended }
}

/** Sends a message and waits for the end of its answer. */
export async function askAndWait(url: string, text: string, threadId?: string): Promise<StreamedEvent[]> {
  return (await ask(url, text, threadId)).ended
}

/** What the assistant has said in these events. */
export function saidIn(events: readonly StreamedEvent[]): string {
  const empty: Thread = {
    id: '',
    created_at: '',
    status: { type: 'active' },
    metadata: {},
    items: { data: [], has_more: false },
  }
  const chatkit = events.flatMap((event) => (event.type === 'run.ended' ? [] : [event]))
  return saidBy(applyEvents(empty, chatkit).items.data)
}

export function saidBy(items: readonly ThreadItem[]): string {
  return items
    .flatMap((item) => (item.type === 'assistant_message' ? item.content.map(({ text }) => text) : []))
    .join('\n')
}

/** How the run ended. */
export function endOf(events: readonly StreamedEvent[]): RunEndedEvent | undefined {
  return events.find((event) => event.type === 'run.ended')
}

/** The items of a thread, oldest first. */
export async function itemsOf(url: string, threadId: string): Promise<ThreadItem[]> {
  const response = await post(url, { type: 'items.list', params: { thread_id: threadId, limit: 100, order: 'asc' } })
  const page: Page<ThreadItem> = await response.json()
  return page.data
}

export async function listThreads(url: string): Promise<ThreadMetadata[]> {
  const response = await post(url, { type: 'threads.list', params: { limit: 100, order: 'desc' } })
  const page: Page<ThreadMetadata> = await response.json()
  return page.data
}
