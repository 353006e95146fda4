import { expect, test } from 'vitest'
import { EventQueue } from './event-queue.ts'

async function drain<T>(iterator: AsyncIterator<T, undefined>): Promise<T[]> {
  const values: T[] = []
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) values.push(next.value)
  return values
}

test('values come out in order, those from before the reading too', async () => {
  const queue = new EventQueue<number>()
  for (let value = 0; value < 3_000; value += 1) queue.push(value)
  const reading = drain(queue.read(() => {}))
  queue.push(3_000)
  queue.end()
  expect(await reading).toEqual(Array.from({ length: 3_001 }, (_, index) => index))
})

test('a failure comes after what was there before it', async () => {
  const queue = new EventQueue<string>()
  const iterator = queue.read(() => {})
  queue.push('said')
  queue.end({ error: new Error('broken') })
  expect(await iterator.next()).toEqual({ value: 'said', done: false })
  await expect(iterator.next()).rejects.toThrow('broken')
})

test('whoever asks for room gets it when the reader has caught up', async () => {
  const queue = new EventQueue<number>({ high: 4, max: 100 })
  const iterator = queue.read(() => {})
  for (let value = 0; value < 4; value += 1) queue.push(value)
  expect(queue.isFull).toBe(true)
  let hasRoom = false
  const room = queue.room().then(() => {
    hasRoom = true
  })
  await iterator.next()
  expect(hasRoom).toBe(false)
  await iterator.next()
  await room
})

test('before anybody reads nobody waits for room', async () => {
  const queue = new EventQueue<number>({ high: 1, max: 100 })
  queue.push(1)
  queue.push(2)
  await queue.room()
})

test('who pushes on without asking for room is told so at last', () => {
  const queue = new EventQueue<number>({ high: 1, max: 2 })
  queue.push(1)
  queue.push(2)
  expect(() => queue.push(3)).toThrow('Await each `stream`')
})

test('a reader who leaves frees whoever waits, and gets nothing more', async () => {
  const queue = new EventQueue<number>({ high: 1, max: 10 })
  let left = false
  const iterator = queue.read(() => {
    left = true
  })
  queue.push(1)
  const room = queue.room()
  await iterator.return?.()
  await room
  queue.push(2)
  expect(left).toBe(true)
  expect(await iterator.next()).toEqual({ value: undefined, done: true })
})

test('discarding ends a reader who waits', async () => {
  const queue = new EventQueue<number>()
  const next = queue.read(() => {}).next()
  queue.discard()
  expect(await next).toEqual({ value: undefined, done: true })
})

test('after an end the queue can be read again: a second run of one answer', async () => {
  const queue = new EventQueue<string>()
  queue.push('first')
  queue.end()
  expect(await drain(queue.read(() => {}))).toEqual(['first'])
  queue.push('second')
  queue.end()
  expect(await drain(queue.read(() => {}))).toEqual(['second'])
})
