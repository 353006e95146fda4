import { once } from 'node:events'
import { createServer } from 'node:net'
import { ChatKitError, CustomStreamError, StreamError } from '@millrace/protocol'
import { Agent, tool, UserError } from '@openai/agents'
import { describe, expect, test } from 'vitest'
import type { AgentContext } from './agent-context.ts'
import { toStreamError } from './failures.ts'
import { chatWith, PATHS, textOf } from './testing/chat.ts'
import {
  answers,
  beginning,
  delta,
  ending,
  functionCall,
  providerAt,
  response,
  startService,
  streams,
} from './testing/responses-service.ts'

const SECRET = 'sk-very-secret'
const refusal = (status: number, code: string) =>
  answers(status, { error: { message: `You sent ${SECRET}`, type: 'error', param: null, code } })

const assistant = () => new Agent<AgentContext, 'text'>({ name: 'Assistant', model: 'some-model' })

const half = [...beginning(), delta('Half an ans')]

const CASES = [
  {
    when: 'refuses the key',
    does: refusal(401, 'invalid_api_key'),
    cause: {
      code: 'model_auth',
      message: 'The model service refused its key. Check OPENAI_API_KEY.',
      recoverable: false,
    },
  },
  {
    when: 'gets too many requests',
    does: refusal(429, 'rate_limit_exceeded'),
    cause: { code: 'model_rate_limited', message: /Wait a moment/, recoverable: true },
  },
  {
    when: 'says that the quota is used up',
    does: refusal(429, 'insufficient_quota'),
    cause: { code: 'model_rate_limited', message: /plan and billing/, recoverable: false },
  },
  {
    when: 'does not know the model',
    does: refusal(404, 'model_not_found'),
    cause: { code: 'model_error', message: /Check AGENT_MODEL and OPENAI_BASE_URL/, recoverable: false },
  },
  {
    when: 'says that the conversation is too long',
    does: refusal(400, 'context_length_exceeded'),
    cause: { code: 'model_error', message: /Start a new chat/, recoverable: false },
  },
  {
    when: 'fails',
    does: refusal(500, 'server_error'),
    cause: { code: 'model_error', message: /HTTP 500/, recoverable: true },
  },
  {
    when: 'is a proxy that answers an error in HTML',
    does: answers(502, `<html>${SECRET}</html>`, 'text/html'),
    cause: { code: 'model_error', message: /HTTP 502/, recoverable: true },
  },
  {
    when: 'is a web page',
    does: answers(200, `<html>${SECRET}</html>`, 'text/html'),
    cause: { code: 'model_error', message: /gave no answer that could be read.*OPENAI_BASE_URL/, recoverable: true },
  },
  {
    when: 'answers nothing',
    does: streams([]),
    cause: { code: 'model_error', message: /gave no answer that could be read/, recoverable: true },
  },
  {
    when: 'ends in the middle of a message',
    does: streams(half),
    says: 'Half an ans',
    cause: { code: 'model_error', message: /broke off in the middle/, recoverable: true },
  },
  {
    when: 'loses the connection in the middle of a token',
    does: streams(half, (body) => {
      body.write('event: response.output_text.delta\ndata: {"type":"response.outp', () =>
        setTimeout(() => body.destroy(), 20),
      )
    }),
    says: 'Half an ans',
    cause: { code: 'model_error', message: /broke off in the middle/, recoverable: true },
  },
  {
    when: 'says that it failed',
    does: streams([
      ...half,
      {
        type: 'response.failed',
        response: response('failed', [], { error: { code: 'server_error', message: SECRET } }),
      },
    ]),
    says: 'Half an ans',
    cause: { code: 'model_error', message: 'The model service failed. Try again.', recoverable: true },
  },
  {
    when: 'sends an error event',
    does: streams([{ type: 'error', code: 'rate_limit_exceeded', message: SECRET, param: null }]),
    cause: { code: 'model_rate_limited', message: /Wait a moment/, recoverable: true },
  },
  {
    when: 'reaches the limit of length',
    does: streams([
      ...half,
      {
        type: 'response.incomplete',
        response: response('incomplete', [], { incomplete_details: { reason: 'max_output_tokens' } }),
      },
    ]),
    says: 'Half an ans',
    cause: { code: 'output_too_long', message: /limit of length/, recoverable: false },
  },
]

