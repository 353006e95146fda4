/**
 * A model service for tests, as real ones are on the wire: `GET /v1/models` and `POST /v1/chat/completions`, streaming as
 * server-sent events or whole; no Responses API (404). It says what a script or a model gives it, and misbehaves when told.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { AgentInputItem, Model } from '@openai/agents'

/** A message of a request, as far as it is looked at. */
interface WireMessage {
  role: string
  content: string | { type: string; text?: string }[] | null
}

/** Gives the answer piece by piece; ends when the client has gone. */
export type Answer = (messages: readonly WireMessage[], signal: AbortSignal) => AsyncIterable<string> | Iterable<string>

/**
 * What a service can do wrong. `cut`: closes the connection after that many pieces, in the middle of a chunk's bytes;
 * `end_early`: ends the body in good order, but without a finish reason. `hang`: says nothing at all.
 */
type Misbehaviour =
  | { status: 401 | 403 | 404 | 500 | 503 }
  | { status: 429; retryAfterSeconds: number }
  | 'html'
  | 'empty'
  | 'hang'
  | { cut: number }
  | { end_early: number }

export interface ChatCompletionsServiceOptions {
  answer: Answer
  /** Name of its only model. Default `test-model`. */
  model?: string
  /** Pause before each piece, in milliseconds. Default 0. */
  pieceDelayMs?: number
  /** Key that every request has to bring. Default: none is asked for. */
  apiKey?: string
  /** Free by default. */
  port?: number
}

export interface ChatCompletionsService {
  /** Value for OPENAI_BASE_URL. */
  readonly url: string
  /** What it was asked, bodies parsed, in order. */
  readonly requests: { method: string; path: string; headers: IncomingMessage['headers']; body: unknown }[]
  /** Answers to chat completions which the client left before they were over. */
  readonly abandoned: number
  /** From now on every chat completion goes wrong like this; undefined: none does. */
  misbehave(how: Misbehaviour | undefined): void
  close(): Promise<void>
}

