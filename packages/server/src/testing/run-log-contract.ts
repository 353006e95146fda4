/** What every run log promises, as a suite of tests: each implementation passes the same. */
import { afterEach, describe, expect, test } from 'vitest'
import type { RunEnd, RunEntry, RunLog, RunOpening, RunRequest, RunWriter } from '../log/run-log.ts'

/** A log to try, alone in its world. */
export interface RunLogFixture {
  log: RunLog
  /** The same log as another node sees it. */
  second?(): Promise<RunLog>
  /** Takes all life from the writers of `log`, as if its process froze, and gives the log of a process that takes over. */
  successor?(): Promise<RunLog>
  /** Lets time pass for what is kept only so long, and housekeeping have its turn. */
  advance(ms: number): Promise<void>
  close(): Promise<void>
}

export interface RunLogFixtureOptions {
  retentionMs: number
  maxRunBytes: number
}

export interface RunLogFeatures {
  /** Whether several nodes share the log: then the fixture has `second`. */
  nodes: 1 | 2
  /** Whether the log outlives its process: then the fixture has `successor`. */
  outlives: boolean
}

const COMPLETED: RunEnd = { outcome: 'completed' }
const FAILED: RunEnd = { outcome: 'failed', error: { code: 'model_error', message: 'Try again.', recoverable: true } }
const RETENTION_MS = 600_000
const DAY_MS = 24 * 60 * 60 * 1000
const MAX_BATCH_BYTES = 256 * 1024

