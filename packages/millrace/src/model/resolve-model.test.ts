import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { toStreamError } from '@millrace/agents'
import { ChatKitError } from '@millrace/protocol'
import { Agent, Runner } from '@openai/agents'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type ModelChoice, type ResolvedModel, resolveModel } from './resolve-model.ts'

type Routes = Record<string, (response: ServerResponse, body: Record<string, unknown>) => void>

interface Service {
  url: string
  port: number
  /** `<method> <path>` of each request, in order, and the bodies and authorizations that came with them. */
  asked: string[]
  bodies: Record<string, unknown>[]
  keys: (string | undefined)[]
  close(): Promise<void>
}

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()))
})

/** A model service that has exactly these routes; like most, it answers any other with a 404. */
async function service(routes: Routes, port = 0): Promise<Service> {
  const asked: string[] = []
  const bodies: Record<string, unknown>[] = []
  const keys: (string | undefined)[] = []
  const server = createServer(async (request: IncomingMessage, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const route = `${request.method} ${request.url}`
    const body: Record<string, unknown> = text === '' ? {} : JSON.parse(text)
    asked.push(route)
    bodies.push(body)
    keys.push(request.headers.authorization)
    const answer = routes[route]
    if (answer) answer(response, body)
    else json(404, { detail: 'Not Found' })(response)
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const address = server.address()
  const taken = typeof address === 'object' && address ? address.port : 0
  const close = () => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  }
  open.push({ close })
  return { url: `http://127.0.0.1:${taken}/v1`, port: taken, asked, bodies, keys, close }
}

const json = (status: number, body: unknown) => (response: ServerResponse) =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

const sse =
  (...data: string[]) =>
  (response: ServerResponse) =>
    void response
      .writeHead(200, { 'content-type': 'text/event-stream' })
      .end(data.map((line) => `data: ${line}\n\n`).join(''))

const models = json(200, {
  object: 'list',
  data: [
    { id: 'gemma', object: 'model' },
    { id: 'other', object: 'model' },
  ],
})

const chunk = (delta: object, finish: string | null = null) =>
  JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: finish }],
  })

/** A Chat Completions service as it is on the wire. */
const chatting: Routes = {
  'GET /v1/models': models,
  'POST /v1/chat/completions': sse(
    chunk({ role: 'assistant', content: 'Hel' }),
    chunk({ content: 'lo' }),
    chunk({}, 'stop'),
    '[DONE]',
  ),
}

/** A Responses service: complains about a request without input, and answers one that has some. */
const responding: Routes = {
  'GET /v1/models': models,
  'POST /v1/responses'(response, body) {
    if (body.input === undefined) {
      return json(400, { error: { message: "Missing required parameter: 'input'.", type: 'invalid_request_error' } })(
        response,
      )
    }
    const base = {
      id: 'resp_1',
      object: 'response',
      created_at: 1,
      model: 'gemma',
      parallel_tool_calls: true,
      tools: [],
    }
    const part = { type: 'output_text', text: 'Hello', annotations: [] }
    const message = { id: 'msg_1', type: 'message', role: 'assistant', status: 'completed', content: [part] }
    const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 }
    const at = { item_id: 'msg_1', output_index: 0, content_index: 0 }
    sse(
      JSON.stringify({
        type: 'response.created',
        sequence_number: 0,
        response: { ...base, status: 'in_progress', output: [] },
      }),
      JSON.stringify({
        type: 'response.output_item.added',
        sequence_number: 1,
        output_index: 0,
        item: { ...message, content: [] },
      }),
      JSON.stringify({ type: 'response.output_text.delta', sequence_number: 2, ...at, delta: 'Hello' }),
      JSON.stringify({
        type: 'response.completed',
        sequence_number: 3,
        response: { ...base, status: 'completed', output: [message], usage },
      }),
    )(response)
  },
}

async function resolved(choice: ModelChoice, log = { info: vi.fn(), warn: vi.fn() }): Promise<ResolvedModel> {
  const model = await resolveModel(choice, { log, probeTimeoutMs: 1000, demoTokenDelayMs: 0 })
  open.push(model)
  return model
}

const runner = new Runner({ tracingDisabled: true })

