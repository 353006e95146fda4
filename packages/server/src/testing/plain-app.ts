/** The plain endpoints as a client sees them: in process, as any runtime would mount them, or over a real socket. */
import type { ThreadStreamEvent } from '@millrace/protocol'
import { type AppOptions, createApp } from '../http/app.ts'
import { type Served, serve } from '../node.ts'
import type { ChatKitServerOptions } from '../options.ts'
import type { Turn } from '../turn.ts'
import { ALICE, message, type TestServer, type TestUser, testServer } from './test-server.ts'

export interface PlainEvent {
  id: number | undefined
  data: Record<string, unknown>
}

export interface PlainApp extends TestServer {
  get(path: string, headers?: Record<string, string>): Promise<Response>
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>
  call(path: string, init?: RequestInit): Promise<Response>
  /** How often the model was asked. */
  runs(): number
  close(): Promise<void>
}

export type Way = 'as a web-standard handler' | 'over a socket'
export const WAYS: readonly Way[] = ['as a web-standard handler', 'over a socket']

export interface PlainAppOptions {
  way?: Way
  app?: Partial<AppOptions<TestUser>>
  server?: Partial<ChatKitServerOptions<TestUser>>
}

export async function plainApp({
  way = 'as a web-standard handler',
  app,
  server,
}: PlainAppOptions = {}): Promise<PlainApp> {
  const it = testServer(server)
  let runs = 0
  const handler = createApp<TestUser>({ server: it.server, authenticate: () => ALICE, ...app })
  const served: Served | undefined = way === 'over a socket' ? await serve(handler, { port: 0 }) : undefined
  const base = served?.url ?? 'http://127.0.0.1:8000'
  const call = (path: string, init: RequestInit = {}) =>
    served ? fetch(base + path, init) : handler(new Request(base + path, init))
  const respond = it.respond
  const counted: TestServer['respond'] = (script) =>
    respond((turn) => {
      runs += 1
      return script(turn)
    })
  counted((turn) => message(turn, ['Hel', 'lo ', 'there']))
  return {
    ...it,
    respond: counted,
    call,
    get: (path, headers = {}) => call(path, { headers }),
    post: (path, body, headers = {}) =>
      call(path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body ?? {}), headers }),
    runs: () => runs,
    close: async () => served?.close(),
  }
}

/** All events of a body that was read to its end. */
export async function eventsOf(response: Response): Promise<PlainEvent[]> {
  return eventsIn(await response.text())
}

/** Reads until `isEnough` says so of all events so far, then leaves. */
export async function eventsUntil(
  response: Response,
  isEnough: (events: readonly PlainEvent[]) => boolean,
): Promise<PlainEvent[]> {
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (;;) {
    const chunk = await reader?.read()
    text += decoder.decode(chunk?.value, { stream: true })
    const events = eventsIn(text)
    if (!chunk || chunk.done || isEnough(events)) {
      await reader?.cancel()
      return events
    }
  }
}

function eventsIn(text: string): PlainEvent[] {
  const frames = text.split('\n\n').slice(0, -1)
  return frames
    .filter((frame) => !frame.startsWith(':'))
    .map((frame) => {
      const [, id, data = ''] = /^(?:id: (\d+)\n)?data: (.*)$/.exec(frame) ?? []
      return { id: id === undefined ? undefined : Number(id), data: JSON.parse(data) as Record<string, unknown> }
    })
}

/** The text that the events of any plain view add up to. */
export function textOf(events: readonly PlainEvent[]): string {
  return events.map(({ data }) => data.token ?? data.tokens ?? '').join('')
}

/** An answer that waits: each `next` lets one token go, `end` the rest of the handler. */
export function paced(tokens: readonly string[]) {
  const waiting: (() => void)[] = []
  let ready = 0
  const next = () => {
    const go = waiting.shift()
    if (go) go()
    else ready += 1
  }
  const turnOf = async () => {
    if (ready > 0) ready -= 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
  }
  async function* oneByOne() {
    for (const token of tokens) {
      await turnOf()
      yield token
    }
    await turnOf()
  }
  return {
    script: (turn: Turn<TestUser>): AsyncIterable<ThreadStreamEvent> => message(turn, oneByOne()),
    next,
    finish: () => {
      for (let count = 0; count <= tokens.length; count += 1) next()
    },
  }
}
