/** Part of the run log's contract: reading. */
import { describe, expect, test } from 'vitest'
import type { RunEntry } from '../log/run-log.ts'
import { at, COMPLETED, collect, type RunLogSetUp, randomNumbers, sizes, started, write } from './run-log-steps.ts'

const MAX_BATCH_BYTES = 256 * 1024

/** What a reader gets, whenever and wherever it comes. */
export function reading({ fixture, logs }: RunLogSetUp): void {
  describe('reading', () => {
    test('for every k, reading to k and on after it gives what one reading gives', async () => {
      const { log } = await fixture()
      const { writer, run } = await started(log)
      await write(writer, 40)
      await writer.end(COMPLETED)
      const whole = await collect(log, run.runId)
      expect(whole).toHaveLength(41)
      for (let k = 0; k <= 41; k += 1) {
        const head = await collect(log, run.runId, 0, k)
        expect([...head, ...(await collect(log, run.runId, k))]).toEqual(whole)
      }
    })

    test('for every k, a reader who comes to a running answer after k misses nothing', async () => {
      const nodes = await logs()
      const { writer, run } = await started(nodes[0])
      await write(writer, 20)
      const readers = Array.from({ length: 21 }, (_, k) => collect(at(nodes, k), run.runId, k))
      await write(writer, 20)
      await writer.end(COMPLETED)
      const whole = await collect(nodes[0], run.runId)
      expect(await Promise.all(readers)).toEqual(Array.from({ length: 21 }, (_, k) => whole.slice(k)))
    })

    test('a reader sees an entry while the run goes on', async () => {
      const nodes = await logs()
      const { writer, run } = await started(nodes[0])
      const batches = nodes[1].read(run.runId, 0, new AbortController().signal)[Symbol.asyncIterator]()
      writer.append('"a"', 'token')
      expect((await batches.next()).value).toEqual([{ seq: 1, tokens: 1, data: '"a"' }])
      writer.append('"b"', 'token')
      expect((await batches.next()).value).toEqual([{ seq: 2, tokens: 2, data: '"b"' }])
      await writer.end(COMPLETED)
      expect((await batches.next()).value).toEqual([{ seq: 3, tokens: 2, end: COMPLETED }])
      expect((await batches.next()).done).toBe(true)
    })

    test('a reader who aborts finishes quietly and stops nothing', async () => {
      const { log } = await fixture()
      const { writer, run } = await started(log)
      writer.append('"a"')
      await writer.flush()
      const leave = new AbortController()
      const batches = log.read(run.runId, 0, leave.signal)[Symbol.asyncIterator]()
      await batches.next()
      const waiting = batches.next()
      leave.abort()
      expect((await waiting).done).toBe(true)
      expect(await collect(log, run.runId, 0, 1)).toHaveLength(1)
      const gone = log.read(run.runId, 0, AbortSignal.abort())[Symbol.asyncIterator]()
      expect((await gone.next()).done).toBe(true)
      expect(writer.signal.aborted).toBe(false)
    })

    test('after the end there is nothing to wait for', async () => {
      const { log } = await fixture()
      const { writer, run } = await started(log)
      await writer.end(COMPLETED)
      expect(await collect(log, run.runId, 1)).toEqual([])
      expect(await collect(log, run.runId, 99)).toEqual([])
    })

    test('batches are bounded, and a larger entry comes alone', async () => {
      const nodes = await logs()
      const { writer, run } = await started(nodes[0])
      const following = sizes(nodes[1], run.runId)
      const large = JSON.stringify('x'.repeat(MAX_BATCH_BYTES))
      const line = JSON.stringify('漢'.repeat(100))
      for (let n = 0; n < 3000; n += 1) writer.append(n === 1000 ? large : line)
      await writer.end(COMPLETED)
      for (const batches of [await following, await sizes(nodes[1], run.runId)]) {
        expect(batches.reduce((sum, { count }) => sum + count, 0)).toBe(3001)
        for (const { bytes, count } of batches) {
          if (bytes > MAX_BATCH_BYTES) expect(count).toBe(1)
        }
        // Whatever is there is one batch: 902 kB and the large entry do not come in small pieces.
        expect(batches.length).toBeLessThan(20)
      }
    })

    test('many small writes come back in few batches', async () => {
      const { log } = await fixture()
      const { writer, run } = await started(log)
      for (let n = 0; n < 30; n += 1) {
        writer.append(`${n}`, 'token')
        await writer.flush()
      }
      await writer.end(COMPLETED)
      expect(await sizes(log, run.runId)).toHaveLength(1)
    })

    test('an unknown run is not found', async () => {
      const { log } = await fixture()
      await expect(collect(log, 'nobody')).rejects.toMatchObject({ code: 'not_found' })
      await expect(log.stop('nobody')).rejects.toMatchObject({ code: 'not_found' })
      expect(await log.find({ runId: 'nobody' })).toBeUndefined()
      expect(await log.find({ threadId: 'nowhere' })).toBeUndefined()
    })

    test('however writing and reading interleave, every reader sees the same', async () => {
      const nodes = await logs()
      for (let seed = 1; seed <= 40; seed += 1) {
        const random = randomNumbers(seed)
        const { writer, run } = await started(nodes[0])
        const expected: RunEntry[] = []
        const readers: { after: number; entries: Promise<RunEntry[]> }[] = []
        let tokens = 0
        for (let step = 0; step < 60; step += 1) {
          const choice = random(10)
          if (choice < 6) {
            const kind = ([undefined, 'token', 'ours'] as const)[random(3)]
            const data = JSON.stringify('x'.repeat(random(50)))
            writer.append(data, kind)
            if (kind === 'token') tokens += 1
            expected.push({ seq: expected.length + 1, tokens, data, ...(kind === 'ours' && { ours: true as const }) })
          } else if (choice < 8) await writer.flush()
          else {
            const after = random(expected.length + 1)
            readers.push({ after, entries: collect(at(nodes, step), run.runId, after) })
          }
        }
        await writer.end(COMPLETED)
        expected.push({ seq: expected.length + 1, tokens, end: COMPLETED })
        for (const { after, entries } of readers) expect(await entries).toEqual(expected.slice(after))
        expect(await collect(nodes[1], run.runId)).toEqual(expected)
      }
    })
  })
}
