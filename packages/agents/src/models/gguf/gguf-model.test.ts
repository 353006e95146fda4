/**
 * What the small real model can't show (it is tested in the package `millrace`): tools, thoughts, a thread that dies.
 * The engine is a stand-in with node-llama-cpp's interface; model, thread and messages are real.
 */
import { Agent, Runner, tool } from '@openai/agents'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { GgufModel } from './gguf-model.ts'
import { LlamaThread } from './llama-thread.ts'

/** Answers by the last thing said; a token is a character. */
const ENGINE = `
export class InsufficientMemoryError extends Error {}
const sequence = { nextTokenIndex: 0, async adaptStateToTokens() { this.nextTokenIndex = 0 },
  async evaluateWithoutGeneratingNewTokens(tokens) { this.nextTokenIndex += tokens.length } }
const textOf = (history) =>
  history.filter((item) => item.response?.length !== 0).map((item) => item.text ?? JSON.stringify(item.response)).join('|')
export class LlamaChat {
  chatWrapper = { generateContextState: ({ chatHistory }) => ({ contextText: { tokenize: () => [...textOf(chatHistory)] } }) }
  async generateResponse(history, { functions, onResponseChunk, maxTokens, temperature, topP }) {
    const text = textOf(history)
    const say = (text, segmentType) => onResponseChunk({ text, segmentType, tokens: [1] })
    const end = (stopReason, functionCalls) => ({ metadata: { stopReason }, functionCalls })
    if (text.includes('die')) process.exit(1)
    if (text.includes('fail')) throw new Error('the engine failed in /secret/path')
    if (text.includes('think')) { say('Let me ', 'thought'); say('see.', 'thought'); say('aside', 'comment'); say('Yes.'); return end('eogToken') }
    if (text.includes('forever')) { for (let said = 0; said < maxTokens; said++) say('x'); return end('maxTokens') }
    if (text.includes('settings')) { say(JSON.stringify({ temperature, topP })); return end('eogToken') }
    if (functions && !text.includes('functionCall')) {
      say('One moment. ')
      return end('functionCalls', [{ functionName: Object.keys(functions)[0], params: { city: 'Oslo' } }])
    }
    say(text)
    return end('eogToken')
  }
}
export async function getLlama() {
  return { async dispose() {}, async loadModel() { return {
    trainContextSize: 1000, tokenizer: {}, fileInfo: { metadata: { tokenizer: { chat_template: '{% if tools %}{% endif %}' } } },
    async createContext({ contextSize }) { return { contextSize: contextSize.max, getSequence: () => sequence } } } } }
}`

let thread: LlamaThread
let model: GgufModel
beforeEach(async () => {
  const engineUrl = `data:text/javascript,${encodeURIComponent(ENGINE)}`
  thread = new LlamaThread({ engineUrl, modelPath: 'any.gguf', contextTokens: 4096 })
  model = new GgufModel('any', await thread.load(), thread, 4)
})
afterEach(() => model.close())

const runner = new Runner({ tracingDisabled: true })

const weather = tool({
  name: 'weather',
  description: 'Weather',
  parameters: z.object({ city: z.string() }),
  execute: ({ city }) => `sunny in ${city}`,
})

describe('a GGUF model', () => {
  test('whose template knows tools is offered them; their results come back in its own turn', async () => {
    expect(model.info.callsTools).toBe(true)
    const agent = new Agent({ name: 'Local', model, tools: [weather] })
    const { finalOutput } = await runner.run(agent, 'What is the weather?')
    expect(finalOutput).toBe(
      'What is the weather?|["One moment. ",{"type":"functionCall","name":"weather","params":{"city":"Oslo"},"result":"sunny in Oslo"}]',
    )
  })

  test('is offered none where the agent forbids it', async () => {
    const agent = new Agent({ name: 'Local', model, tools: [weather], modelSettings: { toolChoice: 'none' } })
    expect((await runner.run(agent, 'What is the weather?')).finalOutput).toBe('What is the weather?')
  })

  test('shows its thoughts as reasoning, apart from the answer', async () => {
    const { finalOutput, output } = await runner.run(new Agent({ name: 'Local', model }), 'think')
    expect(finalOutput).toBe('Yes.')
    expect(output).toContainEqual(
      expect.objectContaining({ type: 'reasoning', content: [{ type: 'input_text', text: 'Let me see.' }] }),
    )
  })

  test('takes the sampling settings of the agent', async () => {
    const agent = new Agent({ name: 'Local', model, modelSettings: { temperature: 1, topP: 0.5 } })
    expect((await runner.run(agent, 'settings')).finalOutput).toBe('{"temperature":1,"topP":0.5}')
  })

  test('drops the oldest turns, whole, and never the instructions or the last turn', async () => {
    const agent = new Agent({ name: 'Local', instructions: 'Be kind.', model })
    const turn = (text: string) => ({ role: 'user' as const, content: text })
    const { finalOutput } = await runner.run(agent, [
      turn('a'.repeat(500)),
      turn('b'.repeat(300)),
      turn('c'.repeat(300)),
    ])
    expect(finalOutput).toBe(`Be kind.|${'b'.repeat(300)}|${'c'.repeat(300)}`)
  })

  test('ends an answer at the length that was asked for, and says so when the context is full before it is over', async () => {
    const short = new Agent({ name: 'Local', model, modelSettings: { maxTokens: 7 } })
    expect((await runner.run(short, 'forever')).finalOutput).toBe('x'.repeat(7))
    const said: string[] = []
    const run = await runner.run(new Agent({ name: 'Local', model }), 'forever', { stream: true })
    const read = async () => {
      for await (const event of run) {
        if (event.type === 'raw_model_stream_event' && event.data.type === 'output_text_delta')
          said.push(event.data.delta)
      }
      await run.completed
    }
    await expect(read()).rejects.toMatchObject({
      code: 'output_too_long',
      message: expect.stringMatching(/cut off.*1000 tokens.*Ask for the rest/),
    })
    expect(said.length).toBeGreaterThan(900)
  })

  test('that fails says so in words without anything internal, and answers again', async () => {
    const agent = new Agent({ name: 'Local', model })
    const failed = await runner.run(agent, 'fail').catch((error: unknown) => error)
    expect(failed).toMatchObject({
      code: 'model_error',
      message: 'The local model failed. Try again; the server log says why.',
    })
    expect((await runner.run(agent, 'Hello')).finalOutput).toBe('Hello')
  })

  test('whose thread dies fails that answer only: the next one has a new thread', async () => {
    const agent = new Agent({ name: 'Local', model })
    await expect(runner.run(agent, 'die')).rejects.toMatchObject({ code: 'model_error' })
    expect((await runner.run(agent, 'Hello')).finalOutput).toBe('Hello')
  })
})