export function runLogContract(
  name: string,
  make: (options: RunLogFixtureOptions) => Promise<RunLogFixture>,
  { nodes, outlives }: RunLogFeatures,
): void {
  describe(`run log: ${name}`, () => {
    const fixtures: RunLogFixture[] = []

    async function setUp(options: Partial<RunLogFixtureOptions> = {}): Promise<RunLogFixture> {
      const fixture = await make({ retentionMs: RETENTION_MS, maxRunBytes: 32 * 1024 * 1024, ...options })
      fixtures.push(fixture)
      return fixture
    }

    /** The log as each node has it. */
    async function logsOf(fixture: RunLogFixture): Promise<[RunLog, RunLog]> {
      return [fixture.log, nodes === 2 && fixture.second ? await fixture.second() : fixture.log]
    }

    afterEach(async () => {
      for (const fixture of fixtures.splice(0)) await fixture.close()
    })

    describe('claims', () => {
      test('exactly one of 20 who open the same message id writes; the others are told of its run', async () => {
        const logs = await logsOf(await setUp())
        const openings = await Promise.all(
          Array.from({ length: 20 }, (_, n) => at(logs, n).open(request({ threadId: `t${n}`, messageId: 'm' }))),
        )
        const winner = winnerOf(openings)
        for (const { existing, because } of losersOf(openings)) {
          expect(because).toBe('message')
          expect(existing.runId).toBe(winner)
        }
        expect(losersOf(openings)).toHaveLength(19)
      })

      test('exactly one of 20 who open a run in the same thread writes; the others are told of its run', async () => {
        const logs = await logsOf(await setUp())
        const openings = await Promise.all(
          Array.from({ length: 20 }, (_, n) => at(logs, n).open(request({ threadId: 't', messageId: `m${n}` }))),
        )
        const winner = winnerOf(openings)
        for (const { existing, because } of losersOf(openings)) {
          expect(because).toBe('thread')
          expect(existing.runId).toBe(winner)
        }
        expect(losersOf(openings)).toHaveLength(19)
      })

      test('a repeat in a busy thread is a repeat, not a conflict', async () => {
        const { log } = await setUp()
        await started(log, { threadId: 't', messageId: 'm' })
        expect(await log.open(request({ threadId: 't', messageId: 'm' }))).toMatchObject({ because: 'message' })
      })

      test('who loses a thread does not keep the message id', async () => {
        const { log } = await setUp()
        const first = await started(log, { threadId: 't' })
        expect(await log.open(request({ threadId: 't', messageId: 'm' }))).toMatchObject({ because: 'thread' })
        await first.writer.end(COMPLETED)
        expect(await log.open(request({ threadId: 't', messageId: 'm' }))).toHaveProperty('writer')
      })

      test('message ids belong to their owners', async () => {
        const { log } = await setUp()
        await started(log, { threadId: 't1', owner: 'ann', messageId: 'm' })
        expect(await log.open(request({ threadId: 't2', owner: 'bob', messageId: 'm' }))).toHaveProperty('writer')
      })

      test('the run id is the message id where none was given', async () => {
        const { log } = await setUp()
        const { run } = await started(log)
        expect(run.messageId).toBe(run.runId)
        const again = await log.open(request({ messageId: run.runId }))
        expect(again).toMatchObject({ because: 'message', existing: { runId: run.runId } })
      })

      test('an ended run keeps its message id and frees its thread', async () => {
        const { log } = await setUp()
        const { writer, run } = await started(log, { threadId: 't', messageId: 'm' })
        await writer.end(COMPLETED)
        const repeat = await log.open(request({ threadId: 't', messageId: 'm' }))
        expect(repeat).toMatchObject({ because: 'message', existing: { runId: run.runId, end: COMPLETED } })
        expect(await log.open(request({ threadId: 't', messageId: 'm2' }))).toHaveProperty('writer')
      })

      test('who has seen the end meets a free thread', async () => {
        const logs = await logsOf(await setUp())
        for (let round = 0; round < 50; round += 1) {
          const { writer, run } = await started(logs[0], { threadId: 't' })
          const seen = ended(at(logs, round), run.runId)
          writer.append('"x"')
          void writer.end(COMPLETED)
          await seen
          const next = await at(logs, round).open(request({ threadId: 't' }))
          expect(next).toHaveProperty('writer')
          if ('writer' in next) await next.writer.end(COMPLETED)
        }
      })

      test('a run that is given back was never there', async () => {
        const { log } = await setUp()
        const { writer, run } = await started(log, { threadId: 't', messageId: 'm' })
        const seen = collect(log, run.runId)
        await writer.abandon()
        expect(await seen).toEqual([])
        expect(await log.find({ runId: run.runId })).toBeUndefined()
        expect(await log.open(request({ threadId: 't', messageId: 'm' }))).toHaveProperty('writer')
      })
    })

    describe('writing', () => {
      test('seqs count from 1 without a gap, tokens are counted, the end comes last', async () => {
        const { log } = await setUp()
        const { writer, run } = await started(log)
        writer.append('"a"')
        writer.append('"b"', 'token')
        await writer.flush()
        writer.append('"c"', 'token')
        writer.append('"d"', 'ours')
        await writer.end(FAILED)
        expect(await collect(log, run.runId)).toEqual([
          { seq: 1, tokens: 0, data: '"a"' },
          { seq: 2, tokens: 1, data: '"b"' },
          { seq: 3, tokens: 2, data: '"c"' },
          { seq: 4, tokens: 2, data: '"d"', ours: true },
          { seq: 5, tokens: 2, end: FAILED },
        ])
      })

      test('an entry comes out as it went in', async () => {
        const { log } = await setUp()
        const texts = ['', ' ', 'a\nb', 'a\r\n\tb', '\u2028\u2029', '\u0000', 'é漢字🙂', '\ud83d', '\\n "quoted"', '<x>'.repeat(9999)]
        const data = ['', ...texts.map((text) => JSON.stringify(text))]
        const { writer, run } = await started(log)
        for (const line of data) writer.append(line, 'token')
        await writer.end(COMPLETED)
        const entries = await collect(log, run.runId)
        expect(entries.flatMap((entry) => ('data' in entry ? [entry.data] : []))).toEqual(data)
      })

      test('what is known of a run follows what readers can see', async () => {
        const { log } = await setUp()
        const { writer, run } = await started(log, { owner: 'ann', threadId: 't', messageId: 'm', fingerprint: 'f' })
        expect(run).toMatchObject({ owner: 'ann', threadId: 't', messageId: 'm', fingerprint: 'f', resumes: true, lastSeq: 0 })
        expect(run.firstTokenAt).toBeUndefined()
        writer.append('"a"')
        writer.append('"b"', 'token')
        await writer.flush()
        const running = await log.find({ runId: run.runId })
        expect(running).toMatchObject({ ...run, lastSeq: 2, tokens: 1, firstTokenAt: expect.any(Number) })
        await writer.end(COMPLETED)
        const over = { ...(running as object), lastSeq: 3, end: COMPLETED }
        expect(await log.find({ runId: run.runId })).toEqual(over)
        expect(await log.find({ threadId: 't' })).toEqual(over)
        expect(await log.find({ messageId: 'm', owner: 'ann' })).toEqual(over)
        expect(await log.find({ messageId: 'm', owner: 'bob' })).toBeUndefined()
      })

      test('a thread is known by its latest run', async () => {
        const { log } = await setUp()
        const first = await started(log, { threadId: 't' })
        await first.writer.end(COMPLETED)
        const second = await started(log, { threadId: 't' })
        expect(await log.find({ threadId: 't' })).toMatchObject({ runId: second.run.runId })
        await second.writer.end(COMPLETED)
        expect(await log.find({ threadId: 't' })).toMatchObject({ runId: second.run.runId })
      })

      test('nothing comes after the end, which there is once', async () => {
        const { log } = await setUp()
        const { writer, run } = await started(log)
        writer.append('"a"')
        const first = writer.end(COMPLETED)
        writer.append('"b"')
        await Promise.all([first, writer.end(FAILED)])
        await writer.end(FAILED)
        writer.append('"c"')
        await writer.flush()
        expect(await collect(log, run.runId)).toEqual([
          { seq: 1, tokens: 0, data: '"a"' },
          { seq: 2, tokens: 0, end: COMPLETED },
        ])
      })

      test('the writer knows how many bytes are not durable yet', async () => {
        const { log } = await setUp()
        const { writer } = await started(log)
        expect(writer.waitingBytes).toBe(0)
        writer.append('"abc"')
        writer.append('"é"', 'token')
        expect(writer.waitingBytes).toBe(9)
        await writer.flush()
        expect(writer.waitingBytes).toBe(0)
        await writer.flush()
      })

      test('a run that grows too long is told so, and can still be closed', async () => {
        const { log } = await setUp({ maxRunBytes: 10_000 })
        const { writer, run } = await started(log)
        const line = JSON.stringify('x'.repeat(98))
        for (let n = 0; n < 100; n += 1) writer.append(line, 'token')
        expect(writer.signal.aborted).toBe(false)
        writer.append(line, 'token')
        expect(writer.signal.reason).toBe('too_long')
        for (let n = 0; n < 1000; n += 1) writer.append(line, 'token')
        writer.append('"done"')
        for (let n = 0; n < 1000; n += 1) writer.append(line)
        await writer.end(FAILED)
        const entries = await collect(log, run.runId)
        expect(entries[99]).toEqual({ seq: 100, tokens: 100, data: line })
        expect(entries[100]).toEqual({ seq: 101, tokens: 100, data: '"done"' })
        expect(bytesOf(entries)).toBeLessThanOrEqual(20_000)
        expect(entries.at(-1)).toMatchObject({ end: FAILED })
      })
    })

    describe('reading', () => {
      test('for every k, reading to k and on after it gives what one reading gives', async () => {
        const { log } = await setUp()
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
        const logs = await logsOf(await setUp())
        const { writer, run } = await started(logs[0])
        await write(writer, 20)
        const readers = Array.from({ length: 21 }, (_, k) => collect(at(logs, k), run.runId, k))
        await write(writer, 20)
        await writer.end(COMPLETED)
        const whole = await collect(logs[0], run.runId)
        expect(await Promise.all(readers)).toEqual(Array.from({ length: 21 }, (_, k) => whole.slice(k)))
      })

      test('a reader sees an entry while the run goes on', async () => {
        const logs = await logsOf(await setUp())
        const { writer, run } = await started(logs[0])
        const batches = logs[1].read(run.runId, 0, new AbortController().signal)[Symbol.asyncIterator]()
        writer.append('"a"', 'token')
        expect((await batches.next()).value).toEqual([{ seq: 1, tokens: 1, data: '"a"' }])
        writer.append('"b"', 'token')
        expect((await batches.next()).value).toEqual([{ seq: 2, tokens: 2, data: '"b"' }])
        await writer.end(COMPLETED)
        expect((await batches.next()).value).toEqual([{ seq: 3, tokens: 2, end: COMPLETED }])
        expect((await batches.next()).done).toBe(true)
      })

      test('a reader who aborts finishes quietly and stops nothing', async () => {
        const { log } = await setUp()
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
        const { log } = await setUp()
        const { writer, run } = await started(log)
        await writer.end(COMPLETED)
        expect(await collect(log, run.runId, 1)).toEqual([])
        expect(await collect(log, run.runId, 99)).toEqual([])
      })

      test('batches are bounded, and a larger entry comes alone', async () => {
        const logs = await logsOf(await setUp())
        const { writer, run } = await started(logs[0])
        const following = sizes(logs[1], run.runId)
        const large = JSON.stringify('x'.repeat(MAX_BATCH_BYTES))
        const line = JSON.stringify('漢'.repeat(100))
        for (let n = 0; n < 3000; n += 1) writer.append(n === 1000 ? large : line)
        await writer.end(COMPLETED)
        for (const batches of [await following, await sizes(logs[1], run.runId)]) {
          expect(batches.reduce((sum, { count }) => sum + count, 0)).toBe(3001)
          for (const { bytes, count } of batches) {
            if (bytes > MAX_BATCH_BYTES) expect(count).toBe(1)
          }
          // Whatever is there is one batch: 902 kB and the large entry do not come in small pieces.
          expect(batches.length).toBeLessThan(20)
        }
      })

      test('many small writes come back in few batches', async () => {
        const { log } = await setUp()
        const { writer, run } = await started(log)
        for (let n = 0; n < 30; n += 1) {
          writer.append(`${n}`, 'token')
          await writer.flush()
        }
        await writer.end(COMPLETED)
        expect(await sizes(log, run.runId)).toHaveLength(1)
      })

      test('an unknown run is not found', async () => {
        const { log } = await setUp()
        await expect(collect(log, 'nobody')).rejects.toMatchObject({ code: 'not_found' })
        await expect(log.stop('nobody')).rejects.toMatchObject({ code: 'not_found' })
        expect(await log.find({ runId: 'nobody' })).toBeUndefined()
        expect(await log.find({ threadId: 'nowhere' })).toBeUndefined()
      })

      test('however writing and reading interleave, every reader sees the same', async () => {
        const logs = await logsOf(await setUp())
        for (let seed = 1; seed <= 40; seed += 1) {
          const random = randomNumbers(seed)
          const { writer, run } = await started(logs[0])
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
              readers.push({ after, entries: collect(at(logs, step), run.runId, after) })
            }
          }
          await writer.end(COMPLETED)
          expected.push({ seq: expected.length + 1, tokens, end: COMPLETED })
          for (const { after, entries } of readers) expect(await entries).toEqual(expected.slice(after))
          expect(await collect(logs[1], run.runId)).toEqual(expected)
        }
      })
    })

    describe('stopping', () => {
      test('reaches the writer, who closes the answer, and resolves with the end', async () => {
        const logs = await logsOf(await setUp())
        const { writer, run } = await started(logs[0])
        await write(writer, 3)
        const stopped = logs[1].stop(run.runId)
        await aborted(writer.signal)
        expect(writer.signal.reason).toBe('stopped')
        expect(await logs[1].find({ runId: run.runId })).toMatchObject({ stopping: true })
        writer.append('"closing"', 'ours')
        await writer.end({ outcome: 'stopped' })
        expect(await stopped).toEqual({ outcome: 'stopped' })
        const entries = await collect(logs[1], run.runId, 3)
        expect(entries).toEqual([
          { seq: 4, tokens: 3, data: '"closing"', ours: true },
          { seq: 5, tokens: 3, end: { outcome: 'stopped' } },
        ])
        expect(await logs[1].find({ runId: run.runId })).not.toHaveProperty('stopping')
      })

      test('an ended run answers with its end and changes nothing', async () => {
        const logs = await logsOf(await setUp())
        const { writer, run } = await started(logs[0])
        await writer.end(FAILED)
        expect(await logs[1].stop(run.runId)).toEqual(FAILED)
        expect(await logs[1].find({ runId: run.runId })).not.toHaveProperty('stopping')
        expect(await collect(logs[0], run.runId)).toHaveLength(1)
      })

      test('a stop that meets the end gives that end', async () => {
        const logs = await logsOf(await setUp())
        for (let round = 0; round < 50; round += 1) {
          const { writer, run } = await started(logs[0])
          writer.append('"x"', 'token')
          if (round % 3 === 0) await writer.flush()
          const ending = round % 2 === 0 ? writer.end(COMPLETED) : undefined
          const stopped = at(logs, round).stop(run.runId)
          await (ending ?? writer.end(COMPLETED))
          expect(await stopped).toEqual(COMPLETED)
          expect(await collect(logs[0], run.runId)).toHaveLength(2)
        }
      })
    })

    describe('keeping', () => {
      test('the entries of an ended run can be read for so long, and no longer', async () => {
        const fixture = await setUp()
        const { log } = fixture
        const { writer, run } = await started(log, { threadId: 't', messageId: 'm', owner: 'ann' })
        await write(writer, 5)
        await writer.end(COMPLETED)
        await fixture.advance(RETENTION_MS - 1000)
        expect(await collect(log, run.runId)).toHaveLength(6)
        await fixture.advance(2000)
        await expect(collect(log, run.runId)).rejects.toMatchObject({ code: 'expired' })
        expect(await log.find({ runId: run.runId })).toBe('expired')
        expect(await log.find({ threadId: 't' })).toBe('expired')
        expect(await log.find({ messageId: 'm', owner: 'ann' })).toBe('expired')
        expect(await log.stop(run.runId)).toEqual(COMPLETED)
      })

      test('a late repeat of a message id runs nothing, for a day', async () => {
        const fixture = await setUp()
        const { log } = fixture
        const { writer } = await started(log, { messageId: 'm' })
        await writer.end(COMPLETED)
        await fixture.advance(RETENTION_MS + DAY_MS - 60_000)
        await expect(log.open(request({ messageId: 'm' }))).rejects.toMatchObject({ code: 'expired' })
        await fixture.advance(120_000)
        // Forgetting is housekeeping, which may come a little later.
        await expect.poll(() => log.open(request({ messageId: 'm' })).catch(() => {})).toHaveProperty('writer')
      })

      test('a running answer does not expire', async () => {
        const fixture = await setUp()
        const { writer, run } = await started(fixture.log)
        await write(writer, 2)
        await fixture.advance(RETENTION_MS * 2)
        await writer.end(COMPLETED)
        expect(await collect(fixture.log, run.runId)).toHaveLength(3)
      })

      test('a deleted thread takes its runs along', async () => {
        const logs = await logsOf(await setUp())
        const old = await started(logs[0], { threadId: 't' })
        await old.writer.end(COMPLETED)
        const running = await started(logs[0], { threadId: 't', messageId: 'm' })
        await write(running.writer, 2)
        const other = await started(logs[0], { threadId: 'other' })
        const reading = collect(logs[0], running.run.runId)
        await logs[1].forget('t')
        expect(await reading).toHaveLength(2)
        await aborted(running.writer.signal)
        expect(running.writer.signal.reason).toBe('lost')
        for (const { run } of [old, running]) {
          expect(await logs[1].find({ runId: run.runId })).toBeUndefined()
          await expect(collect(logs[1], run.runId)).rejects.toMatchObject({ code: 'not_found' })
        }
        expect(await logs[1].find({ threadId: 't' })).toBeUndefined()
        expect(await logs[1].open(request({ threadId: 't', messageId: 'm' }))).toHaveProperty('writer')
        await other.writer.end(COMPLETED)
        expect(await collect(logs[1], other.run.runId)).toHaveLength(1)
      })

      test('says that it is well, and not when it is closed', async () => {
        const { log } = await setUp()
        await log.check()
        const { writer, run } = await started(log)
        const reading = collect(log, run.runId)
        reading.catch(() => {})
        await log.close()
        await expect(log.check()).rejects.toMatchObject({ code: 'unavailable' })
        await expect(reading).rejects.toMatchObject({ code: 'unavailable' })
        expect(writer.signal.aborted).toBe(true)
        await expect(writer.end(COMPLETED)).rejects.toMatchObject({ code: 'unavailable' })
        await expect(log.open(request())).rejects.toMatchObject({ code: 'unavailable' })
      })
    })

    if (outlives) orphans(setUp)
  })
}

