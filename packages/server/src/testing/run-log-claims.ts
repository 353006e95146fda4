/** Part of the run log's contract: claims, writing and stopping. */
import { describe, expect, test } from 'vitest'
import {
  aborted,
  at,
  bytesOf,
  COMPLETED,
  collect,
  ended,
  FAILED,
  losersOf,
  type RunLogSetUp,
  request,
  started,
  winnerOf,
  write,
} from './run-log-steps.ts'

/** Who gets a run, and what its writer may rely on. */
export function claimingAndWriting({ fixture, logs }: RunLogSetUp): void {
  describe('claims', () => {
    test('exactly one of 20 who open the same message id writes; the others are told of its run', async () => {
      const nodes = await logs()
      const openings = await Promise.all(
        Array.from({ length: 20 }, (_, n) => at(nodes, n).open(request({ threadId: `t${n}`, messageId: 'm' }))),
      )
      const winner = winnerOf(openings)
      for (const { existing, because } of losersOf(openings)) {
        expect(because).toBe('message')
        expect(existing.runId).toBe(winner)
      }
      expect(losersOf(openings)).toHaveLength(19)
    })

    test('exactly one of 20 who open a run in the same thread writes; the others are told of its run', async () => {
      const nodes = await logs()
      const openings = await Promise.all(
        Array.from({ length: 20 }, (_, n) => at(nodes, n).open(request({ threadId: 't', messageId: `m${n}` }))),
      )
      const winner = winnerOf(openings)
      for (const { existing, because } of losersOf(openings)) {
        expect(because).toBe('thread')
        expect(existing.runId).toBe(winner)
      }
      expect(losersOf(openings)).toHaveLength(19)
    })

    test('a repeat in a busy thread is a repeat, not a conflict', async () => {
      const { log } = await fixture()
      await started(log, { threadId: 't', messageId: 'm' })
      expect(await log.open(request({ threadId: 't', messageId: 'm' }))).toMatchObject({ because: 'message' })
    })

    test('who loses a thread does not keep the message id', async () => {
      const { log } = await fixture()
      const first = await started(log, { threadId: 't' })
      expect(await log.open(request({ threadId: 't', messageId: 'm' }))).toMatchObject({ because: 'thread' })
      await first.writer.end(COMPLETED)
      expect(await log.open(request({ threadId: 't', messageId: 'm' }))).toHaveProperty('writer')
    })

    test('message ids belong to their owners', async () => {
      const { log } = await fixture()
      await started(log, { threadId: 't1', owner: 'ann', messageId: 'm' })
      expect(await log.open(request({ threadId: 't2', owner: 'bob', messageId: 'm' }))).toHaveProperty('writer')
    })

    test('the run id is the message id where none was given', async () => {
      const { log } = await fixture()
      const { run } = await started(log)
      expect(run.messageId).toBe(run.runId)
      const again = await log.open(request({ messageId: run.runId }))
      expect(again).toMatchObject({ because: 'message', existing: { runId: run.runId } })
    })

    test('an ended run keeps its message id and frees its thread', async () => {
      const { log } = await fixture()
      const { writer, run } = await started(log, { threadId: 't', messageId: 'm' })
      await writer.end(COMPLETED)
      const repeat = await log.open(request({ threadId: 't', messageId: 'm' }))
      expect(repeat).toMatchObject({ because: 'message', existing: { runId: run.runId, end: COMPLETED } })
      expect(await log.open(request({ threadId: 't', messageId: 'm2' }))).toHaveProperty('writer')
    })

    test('who has seen the end meets a free thread', async () => {
      const nodes = await logs()
      for (let round = 0; round < 50; round += 1) {
        const { writer, run } = await started(nodes[0], { threadId: 't' })
        const seen = ended(at(nodes, round), run.runId)
        writer.append('"x"')
        void writer.end(COMPLETED)
        await seen
        const next = await at(nodes, round).open(request({ threadId: 't' }))
        expect(next).toHaveProperty('writer')
        if ('writer' in next) await next.writer.end(COMPLETED)
      }
    })

    test('a run that is given back was never there', async () => {
      const { log } = await fixture()
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
      const { log } = await fixture()
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
      const { log } = await fixture()
      const texts = [
        '',
        ' ',
        'a\nb',
        'a\r\n\tb',
        '\u2028\u2029',
        '\u0000',
        'é漢字🙂',
        '\ud83d',
        '\\n "quoted"',
        '<x>'.repeat(9999),
      ]
      const data = ['', ...texts.map((text) => JSON.stringify(text))]
      const { writer, run } = await started(log)
      for (const line of data) writer.append(line, 'token')
      await writer.end(COMPLETED)
      const entries = await collect(log, run.runId)
      expect(entries.flatMap((entry) => ('data' in entry ? [entry.data] : []))).toEqual(data)
    })

    test('what is known of a run follows what readers can see', async () => {
      const { log } = await fixture()
      const { writer, run } = await started(log, { owner: 'ann', threadId: 't', messageId: 'm', fingerprint: 'f' })
      expect(run).toMatchObject({
        owner: 'ann',
        threadId: 't',
        messageId: 'm',
        fingerprint: 'f',
        resumes: true,
        lastSeq: 0,
      })
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
      const { log } = await fixture()
      const first = await started(log, { threadId: 't' })
      await first.writer.end(COMPLETED)
      const second = await started(log, { threadId: 't' })
      expect(await log.find({ threadId: 't' })).toMatchObject({ runId: second.run.runId })
      await second.writer.end(COMPLETED)
      expect(await log.find({ threadId: 't' })).toMatchObject({ runId: second.run.runId })
    })

    test('nothing comes after the end, which there is once', async () => {
      const { log } = await fixture()
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
      const { log } = await fixture()
      const { writer } = await started(log)
      expect(writer.waitingBytes).toBe(0)
      writer.append('"abc"')
      writer.append('"é"', 'token')
      expect(writer.waitingBytes).toBe(9)
      await writer.flush()
      expect(writer.waitingBytes).toBe(0)
      await writer.flush()
    })

    test('the writer holds its run, also after it has ended it', async () => {
      const { log } = await fixture()
      const { writer } = await started(log)
      await writer.hold()
      writer.append('"a"')
      await writer.hold()
      await writer.end(COMPLETED)
      await writer.hold()
      const given = await started(log)
      await given.writer.abandon()
      await expect(given.writer.hold()).rejects.toMatchObject({ code: 'unavailable' })
    })

    test('flushing waits for what was appended before, and not for what comes after', async () => {
      const nodes = await logs()
      const { writer, run } = await started(nodes[0])
      for (let n = 0; n < 30; n += 1) {
        writer.append(`${n}`, 'token')
        const flushed = writer.flush()
        await Promise.resolve()
        writer.append('"more"', 'token')
        await flushed
        const found = await nodes[1].find({ runId: run.runId })
        expect(found).toMatchObject({ lastSeq: expect.any(Number) })
        if (found && found !== 'expired') expect(found.lastSeq).toBeGreaterThanOrEqual(2 * n + 1)
      }
      await writer.end(COMPLETED)
    })

    test('a run that grows too long is told so, and can still be closed', async () => {
      const { log } = await fixture({ maxRunBytes: 10_000 })
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

  describe('stopping', () => {
    test('reaches the writer, who closes the answer, and resolves with the end', async () => {
      const nodes = await logs()
      const { writer, run } = await started(nodes[0])
      await write(writer, 3)
      const stopped = nodes[1].stop(run.runId)
      await aborted(writer.signal)
      expect(writer.signal.reason).toBe('stopped')
      expect(await nodes[1].find({ runId: run.runId })).toMatchObject({ stopping: true })
      writer.append('"closing"', 'ours')
      await writer.end({ outcome: 'stopped' })
      expect(await stopped).toEqual({ outcome: 'stopped' })
      const entries = await collect(nodes[1], run.runId, 3)
      expect(entries).toEqual([
        { seq: 4, tokens: 3, data: '"closing"', ours: true },
        { seq: 5, tokens: 3, end: { outcome: 'stopped' } },
      ])
      expect(await nodes[1].find({ runId: run.runId })).not.toHaveProperty('stopping')
    })

    test('an ended run answers with its end and changes nothing', async () => {
      const nodes = await logs()
      const { writer, run } = await started(nodes[0])
      await writer.end(FAILED)
      expect(await nodes[1].stop(run.runId)).toEqual(FAILED)
      expect(await nodes[1].find({ runId: run.runId })).not.toHaveProperty('stopping')
      expect(await collect(nodes[0], run.runId)).toHaveLength(1)
    })

    test('a stop that meets the end gives that end', async () => {
      const nodes = await logs()
      for (let round = 0; round < 50; round += 1) {
        const { writer, run } = await started(nodes[0])
        writer.append('"x"', 'token')
        if (round % 3 === 0) await writer.flush()
        const ending = round % 2 === 0 ? writer.end(COMPLETED) : undefined
        const stopped = at(nodes, round).stop(run.runId)
        await (ending ?? writer.end(COMPLETED))
        expect(await stopped).toEqual(COMPLETED)
        expect(await collect(nodes[0], run.runId)).toHaveLength(2)
      }
    })
  })
}
