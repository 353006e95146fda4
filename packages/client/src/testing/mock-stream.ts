/** A fetch stand-in that answers like the plain endpoints: for tests of pages and components, with any runner. */
import { MockRun, type MockRunError } from './mock-run.ts'

export interface MockStreamOptions {
  /** Milliseconds between two tokens (default 0: all are there at once). */
  delay?: number
  /** Tokens after which it goes wrong: the connection breaks, or with `error` the run fails. */
  failAfter?: number
  /** How often a connection breaks (default 1: the next one brings the rest). */
  failures?: number
  /** The run fails with this error, behind `failAfter` tokens or all of them. */
  error?: Partial<MockRunError>
  /** Answers requests with this status instead (default: none of them). */
  refuse?: MockRefusal
}

export interface MockRefusal {
  status: number
  /** The error's code (default `server_error`) and text. */
  code?: string
  message?: string
  /** Seconds of a `retry-after` header. */
  retryAfter?: number
  /** How many requests (default 1). */
  times?: number
}

/** One request as it came in. */
export interface MockCall {
  method: string
  path: string
  headers: Headers
  body: unknown
}

/** Give it as the option `fetch`, or put it in the place of the global one. */
export interface MockStream {
  (input: string | URL | Request, init?: RequestInit): Promise<Response>
  /** Every request, in order. */
  readonly calls: readonly MockCall[]
  /** How many answers were begun: a message id that is sent again begins none. */
  readonly runs: number
}

/**
 * Answers every message with `tokens`: streamed, resumed by `Last-Event-ID`, polled, whole, and stopped, as the server does.
 * @example
 * const client = createStreamClient({ fetch: mockStream(['Hel', 'lo'], { failAfter: 1 }) })
 * expect((await client.start('Hi')).response).toBe('Hello')
 */
export function mockStream(tokens: readonly string[], options: MockStreamOptions = {}): MockStream {
  const { delay = 0, failAfter, error, refuse } = options
  const runs = new Map<string, MockRun>()
  const calls: MockCall[] = []
  let failures = failAfter === undefined || error ? 0 : (options.failures ?? 1)
  let refusals = refuse ? (refuse.times ?? 1) : 0
  const fails = error && {
    after: failAfter ?? tokens.length,
    error: { code: 'model_error', message: 'The model failed. Try again.', recoverable: true, ...error },
  }

  function runOf(body: unknown): MockRun {
    const { message, message_id } = body as { message?: unknown; message_id?: unknown }
    if (typeof message !== 'string' || message === '') throw refusal(400, 'invalid_request', 'message')
    const id = typeof message_id === 'string' ? message_id : `msg_${runs.size + 1}`
    const run = runs.get(id) ?? new MockRun(id, tokens, delay, fails)
    runs.set(id, run)
    return run
  }

  /** What a connection does: it breaks once as many tokens of its run have passed. */
  function stream(run: MockRun, after: number, signal: AbortSignal | null | undefined): Response {
    return run.stream(after, signal, () => {
      const breaks = failures > 0 && failAfter !== undefined
      return breaks && failAfter >= after ? { after: failAfter, broken: () => (failures -= 1) } : undefined
    })
  }

  async function answer(
    { method, path, headers, body }: MockCall,
    query: URLSearchParams,
    signal?: AbortSignal | null,
  ) {
    if (refuse && refusals > 0) {
      refusals -= 1
      throw refusal(refuse.status, refuse.code, null, refuse)
    }
    const route = `${method} ${path}`
    if (/^POST \/api\/stream\/\w+$/.test(route)) return stream(runOf(body), cursor(headers, query), signal)
    if (route === 'POST /api/message') return runOf(body).whole(signal)
    const [, verb, id = '', endpoint] = /^(GET|POST) \/api\/message\/([\w-]+)(\/stream|\/stop)?$/.exec(route) ?? []
    const run = runs.get(id)
    if (!verb || !run) throw refusal(404, 'not_found')
    if (endpoint === '/stop') return run.stop()
    return endpoint ? stream(run, cursor(headers, query), signal) : run.poll(cursor(headers, query))
  }

  const mock = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const given = input instanceof Request ? new Request(input, init) : undefined
    const url = new URL(given?.url ?? String(input), 'http://mock.invalid')
    const text = given ? await given.text() : init.body
    const signal = given?.signal ?? init.signal
    const call: MockCall = {
      method: given?.method ?? init.method ?? 'GET',
      path: url.pathname.replace(/^.*?(?=\/api\/)/, ''),
      headers: given?.headers ?? new Headers(init.headers),
      body: typeof text === 'string' && text !== '' ? JSON.parse(text) : undefined,
    }
    calls.push(call)
    // as a real one: nothing is answered in the same turn
    await Promise.resolve()
    if (signal?.aborted) throw signal.reason
    try {
      return await answer(call, url.searchParams, signal)
    } catch (thrown) {
      if (thrown instanceof Response) return thrown
      throw thrown
    }
  }
  return Object.defineProperties(mock as MockStream, {
    calls: { value: calls },
    runs: { get: () => runs.size },
  })
}

function cursor(headers: Headers, query: URLSearchParams): number {
  return Number(headers.get('last-event-id') ?? query.get('after') ?? 0)
}

function refusal(status: number, code = 'server_error', param: string | null = null, refuse?: MockRefusal): Response {
  const { message = `The request was refused (${code}).`, retryAfter } = refuse ?? {}
  const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }
  return Response.json({ type: 'error', error: message, code, param }, { status, headers })
}