/** What becomes of runs whose writer died or froze. */
function orphans(setUp: () => Promise<RunLogFixture>): void {
  describe('orphans', () => {
    async function frozen() {
      const fixture = await setUp()
      return { log: fixture.log, takeOver: () => fixture.successor?.() ?? Promise.reject(new Error('no successor')) }
    }

    test('are adopted with all they had said, and go on where they were', async () => {
      const { log, takeOver } = await frozen()
      const { writer, run } = await started(log, { threadId: 't', messageId: 'm', owner: 'ann' })
      await write(writer, 3)
      writer.append('"event"')
      writer.append('"hers"', 'ours')
      await writer.flush()
      const next = await takeOver()
      const [orphan, ...others] = await next.adopt()
      expect(others).toEqual([])
      expect(orphan?.run).toMatchObject({ runId: run.runId, owner: 'ann', lastSeq: 5, tokens: 3, messageId: 'm' })
      const following = collect(next, run.runId)
      orphan?.writer.append('"closing"', 'token')
      await orphan?.writer.end({ outcome: 'interrupted' })
      const entries = await following
      expect(entries.slice(3)).toEqual([
        { seq: 4, tokens: 3, data: '"event"' },
        { seq: 5, tokens: 3, data: '"hers"', ours: true },
        { seq: 6, tokens: 4, data: '"closing"' },
        { seq: 7, tokens: 4, end: { outcome: 'interrupted' } },
      ])
      expect(await collect(next, run.runId)).toEqual(entries)
    })

    test('are handed to exactly one caller each', async () => {
      const { log, takeOver } = await frozen()
      for (let n = 0; n < 5; n += 1) await write((await started(log, { threadId: `t${n}` })).writer, 1)
      const next = await takeOver()
      const adopted = (await Promise.all([next.adopt(), next.adopt(), next.adopt()])).flat()
      expect(new Set(adopted.map(({ run }) => run.threadId)).size).toBe(5)
      expect(adopted).toHaveLength(5)
    })

    test('hold their thread until they have ended', async () => {
      const { log, takeOver } = await frozen()
      const { writer, run } = await started(log, { threadId: 't' })
      await write(writer, 1)
      const next = await takeOver()
      const meanwhile = await next.open(request({ threadId: 't' }))
      expect(meanwhile).toMatchObject({ because: 'thread', existing: { runId: run.runId } })
      for (const orphan of await next.adopt()) await orphan.writer.end({ outcome: 'interrupted' })
      expect(await next.open(request({ threadId: 't' }))).toHaveProperty('writer')
    })

    test('end for those who asked to stop them, too', async () => {
      const { log, takeOver } = await frozen()
      const { writer, run } = await started(log)
      await write(writer, 1)
      const next = await takeOver()
      const stopped = next.stop(run.runId)
      for (const orphan of await next.adopt()) await orphan.writer.end({ outcome: 'interrupted' })
      expect(await stopped).toEqual({ outcome: 'interrupted' })
    })

    test('that died before their first entry are gone, and their message id is free', async () => {
      const { log, takeOver } = await frozen()
      const { run } = await started(log, { threadId: 't', messageId: 'm' })
      const next = await takeOver()
      expect(await next.adopt()).toEqual([])
      expect(await next.find({ runId: run.runId })).toBeUndefined()
      expect(await next.open(request({ threadId: 't', messageId: 'm' }))).toHaveProperty('writer')
    })

    test('their old writer, should it come back to life, appends nothing and is told', async () => {
      const { log, takeOver } = await frozen()
      const { writer, run } = await started(log)
      await write(writer, 2)
      const next = await takeOver()
      const [orphan] = await next.adopt()
      writer.append('"late"', 'token')
      await expect(writer.flush()).rejects.toMatchObject({ code: 'unavailable' })
      expect(writer.signal.reason).toBe('lost')
      writer.append('"later"', 'token')
      await expect(writer.end(COMPLETED)).rejects.toMatchObject({ code: 'unavailable' })
      await orphan?.writer.end({ outcome: 'interrupted' })
      writer.append('"behind the end"', 'token')
      await writer.end(COMPLETED).catch(() => {})
      expect((await collect(next, run.runId)).slice(2)).toEqual([{ seq: 3, tokens: 2, end: { outcome: 'interrupted' } }])
    })

    test('ended runs are none, and can still be read', async () => {
      const { log, takeOver } = await frozen()
      const { writer, run } = await started(log, { threadId: 't' })
      await write(writer, 2)
      await writer.end(FAILED)
      const next = await takeOver()
      expect(await next.adopt()).toEqual([])
      expect(await next.find({ threadId: 't' })).toMatchObject({ runId: run.runId, end: FAILED, lastSeq: 3, tokens: 2 })
      expect(await collect(next, run.runId)).toHaveLength(3)
      expect(await next.stop(run.runId)).toEqual(FAILED)
    })
  })
}