export async function startChatCompletionsService(
  options: ChatCompletionsServiceOptions,
): Promise<ChatCompletionsService> {
  const { answer, model = 'test-model', pieceDelayMs = 0, apiKey, port = 0 } = options
  const requests: ChatCompletionsService['requests'] = []
  let misbehaviour: Misbehaviour | undefined
  let abandoned = 0

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = parse(await readBody(request))
    const path = new URL(request.url ?? '/', 'http://service').pathname
    requests.push({ method: request.method ?? '', path, headers: request.headers, body })
    if (apiKey !== undefined && request.headers.authorization !== `Bearer ${apiKey}`) return fail(response, 401)
    const route = `${request.method} ${path}`
    if (route === 'GET /v1/models') {
      return sendJson(response, 200, {
        object: 'list',
        data: [{ id: model, object: 'model', created: 1735689600, owned_by: 'test' }],
      })
    }
    if (route !== 'POST /v1/chat/completions') return fail(response, 404)
    if (!isChatRequest(body)) return fail(response, 400)
    await complete(body, response)
  }

  async function complete(body: ChatRequest, response: ServerResponse): Promise<void> {
    const how = misbehaviour
    if (how === 'hang') return
    if (how === 'html')
      return send(response, 200, 'text/html; charset=utf-8', '<!doctype html>\n<title>Welcome</title>\n')
    if (how === 'empty') return send(response, 200, body.stream ? 'text/event-stream' : 'application/json', '')
    if (typeof how === 'object' && 'status' in how) {
      if ('retryAfterSeconds' in how) response.setHeader('retry-after', String(how.retryAfterSeconds))
      return fail(response, how.status)
    }
    const left = new AbortController()
    response.on('close', () => {
      if (response.writableFinished) return
      abandoned++
      left.abort()
    })
    const pieces = paced(answer(body.messages, left.signal), pieceDelayMs, left.signal)
    if (body.stream) await streamCompletion(response, { body, model, pieces, how })
    else await wholeCompletion(response, { body, model, pieces })
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      // A client that has gone is no fault of the service; anything else is, and ends the connection.
      if (!response.destroyed) response.destroy(error instanceof Error ? error : new Error(String(error)))
    })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${taken}/v1`,
    requests,
    get abandoned() {
      return abandoned
    },
    misbehave(how) {
      misbehaviour = how
    },
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** Lets a model of the Agents SDK answer, such as a GGUF file in this process. */
export function answerFromModel(model: Model, settings: { maxTokens?: number; temperature?: number } = {}): Answer {
  return async function* (messages, signal) {
    const system = messages.filter(({ role }) => role === 'system' || role === 'developer').map(textOf)
    const input = messages.flatMap((message): AgentInputItem[] => {
      const text = textOf(message)
      if (message.role === 'user') return [{ role: 'user', content: text }]
      if (message.role !== 'assistant') return []
      return [{ role: 'assistant', status: 'completed', content: [{ type: 'output_text', text }] }]
    })
    const request = {
      input,
      modelSettings: settings,
      tools: [],
      handoffs: [],
      outputType: 'text' as const,
      tracing: false,
    }
    const systemInstructions = system.join('\n\n')
    for await (const event of model.getStreamedResponse({
      ...request,
      ...(systemInstructions && { systemInstructions }),
      signal,
    })) {
      if (event.type === 'output_text_delta') yield event.delta
    }
  }
}

/** Says the same text to everybody, a word at a time. */
export function answerWith(text: string): Answer {
  return () => text.match(/\S+\s*|\s+/g) ?? []
}

interface Completion {
  body: ChatRequest
  model: string
  pieces: AsyncIterable<string>
  how?: Misbehaviour | undefined
}

async function streamCompletion(response: ServerResponse, { body, model, pieces, how }: Completion): Promise<void> {
  const cut = typeof how === 'object' && 'cut' in how ? how.cut : Number.POSITIVE_INFINITY
  const end = typeof how === 'object' && 'end_early' in how ? how.end_early : Number.POSITIVE_INFINITY
  const head = { id: `chatcmpl-${crypto.randomUUID()}`, object: 'chat.completion.chunk', created: seconds(), model }
  const chunk = (fields: object) => `data: ${JSON.stringify({ ...head, ...fields })}\n\n`
  const choice = (delta: object, finish_reason: string | null = null) => ({
    choices: [{ index: 0, delta, finish_reason }],
  })
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
  response.write(chunk(choice({ role: 'assistant', content: '' })))
  let count = 0
  for await (const content of pieces) {
    if (count === end) return void response.end()
    const bytes = chunk(choice({ content }))
    if (count === cut) {
      response.write(bytes.slice(0, bytes.length - 12), () => response.destroy())
      return
    }
    count++
    response.write(bytes)
  }
  response.write(chunk(choice({}, 'stop')))
  if (body.stream_options?.include_usage) response.write(chunk({ choices: [], usage: usage(body, count) }))
  response.end('data: [DONE]\n\n')
}

async function wholeCompletion(response: ServerResponse, { body, model, pieces }: Completion): Promise<void> {
  const all: string[] = []
  for await (const piece of pieces) all.push(piece)
  const message = { role: 'assistant', content: all.join(''), refusal: null }
  sendJson(response, 200, {
    id: `chatcmpl-${crypto.randomUUID()}`,
    object: 'chat.completion',
    created: seconds(),
    model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: 'stop' }],
    usage: usage(body, all.length),
  })
}

async function* paced(pieces: ReturnType<Answer>, delayMs: number, signal: AbortSignal): AsyncGenerator<string> {
  for await (const piece of pieces) {
    if (delayMs > 0) await delay(delayMs, undefined, { signal })
    yield piece
  }
}

const REASONS: Record<number, { message: string; type: string; code: string | null }> = {
  400: { message: "Missing required parameter: 'messages'.", type: 'invalid_request_error', code: null },
  401: { message: 'Incorrect API key provided: sk-…secret.', type: 'invalid_request_error', code: 'invalid_api_key' },
  403: { message: 'Your project may not use this.', type: 'invalid_request_error', code: 'forbidden' },
  404: { message: 'Not Found', type: 'invalid_request_error', code: null },
  429: { message: 'Rate limit reached for requests.', type: 'requests', code: 'rate_limit_exceeded' },
  500: { message: 'Worker 7 crashed in /srv/llm/engine.py.', type: 'server_error', code: null },
  503: { message: 'The engine is overloaded.', type: 'server_error', code: null },
}

function fail(response: ServerResponse, status: number): void {
  sendJson(response, status, { error: { ...REASONS[status], param: null } })
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  send(response, status, 'application/json', JSON.stringify(body))
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type }).end(body)
}

interface ChatRequest {
  messages: WireMessage[]
  stream?: boolean
  stream_options?: { include_usage?: boolean }
}

function isChatRequest(body: unknown): body is ChatRequest {
  return typeof body === 'object' && body !== null && 'messages' in body && Array.isArray(body.messages)
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function textOf({ content }: WireMessage): string {
  if (typeof content === 'string') return content
  return (content ?? []).map(({ text }) => text ?? '').join('')
}

/** Estimated at four characters to a token, as the demo model does. */
function usage({ messages }: ChatRequest, completion: number) {
  const prompt = Math.ceil(messages.reduce((sum, message) => sum + textOf(message).length, 0) / 4)
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion }
}

const seconds = () => Math.floor(Date.now() / 1000)