describe.each(PATHS)('through %s', (path) => {
  test.each(CASES)('a model service that $when gives one clear cause', async ({ does, says = '', cause }) => {
    const { provider } = await startService(does)
    const { events, end } = await chatWith({ agent: assistant(), provider, path }).say('Hi')
    expect(events.at(-1)).toEqual({ type: 'error', code: 'stream.error', allow_retry: true })
    expect(textOf(events)).toBe(says)
    const { message, ...rest } = cause
    expect(end).toMatchObject({ outcome: 'failed', error: rest })
    expect(end?.error?.message).toMatch(message)
    expect(JSON.stringify([events, end])).not.toContain(SECRET)
  })

  test('a model service that is not there is said to be out of reach', async () => {
    const closed = createServer().listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const address = closed.address()
    closed.close()
    const port = typeof address === 'object' && address ? address.port : 0
    const { end } = await chatWith({ agent: assistant(), provider: providerAt(port), path }).say('Hi')
    expect(end?.error).toMatchObject({ code: 'model_error', recoverable: true })
    expect(end?.error?.message).toMatch(/cannot be reached.*OPENAI_BASE_URL/)
  })

  test('the thread stays usable after a failure', async () => {
    const { provider } = await startService([
      refusal(500, 'server_error'),
      streams([...half, ...ending('Half an ans')]),
    ])
    const chat = chatWith({ agent: assistant(), provider, path })
    await chat.say('Hi')
    expect((await chat.say('Again')).end).toEqual({ outcome: 'completed' })
  })

  test('what a tool throws for the client reaches the client', async () => {
    const { provider } = await startService(streams(functionCall('work')))
    const { events, end } = await chatWith({
      agent: withTool(new CustomStreamError('Limit reached')),
      provider,
      path,
    }).say('Hi')
    expect(events.at(-1)).toEqual({ type: 'error', code: 'custom', message: 'Limit reached', allow_retry: false })
    expect(end?.error?.message).toBe('Limit reached')
  })

  test('what else a tool throws stays inside, and is not taken for the model’s', async () => {
    const refused = Object.assign(new Error(SECRET), { status: 401, code: 'ECONNREFUSED' })
    const { provider } = await startService(streams(functionCall('work')))
    const { end } = await chatWith({ agent: withTool(refused), provider, path }).say('Hi')
    expect(end?.error).toMatchObject({ code: 'server_error', recoverable: true })
    expect(end?.error?.message).not.toContain(SECRET)
  })
})

test('a model service that takes too long is said to', async () => {
  const { provider } = await startService(() => {}, { timeoutMs: 50 })
  const { end } = await chatWith({ agent: assistant(), provider }).say('Hi')
  expect(end?.error).toEqual({
    code: 'model_error',
    message: 'The model service took too long. Try again.',
    recoverable: true,
  })
})

test('an error that has a cause of ours already keeps it', () => {
  const away = new ChatKitError('unavailable', 'The store is away.')
  expect(toStreamError(away).cause).toBe(away)
  const chosen = new StreamError('no', { allowRetry: false })
  expect(toStreamError(chosen)).toBe(chosen)
})

test('a wrongly set up agent is nothing that a retry would help', () => {
  expect(toStreamError(new UserError('bad')).cause).toMatchObject({ code: 'server_error', retryable: false })
})

function withTool(error: Error) {
  const work = tool({
    name: 'work',
    description: 'Works',
    parameters: { type: 'object', properties: {}, required: [], additionalProperties: false },
    errorFunction: null,
    execute: () => {
      throw error
    },
  })
  return new Agent<AgentContext, 'text'>({ name: 'Assistant', model: 'some-model', tools: [work] })
}