let lastId = 0

function request(given: Partial<RunRequest> = {}): RunRequest {
  lastId += 1
  return { runId: `r${lastId}`, threadId: `t_${lastId}`, owner: 'local', fingerprint: 'same', resumes: true, ...given }
}

async function started(log: RunLog, given: Partial<RunRequest> = {}): Promise<Extract<RunOpening, { writer: RunWriter }>> {
  const opening = await log.open(request(given))
  if (!('writer' in opening)) throw new Error(`${opening.because} is taken`)
  return opening
}

/** Appends tokens in batches of differing lengths, and waits until they are durable. */
async function write(writer: RunWriter, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    writer.append(JSON.stringify(`word ${n} `), 'token')
    if (n % 7 === 3) await writer.flush()
  }
  await writer.flush()
}

/** What a reader gets after `after`: to the end, or up to seq `upTo`. */
async function collect(log: RunLog, runId: string, after = 0, upTo = Number.POSITIVE_INFINITY): Promise<RunEntry[]> {
  const entries: RunEntry[] = []
  if (upTo <= after) return entries
  const leave = new AbortController()
  for await (const batch of log.read(runId, after, leave.signal)) {
    expect(batch.length).toBeGreaterThan(0)
    for (const entry of batch) if (entry.seq <= upTo) entries.push(entry)
    if ((entries.at(-1)?.seq ?? 0) >= upTo) break
  }
  leave.abort()
  return entries
}

