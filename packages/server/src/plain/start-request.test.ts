import { describe, expect, test } from 'vitest'
import { parseStart } from './start-request.ts'

test('a message makes a thread', () => {
  expect(parseStart({ message: 'Hi' })).toEqual({
    request: {
      type: 'threads.create',
      metadata: {},
      params: { input: { content: [{ type: 'input_text', text: 'Hi' }], attachments: [], inference_options: {} } },
    },
  })
})

test('a message to a thread is added to it, with its own id and metadata', () => {
  const start = parseStart({
    message: 'Hi',
    message_id: 'm-1',
    thread_id: 'thr_1',
    metadata: { page: 'home' },
    more: 1,
  })
  expect(start).toMatchObject({ messageId: 'm-1', threadId: 'thr_1' })
  expect(start.request).toMatchObject({
    type: 'threads.add_user_message',
    metadata: { page: 'home' },
    params: { thread_id: 'thr_1', input: { content: [{ text: 'Hi' }] } },
  })
})

test('null counts as left out', () => {
  expect(parseStart({ message: 'Hi', message_id: null, thread_id: null, metadata: null })).toEqual(
    parseStart({ message: 'Hi' }),
  )
})

test('metadata may have a field of any name', () => {
  const { request } = parseStart(JSON.parse('{"message":"Hi","metadata":{"__proto__":"x"}}'))
  expect(Object.entries(request.metadata)).toEqual([['__proto__', 'x']])
})

describe('is refused, with the name of the field', () => {
  test.each([
    ['message', {}],
    ['message', { message: '' }],
    ['message', { message: 1 }],
    ['message', { message: ['Hi'] }],
    ['message_id', { message: 'Hi', message_id: '' }],
    ['message_id', { message: 'Hi', message_id: 'a b' }],
    ['message_id', { message: 'Hi', message_id: 'a'.repeat(129) }],
    ['message_id', { message: 'Hi', message_id: 1 }],
    ['message_id', { message: 'Hi', message_id: 'é' }],
    ['thread_id', { message: 'Hi', thread_id: 1 }],
    ['thread_id', { message: 'Hi', thread_id: '' }],
    ['metadata', { message: 'Hi', metadata: 'x' }],
    ['metadata', { message: 'Hi', metadata: ['x'] }],
    ['metadata', { message: 'Hi', metadata: { a: 1 } }],
    ['metadata', { message: 'Hi', metadata: { a: 'x'.repeat(513) } }],
    ['metadata', { message: 'Hi', metadata: Object.fromEntries(Array.from({ length: 17 }, (_, n) => [`k${n}`, ''])) }],
  ])('%s of %j', (param, body) => {
    expect(() => parseStart(body)).toThrow(expect.objectContaining({ code: 'invalid_request', param }))
  })

  test.each([[null], ['Hi'], [['Hi']], [1], [undefined]])('a body that is no object: %j', (body) => {
    expect(() => parseStart(body)).toThrow(expect.objectContaining({ code: 'invalid_request', param: undefined }))
  })

  test('a message without an id, where a client has to name it', () => {
    const start = () => parseStart({ message: 'Hi' }, { messageIdRequired: true })
    expect(start).toThrow(expect.objectContaining({ code: 'invalid_request', param: 'message_id' }))
  })
})

test('the longest of everything passes', () => {
  const metadata = Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`k${n}`, 'x'.repeat(512)]))
  const start = parseStart({ message: 'Hi', message_id: 'a'.repeat(128), metadata })
  expect(start.messageId).toHaveLength(128)
  expect(start.request.metadata).toEqual(metadata)
})
