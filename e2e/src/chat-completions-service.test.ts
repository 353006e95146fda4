import { assistantMessage, ScriptedModel } from '@openai/agents/testing'
import OpenAI from 'openai'
import { afterEach, describe, expect, test } from 'vitest'
import {
  answerFromModel,
  answerWith,
  type ChatCompletionsService,
  type ChatCompletionsServiceOptions,
  startChatCompletionsService,
} from './chat-completions-service.ts'

const open: ChatCompletionsService[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((service) => service.close()))
})

/** The service and the official client for it. */
async function start(options: Partial<ChatCompletionsServiceOptions> = {}) {
  const service = await startChatCompletionsService({ answer: answerWith('one two three'), ...options })
  open.push(service)
  return { service, client: new OpenAI({ baseURL: service.url, apiKey: 'sk-right', maxRetries: 0 }) }
}

const messages = [{ role: 'user' as const, content: 'Count' }]

describe('the Chat Completions service of the tests', () => {
  test('names its model', async () => {
    const { client } = await start({ model: 'tiny' })
    expect((await client.models.list()).data.map(({ id }) => id)).toEqual(['tiny'])
  })

  test('streams to the official client: a role, pieces, a finish reason, the usage', async () => {
    const { client } = await start()
    const chunks: OpenAI.ChatCompletionChunk[] = []
    const request = { model: 'test-model', messages, stream: true, stream_options: { include_usage: true } } as const
    for await (const chunk of await client.chat.completions.create({ ...request, messages })) chunks.push(chunk)
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? null)).toEqual([
      '',
      'one ',
      'two ',
      'three',
      null,
      null,
    ])
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop')
    expect(chunks.at(-1)?.usage).toMatchObject({ completion_tokens: 3 })
  })

  test('answers as a whole, too', async () => {
    const { client } = await start()
    const { choices } = await client.chat.completions.create({ model: 'test-model', messages })
    expect(choices[0]?.message.content).toBe('one two three')
  })

  test('says what a model of the Agents SDK says to the same conversation', async () => {
    const model = new ScriptedModel([[assistantMessage('Hello Ada')]])
    const { client } = await start({ answer: answerFromModel(model, { maxTokens: 9 }) })
    const conversation = [
      { role: 'system' as const, content: 'Be kind.' },
      { role: 'user' as const, content: [{ type: 'text' as const, text: 'I am Ada' }] },
    ]
    const { choices } = await client.chat.completions.create({ model: 'test-model', messages: conversation })
    expect(choices[0]?.message.content).toBe('Hello Ada')
    expect(model.lastCall?.request).toMatchObject({
      systemInstructions: 'Be kind.',
      input: [{ role: 'user', content: 'I am Ada' }],
      modelSettings: { maxTokens: 9 },
    })
  })

  test('has no Responses API', async () => {
    const { client } = await start()
    await expect(client.responses.create({ model: 'test-model', input: 'Hi' })).rejects.toMatchObject({ status: 404 })
  })

  test('asks for its key', async () => {
    const { client, service } = await start({ apiKey: 'sk-right' })
    await expect(client.models.list()).resolves.toBeDefined()
    await expect(client.withOptions({ apiKey: 'sk-wrong' }).models.list()).rejects.toMatchObject({ status: 401 })
    expect(service.requests.map(({ path }) => path)).toEqual(['/v1/models', '/v1/models'])
  })

  test('stops its answer when the client leaves', async () => {
    const { client, service } = await start({ pieceDelayMs: 20, answer: answerWith('word '.repeat(500)) })
    for await (const chunk of await client.chat.completions.create({ model: 'test-model', messages, stream: true })) {
      if (chunk.choices[0]?.delta.content === 'word ') break
    }
    await expect.poll(() => service.abandoned).toBe(1)
  })

  test('misbehaves when told, and only then', async () => {
    const { client, service } = await start()
    const read = async () => {
      const pieces: string[] = []
      const stream = await client.chat.completions.create({ model: 'test-model', messages, stream: true })
      for await (const chunk of stream) pieces.push(chunk.choices[0]?.delta.content ?? '')
      return pieces.join('')
    }
    service.misbehave({ status: 429, retryAfterSeconds: 7 })
    await expect(read()).rejects.toMatchObject({ status: 429, headers: expect.objectContaining({}) })
    service.misbehave({ status: 500 })
    await expect(read()).rejects.toMatchObject({ status: 500 })
    service.misbehave({ cut: 2 })
    await expect(read()).rejects.toThrow()
    service.misbehave({ end_early: 2 })
    expect(await read()).toBe('one two ')
    service.misbehave('html')
    expect(await read()).toBe('')
    service.misbehave('empty')
    expect(await read()).toBe('')
    service.misbehave(undefined)
    expect(await read()).toBe('one two three')
  })
})
