import type { ThreadItem } from '@millrace/protocol'
import { expect, test } from 'vitest'
import { createTranscript } from './transcript.ts'

const base = { thread_id: 'thr_1', created_at: '2026-01-01T12:00:00Z' }
const user = (id: string): ThreadItem => ({
  ...base,
  id,
  type: 'user_message',
  content: [],
  attachments: [],
  inference_options: {},
})
const answer = (id: string, text = ''): ThreadItem => ({
  ...base,
  id,
  type: 'assistant_message',
  content: [{ type: 'output_text', text, annotations: [] }],
})
const shape = (transcript: ReturnType<typeof createTranscript>) =>
  transcript.turns.value.map((turn) => turn.cells.map((cell) => cell.item.value.id))

test('a turn is a user message and what follows it', () => {
  const transcript = createTranscript()
  transcript.update([answer('a0'), user('u1'), answer('a1'), answer('a2'), user('u2')])
  expect(shape(transcript)).toEqual([['a0'], ['u1', 'a1', 'a2'], ['u2']])
})

test('new text of an item changes that item alone', () => {
  const transcript = createTranscript()
  const first = user('u1')
  transcript.update([first, answer('a1', 'Hel')])
  const turns = transcript.turns.value
  transcript.update([first, answer('a1', 'Hello')])
  expect(transcript.turns.value).toBe(turns)
  expect(turns[0]?.cells[1]?.item.value).toMatchObject({ content: [{ text: 'Hello' }] })
})

test('a turn that did not change keeps its identity when another one comes', () => {
  const transcript = createTranscript()
  const items = [user('u1'), answer('a1')]
  transcript.update(items)
  const [first] = transcript.turns.value
  transcript.update([...items, user('u2')])
  expect(transcript.turns.value[0]).toBe(first)
})

test('a local message keeps its bubble when the server gives it an id', () => {
  const transcript = createTranscript()
  transcript.update([user('local_1')])
  const key = transcript.turns.value[0]?.key
  transcript.update([user('msg_1')])
  expect(shape(transcript)).toEqual([['msg_1']])
  expect(transcript.turns.value[0]?.key).toBe(key)
})

test('older items come in front without touching the newer turns', () => {
  const transcript = createTranscript()
  const newer = [user('u2'), answer('a2')]
  transcript.update(newer)
  const [last] = transcript.turns.value
  transcript.update([user('u1'), answer('a1'), ...newer])
  expect(shape(transcript)).toEqual([
    ['u1', 'a1'],
    ['u2', 'a2'],
  ])
  expect(transcript.turns.value[1]).toBe(last)
})

test('two items that share an id are two blocks', () => {
  const transcript = createTranscript()
  const items = [user('u1'), answer('a', 'one'), user('u2'), answer('a', 'two')]
  transcript.update(items)
  transcript.update([...items])
  const texts = transcript.turns.value.map((turn) => turn.cells[1]?.item.value)
  expect(texts).toMatchObject([{ content: [{ text: 'one' }] }, { content: [{ text: 'two' }] }])
})