/** The text of a streamed answer. */
async function say({ model, modelSettings }: ResolvedModel, message = 'Hi'): Promise<string> {
  const agent = new Agent({ name: 'Test', instructions: 'Be brief.', model, modelSettings })
  const run = await runner.run(agent, message, { stream: true, maxTurns: 1 })
  let text = ''
  for await (const event of run) {
    if (event.type === 'raw_model_stream_event' && event.data.type === 'output_text_delta') text += event.data.delta
  }
  await run.completed
  return text
}

/** What a person is told of an answer that failed. */
async function failure(model: ResolvedModel): Promise<{ code: string; message: string }> {
  const error = await say(model).then(
    (text) => new Error(`It said "${text}".`),
    (thrown: unknown) => toStreamError(thrown).cause,
  )
  return error instanceof ChatKitError
    ? { code: error.code, message: error.message }
    : { code: 'none', message: String(error) }
}

describe('without a service', () => {
  test('nothing configured is the demo model', async () => {
    const model = await resolved({})
    expect([model.kind, model.name]).toEqual(['demo', 'demo'])
    expect(model.describe()).toContain('no real AI')
    expect(await say(model)).toContain('demo model')
  })

  test('`demo` is the demo model, whatever else is set', async () => {
    expect((await resolved({ openaiApiKey: 'sk-1', agentModel: 'demo' })).kind).toBe('demo')
  })

  test('a model name without a key or an address is an error that says what to set', async () => {
    await expect(resolved({ agentModel: 'gpt-5-mini' })).rejects.toMatchObject({
      code: 'not_configured',
      message: expect.stringMatching(/gpt-5-mini.*OPENAI_API_KEY.*OPENAI_BASE_URL/),
    })
  })

  test('a GGUF file that is not there is an error that says how to get one', async () => {
    await expect(resolved({ agentModel: 'nowhere/small.gguf' })).rejects.toMatchObject({
      code: 'not_configured',
      message: expect.stringContaining('millrace model pull'),
    })
  })
})

describe('with OpenAI', () => {
  test('a key alone takes the default model of the Agents SDK, and asks nobody at the start', async () => {
    const model = await resolved({ openaiApiKey: 'sk-1' })
    expect(model.kind).toBe('openai')
    expect(model.describe()).toBe(`${model.name} at OpenAI`)
  })

  test('OpenAI by its address is OpenAI, with the model that is set', async () => {
    const model = await resolved({
      openaiApiKey: 'sk-1',
      openaiBaseUrl: 'https://api.openai.com/v1',
      agentModel: 'gpt-5-mini',
    })
    expect([model.kind, model.name]).toEqual(['openai', 'gpt-5-mini'])
  })
})