async function ended(log: RunLog, runId: string): Promise<void> {
  for await (const batch of log.read(runId, 0, new AbortController().signal)) {
    if (batch.some((entry) => 'end' in entry)) return
  }
  throw new Error('the run has no end')
}

async function sizes(log: RunLog, runId: string): Promise<{ count: number; bytes: number }[]> {
  const batches: { count: number; bytes: number }[] = []
  for await (const batch of log.read(runId, 0, new AbortController().signal)) {
    batches.push({ count: batch.length, bytes: bytesOf(batch) })
  }
  return batches
}

function bytesOf(entries: RunEntry[]): number {
  return entries.reduce((sum, entry) => sum + ('data' in entry ? new TextEncoder().encode(entry.data).length : 0), 0)
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

function winnerOf(openings: RunOpening[]): string {
  const winners = openings.flatMap((opening) => ('writer' in opening ? [opening.run.runId] : []))
  expect(winners).toHaveLength(1)
  return winners[0] ?? ''
}

function losersOf(openings: RunOpening[]) {
  return openings.flatMap((opening) => ('existing' in opening ? [opening] : []))
}

function at(logs: [RunLog, RunLog], n: number): RunLog {
  return logs[n % 2 === 0 ? 0 : 1]
}

/** The same whole numbers below a bound for the same seed. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
