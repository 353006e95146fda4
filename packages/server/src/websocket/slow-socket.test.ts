import { describe, expect, test } from 'vitest'
import { ALICE, message } from '../testing/test-server.ts'
import type { Socket } from './socket.ts'
import { type ListeningOptions, listening } from './test-socket-server.ts'

const MEBIBYTE = 1024 * 1024
/** A batch of the log at most. */
const BATCH_BYTES = 256 * 1024

/** More than a socket's buffers in the two kernels hold, so that it fills where nobody reads. */
const COUNT = 3500
const LENGTH = 4000
const TOKENS = Array.from({ length: COUNT }, (_, n) => `${n}:`.padEnd(LENGTH, 'x'))

/** A server whose assistant says 14 MB, and what the server's ends of its sockets came to, by the order they were opened. */
async function talkative(options: ListeningOptions = {}) {
  const ends: { most: number; closedWith?: number; socket: Socket }[] = []
  const watch = (socket: Socket): Socket => {
    const end: (typeof ends)[number] = { most: 0, socket }
    ends.push(end)
    return {
      send(messages) {
        socket.send(messages)
        end.most = Math.max(end.most, socket.bufferedAmount)
      },
      close(code, reason) {
        end.closedWith = code
        socket.close(code, reason)
      },
      get bufferedAmount() {
        return socket.bufferedAmount
      },
    }
  }
  const it = await listening({ watch, ...options })
  it.respond(async function* (turn) {
    yield* message(turn, inTurns(TOKENS))
  })
  const isOver = (messageId: string) =>
    expect.poll(async () => (await it.server.runOf(messageId, ALICE)).info.end).toEqual({ outcome: 'completed' })
  return { ...it, ends, isOver }
}

async function* inTurns(tokens: readonly string[]) {
  for (const [n, token] of tokens.entries()) {
    if (n % 50 === 0) await new Promise((resolve) => setImmediate(resolve))
    yield token
  }
}

describe('a client that stops reading', () => {
  test('fills its own socket up to a bound, holds up nobody else, and misses nothing', async () => {
    const { open, ends, isOver } = await talkative()
    const slow = await open()
    const other = await open()
    slow.send({ command: 'start', message: 'Hi', message_id: 'm' })
    await slow.event('started')
    slow.ws.pause()
    other.send({ command: 'attach', message_id: 'm' })
    await other.event('complete')
    await isOver('m')
    expect(other.text('m')).toBe(TOKENS.join(''))

    const [end] = ends
    await expect.poll(() => end?.socket.bufferedAmount).toBeGreaterThan(MEBIBYTE)
    expect(slow.events.length).toBeLessThan(COUNT)
    expect(end?.most).toBeLessThan(MEBIBYTE + 2 * BATCH_BYTES)
    slow.ws.resume()
    await slow.event('complete')
    expect(slow.tokens('m').map(({ token }) => token)).toEqual(TOKENS)
    expect(end?.most).toBeLessThan(MEBIBYTE + 2 * BATCH_BYTES)
  })

  test('and follows several runs gets each of them whole', async () => {
    const { open, ends, isOver } = await talkative()
    const slow = await open()
    for (const id of ['a', 'b', 'c']) slow.send({ command: 'start', message: id, message_id: id })
    await slow.event('started', 3)
    slow.ws.pause()
    for (const id of ['a', 'b', 'c']) await isOver(id)
    slow.send({ command: 'pause', message_id: 'b' })
    slow.ws.resume()
    await slow.event('complete', 2)
    const paused = slow.events.findIndex(({ type }) => type === 'paused')
    expect(slow.events.slice(paused).some(({ message_id, token }) => token && message_id === 'b')).toBe(false)
    slow.send({ command: 'resume' })
    await slow.event('complete', 3)
    for (const id of ['a', 'b', 'c']) expect(slow.tokens(id).map(({ token }) => token)).toEqual(TOKENS)
    expect(ends[0]?.most).toBeLessThan(MEBIBYTE + 2 * BATCH_BYTES)
  })

  test('can still pause and stop', async () => {
    const { open, ends, server } = await talkative()
    const slow = await open()
    slow.send({ command: 'start', message: 'Hi', message_id: 'm' })
    await slow.event('started')
    slow.ws.pause()
    await expect.poll(() => ends[0]?.socket.bufferedAmount).toBeGreaterThan(MEBIBYTE)
    slow.send({ command: 'pause', message_id: 'm' })
    slow.send({ command: 'stop', message_id: 'm' })
    await expect.poll(async () => (await server.runOf('m', ALICE)).info.end).toBeDefined()
    slow.ws.resume()
    await slow.event(({ type }) => type === 'stopped' || type === 'complete')
    const tokens = slow.tokens('m').map(({ token }) => token)
    expect(tokens).toEqual(TOKENS.slice(0, tokens.length))
  })

  test('and leaves is forgotten at once', async () => {
    let readers = 0
    const observer = {
      readerCame() {
        readers += 1
        return {
          left() {
            readers -= 1
          },
        }
      },
    }
    const { open, ends } = await talkative({ observer })
    const slow = await open()
    slow.send({ command: 'start', message: 'Hi', message_id: 'm' })
    await slow.event('started')
    slow.ws.pause()
    await expect.poll(() => ends[0]?.socket.bufferedAmount).toBeGreaterThan(MEBIBYTE)
    expect(readers).toBe(1)
    slow.ws.terminate()
    await expect.poll(() => readers).toBe(0)
  })

  test('but goes on sending commands is shut out', async () => {
    const { open, ends } = await talkative({ webSocket: { maxCommandsPerSecond: 100_000 } })
    const slow = await open()
    slow.send({ command: 'start', message: 'Hi', message_id: 'm' })
    await slow.event('started')
    slow.ws.pause()
    await expect.poll(() => ends[0]?.socket.bufferedAmount).toBeGreaterThan(MEBIBYTE)
    for (let n = 0; n < 1001; n += 1) slow.send({ command: 'fly' })
    await expect.poll(() => ends[0]?.closedWith).toBe(1008)
    expect(ends[0]?.most).toBeLessThan(2 * MEBIBYTE)
  })
})
