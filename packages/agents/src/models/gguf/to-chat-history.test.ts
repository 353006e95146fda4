import type { AgentInputItem, ModelRequest } from '@openai/agents'
import { describe, expect, test } from 'vitest'
import { toChatFunctions, toChatHistory } from './to-chat-history.ts'

function request(input: string | AgentInputItem[], more: Partial<ModelRequest> = {}): ModelRequest {
  return { input, modelSettings: {}, tools: [], handoffs: [], outputType: 'text', tracing: false, ...more }
}

const said = (text: string): AgentInputItem => ({
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text }],
})
const call: AgentInputItem = { type: 'function_call', callId: 'c1', name: 'add', arguments: '{"a":1}' }
const result: AgentInputItem = {
  type: 'function_call_result',
  callId: 'c1',
  name: 'add',
  status: 'completed',
  output: '2',
}

describe('the chat that a GGUF model is given', () => {
  test('has the instructions first, then who said what', () => {
    const input: AgentInputItem[] = [{ role: 'user', content: 'Hi' }, said('Hello'), { role: 'user', content: 'Bye' }]
    expect(toChatHistory(request(input, { systemInstructions: 'Be kind.' }), false)).toEqual([
      { type: 'system', text: 'Be kind.' },
      { type: 'user', text: 'Hi' },
      { type: 'model', response: ['Hello'] },
      { type: 'user', text: 'Bye' },
    ])
  })

  test('tells of images and files that it cannot see', () => {
    const content = [
      { type: 'input_text' as const, text: 'Look: ' },
      { type: 'input_image' as const, image: 'https://example.com/a.png' },
      { type: 'input_file' as const, file: 'https://example.com/a.pdf', filename: 'a.pdf' },
    ]
    expect(toChatHistory(request([{ role: 'user', content }]), false)).toEqual([
      { type: 'user', text: 'Look: [An image that you cannot see.][A file that you cannot read: a.pdf.]' },
    ])
  })

  test('holds a call and its result in the turn of the model, where the model knows tools', () => {
    const input: AgentInputItem[] = [{ role: 'user', content: 'Add' }, said('I add.'), call, result, said('It is 2.')]
    expect(toChatHistory(request(input), true)).toEqual([
      { type: 'user', text: 'Add' },
      {
        type: 'model',
        response: ['I add.', { type: 'functionCall', name: 'add', params: { a: 1 }, result: 2 }, 'It is 2.'],
      },
    ])
  })

  test('leaves calls out where the model does not, thoughts and unanswered calls everywhere', () => {
    const thought: AgentInputItem = { type: 'reasoning', content: [{ type: 'input_text', text: 'Hm' }] }
    expect(toChatHistory(request([thought, call, result]), false)).toEqual([])
    expect(toChatHistory(request([thought, call]), true)).toEqual([])
  })
})

test('functions are the function tools and the hand-offs, with schemas that a grammar can follow', () => {
  const schema = {
    type: 'object' as const,
    properties: {
      city: { type: 'string', description: 'Where', pattern: '^[A-Z]' },
      unit: { enum: ['C', 'F'] },
      when: { anyOf: [{ type: 'integer', minimum: 0 }, { type: 'null' }] },
      tags: { type: 'array', items: { type: 'string' }, maxItems: 3 },
      note: { type: ['string', 'null'] },
      free: {},
    },
    required: ['city'],
    additionalProperties: false as const,
  }
  const tool = { type: 'function' as const, name: 'weather', description: 'Weather', parameters: schema, strict: true }
  const hosted = { type: 'hosted_tool' as const, name: 'web_search' }
  const handoff = {
    toolName: 'transfer_to_x',
    toolDescription: 'To X',
    inputJsonSchema: { type: 'object' as const, properties: {}, required: [], additionalProperties: false as const },
    strictJsonSchema: true,
  }
  expect(toChatFunctions(request('', { tools: [tool, hosted], handoffs: [handoff] }))).toEqual({
    weather: {
      description: 'Weather',
      params: {
        type: 'object',
        properties: {
          city: { type: 'string', description: 'Where' },
          unit: { enum: ['C', 'F'] },
          when: { oneOf: [{ type: 'integer' }, { type: 'null' }] },
          tags: { type: 'array', items: { type: 'string' }, maxItems: 3 },
          note: { type: ['string', 'null'] },
          free: { type: ['string', 'number', 'boolean', 'null'] },
        },
      },
    },
    transfer_to_x: { description: 'To X', params: { type: 'object', properties: {} } },
  })
  expect(toChatFunctions(request('', { tools: [hosted] }))).toBeUndefined()
})
