import { expect, test } from 'vitest'
import { mergePayload } from './forms.ts'

test('dotted names nest', () => {
  expect(mergePayload({ id: 7 }, { 'todo.title': 'Milk', 'todo.done': true })).toEqual({
    payload: { id: 7, todo: { title: 'Milk', done: true } },
    lost: [],
  })
})

test('what the payload holds already wins, and the loser is named', () => {
  expect(mergePayload({ title: 'set', todo: { title: 'set' } }, { title: 'typed', 'todo.title': 'typed' })).toEqual({
    payload: { title: 'set', todo: { title: 'set' } },
    lost: ['title', 'todo.title'],
  })
})

test('a payload without values stays as it is, and none stays none', () => {
  const payload = { a: [1] }
  expect(mergePayload(payload, {}).payload).toBe(payload)
  expect(mergePayload(null, {}).payload).toBeUndefined()
})

test('no name reaches the prototype', () => {
  expect(mergePayload({}, { '__proto__.x': 'y' })).toEqual({ payload: {}, lost: ['__proto__.x'] })
  expect(Object.prototype).not.toHaveProperty('x')
})

test('merging changes nothing in the given payload', () => {
  const payload = { todo: {} }
  mergePayload(payload, { 'todo.title': 'Milk' })
  expect(payload).toEqual({ todo: {} })
})
