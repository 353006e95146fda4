import { describe, expect, test } from 'vitest'
import { createStreamClient } from '../stream/create-stream-client.ts'
import type { StreamTransportName } from '../stream/types.ts'
import { mockStream } from './mock-stream.ts'

const TOKENS = ['Hel', 'lo ', 'there']

describe.each<StreamTransportName>(['sse', 'polling', 'whole', 'hybrid'])('mockStream over %s', (transport) => {
  test('answers a message with its tokens', async () => {
    const fetch = mockStream(TOKENS, { delay: 1 })
    const end = await createStreamClient({ fetch, transport }).start('Hi')
    expect(end).toMatchObject({ response: 'Hello there', outcome: 'completed' })
    expect(fetch.runs).toBe(1)
    expect(fetch.calls[0]?.body).toMatchObject({ message: 'Hi', message_id: end.messageId })
  })

  test('stops when it is asked to', async () => {
    const fetch = mockStream(TOKENS, { delay: 1_000_000 })
    const client = createStreamClient({ fetch, transport })
    const ended = client.start('Hi')
    await expect.poll(() => fetch.runs).toBe(1)
    await client.stop()
    expect(await ended).toMatchObject({ response: '', outcome: 'stopped', isStreaming: false })
  })

  test('fails as it is told to', async () => {
    const error = { code: 'model_auth', message: 'The key is wrong.', recoverable: false }
    const fetch = mockStream(TOKENS, { failAfter: 2, error })
    const end = await createStreamClient({ fetch, transport }).start('Hi')
    expect(end).toMatchObject({ outcome: 'failed', error: { type: 'model', ...error } })
    expect(end.response).toBe(transport === 'whole' ? '' : 'Hello ')
  })

  test('refuses as often as it is told to', async () => {
    const fetch = mockStream(TOKENS, { refuse: { status: 429, code: 'rate_limited', times: 2, retryAfter: 0 } })
    expect(await createStreamClient({ fetch, transport }).start('Hi')).toMatchObject({ response: 'Hello there' })
    expect(fetch.runs).toBe(1)
  })
})

test('a connection that breaks is resumed behind the last token', async () => {
  const fetch = mockStream(TOKENS, { failAfter: 2, failures: 2 })
  const end = await createStreamClient({ fetch, retryDelay: 1 }).start('Hi')
  expect(end).toMatchObject({ response: 'Hello there', outcome: 'completed' })
  expect(fetch.calls.map(({ method, headers }) => [method, headers.get('last-event-id')])).toEqual([
    ['POST', null],
    ['GET', '2'],
    ['GET', '2'],
  ])
})

test('takes a `Request`, as `fetch` does', async () => {
  const fetch = mockStream(TOKENS)
  const body = JSON.stringify({ message: 'Hi', message_id: 'm_1' })
  const response = await fetch(new Request('http://any/api/stream/message', { method: 'POST', body }))
  expect(await response.text()).toContain('"token":"Hel"')
  expect(fetch.calls).toMatchObject([{ method: 'POST', path: '/api/stream/message', body: { message: 'Hi' } }])
})
