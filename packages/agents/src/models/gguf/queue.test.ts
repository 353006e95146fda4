import { describe, expect, test } from 'vitest'
import { Queue, type Ticket } from './queue.ts'

/** Collects the places that a ticket tells; `done` resolves with them at its turn. */
function listen(ticket: Ticket, signal?: AbortSignal) {
  const places: number[] = []
  const done = (async () => {
    for await (const place of ticket.ahead(signal)) places.push(place)
    return places
  })()
  return { places, done }
}

describe('the line before a model', () => {
  test('lets the first go at once, and tells the others their place whenever it changes', async () => {
    const queue = new Queue(8)
    const tickets = [queue.join(), queue.join(), queue.join()] as const
    const [first, second, third] = tickets.map((ticket) => listen(ticket))
    expect(await first?.done).toEqual([])
    tickets[0].leave()
    expect(await second?.done).toEqual([1])
    tickets[1].leave()
    expect(await third?.done).toEqual([2, 1])
  })

  test('moves up when somebody who waits gives up', async () => {
    const queue = new Queue(8)
    const [first, second, third] = [queue.join(), queue.join(), queue.join()]
    const waiting = listen(third)
    second.leave()
    first.leave()
    expect((await waiting.done).at(-1)).toBeLessThanOrEqual(2)
  })

  test('refuses one more than may wait, and says when to come again', () => {
    const queue = new Queue(1)
    queue.join()
    const waiting = queue.join()
    expect(() => queue.join()).toThrow(expect.objectContaining({ code: 'unavailable', retryAfterMs: 60_000 }))
    waiting.leave()
    expect(() => queue.join()).not.toThrow()
  })

  test('stops waiting when it is aborted', async () => {
    const queue = new Queue(8)
    queue.join()
    const stop = new AbortController()
    const waiting = listen(queue.join(), stop.signal)
    stop.abort('stopped')
    await expect(waiting.done).rejects.toMatchObject({ name: 'AbortError' })
  })

  test('leaving twice gives up one place only', async () => {
    const queue = new Queue(8)
    const [first, second, third] = [queue.join(), queue.join(), queue.join()]
    first.leave()
    first.leave()
    expect(await listen(second).done).toEqual([])
    const waiting = listen(third)
    second.leave()
    expect((await waiting.done).length).toBeLessThanOrEqual(1)
  })
})