describe('with another service', () => {
  test('uses Chat Completions where there is no Responses API, with the first model, and says so', async () => {
    const { url, asked, bodies, keys } = await service(chatting)
    const log = { info: vi.fn(), warn: vi.fn() }
    const model = await resolved({ openaiBaseUrl: url }, log)
    expect([model.kind, model.name]).toEqual(['chat_completions', 'gemma'])
    expect(model.describe()).toBe(`gemma at ${url} (Chat Completions)`)
    expect(log.info).toHaveBeenCalledWith(
      { service: url, model: 'gemma', api: 'chat_completions' },
      'The model service has Chat Completions.',
    )
    expect(await say(model)).toBe('Hello')
    expect(asked).toEqual(['GET /v1/models', 'POST /v1/responses', 'POST /v1/chat/completions'])
    expect(bodies[2]).toMatchObject({ model: 'gemma', stream: true })
    expect(bodies[2]).not.toHaveProperty('reasoning_effort')
    expect(keys).toEqual([undefined, undefined, undefined])
  })

  test('uses the Responses API where there is one', async () => {
    const { url, asked } = await service(responding)
    const model = await resolved({ openaiBaseUrl: `${url}/` })
    expect([model.kind, model.name]).toEqual(['responses', 'gemma'])
    expect(await say(model)).toBe('Hello')
    expect(asked).toEqual(['GET /v1/models', 'POST /v1/responses', 'POST /v1/responses'])
  })

  test('sends the key, and the model that is set without asking for a list', async () => {
    const { url, asked, bodies, keys } = await service(chatting)
    const model = await resolved({ openaiBaseUrl: url, openaiApiKey: 'sk-local', agentModel: 'org/special' })
    await say(model)
    expect(asked).toEqual(['POST /v1/responses', 'POST /v1/chat/completions'])
    expect(new Set(keys)).toEqual(new Set(['Bearer sk-local']))
    expect(bodies.map((body) => body.model)).toEqual(['org/special', 'org/special'])
  })

  test.each([
    ['404 with a text', (response: ServerResponse) => void response.writeHead(404).end('404 page not found')],
    ['405', json(405, { detail: 'Method Not Allowed' })],
    ['501', json(501, {})],
    ['200 with a lone error', json(200, { error: 'Unexpected endpoint or method. (POST /v1/responses)' })],
  ])('takes %s for a missing Responses API', async (_, answer) => {
    const { url } = await service({ ...chatting, 'POST /v1/responses': answer })
    expect((await resolved({ openaiBaseUrl: url })).kind).toBe('chat_completions')
  })

  test('takes a 404 about the model for a Responses API', async () => {
    const unknown = json(404, { error: { message: 'model "x" not found, try pulling it first' } })
    const { url } = await service({ ...chatting, 'POST /v1/responses': unknown })
    expect((await resolved({ openaiBaseUrl: url, agentModel: 'x' })).kind).toBe('responses')
  })

  test('a service that is down does not keep the server from starting, and is asked again at the first message', async () => {
    const { url, port, close } = await service(chatting)
    await close()
    const log = { info: vi.fn(), warn: vi.fn() }
    const model = await resolved({ openaiBaseUrl: url }, log)
    expect([model.kind, model.name]).toEqual(['undetermined', ''])
    expect(log.warn.mock.calls[0]?.[1]).toMatch(/cannot be reached.*asked again/)
    expect(await failure(model)).toMatchObject({
      code: 'model_error',
      message: expect.stringContaining('cannot be reached'),
    })
    await service(chatting, port)
    expect(await say(model)).toBe('Hello')
    expect(model.kind).toBe('chat_completions')
  })

  test('goes over to Chat Completions when the Responses API has gone', async () => {
    const routes = { ...responding }
    const { url } = await service(routes)
    const model = await resolved({ openaiBaseUrl: url })
    expect(model.kind).toBe('responses')
    Object.assign(routes, chatting, { 'POST /v1/responses': json(404, { detail: 'Not Found' }) })
    expect(await say(model)).toBe('Hello')
    expect(model.kind).toBe('chat_completions')
  })
})

describe('a service that misbehaves gives one clear message', () => {
  let routes: Routes
  let model: ResolvedModel
  beforeEach(async () => {
    routes = { ...chatting }
    model = await resolved({ openaiBaseUrl: (await service(routes)).url })
  })

  const page = (response: ServerResponse) =>
    void response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<!doctype html><title>Hi</title>')
  const cut = (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(`data: ${chunk({ content: 'Hel' })}\n\ndata: {"id":"chatcm`, () =>
      setTimeout(() => response.destroy(), 20),
    )
  }

  test.each([
    [
      '401',
      json(401, { error: { message: 'Incorrect API key: sk-secret' } }),
      'model_auth',
      /refused its key.*OPENAI_API_KEY/,
    ],
    ['429', json(429, { error: { message: 'Slow down' } }), 'model_rate_limited', /too many requests/],
    ['500', json(500, { error: { message: 'Crash in /srv/engine.py' } }), 'model_error', /HTTP 500/],
    ['a web page', page, 'model_error', /web page.*OPENAI_BASE_URL/],
    ['an empty body', sse(), 'model_error', /empty answer/],
    ['a connection cut in mid-token', cut, 'model_error', /broke off/],
    ['an end without a finish reason', sse(chunk({ content: 'Hel' })), 'model_error', /broke off/],
  ])('%s', async (_, answer, code, message) => {
    routes['POST /v1/chat/completions'] = answer
    const told = await failure(model)
    expect(told).toEqual({ code, message: expect.stringMatching(message) })
    expect(told.message).not.toMatch(/secret|srv|Slow down/)
    routes['POST /v1/chat/completions'] = chatting['POST /v1/chat/completions'] ?? page
    expect(await say(model)).toBe('Hello')
  })

  test.each([
    ['401', json(401, {}), 'model_auth'],
    ['a web page', page, 'model_error'],
    ['no models', json(200, { object: 'list', data: [] }), 'model_error'],
  ])('%s when it is asked for its models', async (_, answer, code) => {
    const { url } = await service({ ...chatting, 'GET /v1/models': answer })
    const unknown = await resolved({ openaiBaseUrl: url })
    expect(unknown.kind).toBe('undetermined')
    expect((await failure(unknown)).code).toBe(code)
  })
})
