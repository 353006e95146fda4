/** Part of the run log's contract: retention, and what a dead process leaves. */
import { describe, expect, test } from 'vitest'
import {
  aborted,
  COMPLETED,
  collect,
  FAILED,
  RETENTION_MS,
  type RunLogSetUp,
  request,
  started,
  write,
} from './run-log-steps.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** How long what was written is there. */
export function keeping({ fixture, logs }: RunLogSetUp): void {
  describe('keeping', () => {
    test('the entries of an ended run can be read for so long, and no longer', async () => {
      const world = await fixture()
      const { log } = world
      const { writer, run } = await started(log, { threadId: 't', messageId: 'm', owner: 'ann' })
      await write(writer, 5)
      await writer.end(COMPLETED)
      await world.advance(RETENTION_MS - 1000)
      expect(await collect(log, run.runId)).toHaveLength(6)
      await world.advance(2000)
      await expect(collect(log, run.runId)).rejects.toMatchObject({ code: 'expired' })
      expect(await log.find({ runId: run.runId })).toBe('expired')
      expect(await log.find({ threadId: 't' })).toBe('expired')
      expect(await log.find({ messageId: 'm', owner: 'ann' })).toBe('expired')
      expect(await log.stop(run.runId)).toEqual(COMPLETED)
    })

    test('a late repeat of a message id runs nothing, for a day', async () => {
      const world = await fixture()
      const { log } = world
      const { writer } = await started(log, { messageId: 'm' })
      await writer.end(COMPLETED)
      await world.advance(RETENTION_MS + DAY_MS - 60_000)
      await expect(log.open(request({ messageId: 'm' }))).rejects.toMatchObject({ code: 'expired' })
      await world.advance(120_000)
      // Forgetting is housekeeping, which may come a little later.
      await expect.poll(() => log.open(request({ messageId: 'm' })).catch(() => {})).toHaveProperty('writer')
    })

    test('a running answer does not expire', async () => {
      const world = await fixture()
      const { writer, run } = await started(world.log)
      await write(writer, 2)
      await world.advance(RETENTION_MS * 2)
      await writer.end(COMPLETED)
      expect(await collect(world.log, run.runId)).toHaveLength(3)
    })

    test('a deleted thread takes its runs along', async () => {
      const nodes = await logs()
      const old = await started(nodes[0], { threadId: 't' })
      await old.writer.end(COMPLETED)
      const running = await started(nodes[0], { threadId: 't', messageId: 'm' })
      await write(running.writer, 2)
      const other = await started(nodes[0], { threadId: 'other' })
      const reading = collect(nodes[0], running.run.runId)
      await nodes[1].forget('t')
      expect(await reading).toHaveLength(2)
      await aborted(running.writer.signal)
      expect(running.writer.signal.reason).toBe('lost')
      await expect(running.writer.hold()).rejects.toMatchObject({ code: 'unavailable' })
      for (const { run } of [old, running]) {
        expect(await nodes[1].find({ runId: run.runId })).toBeUndefined()
        await expect(collect(nodes[1], run.runId)).rejects.toMatchObject({ code: 'not_found' })
      }
      expect(await nodes[1].find({ threadId: 't' })).toBeUndefined()
      expect(await nodes[1].open(request({ threadId: 't', messageId: 'm' }))).toHaveProperty('writer')
      await other.writer.end(COMPLETED)
      expect(await collect(nodes[1], other.run.runId)).toHaveLength(1)
    })

    test('says that it is well, and not when it is closed', async () => {
      const { log } = await fixture()
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
}

/** What becomes of runs whose writer died or froze. */
export function orphans({ fixture }: RunLogSetUp): void {
  describe('orphans', () => {
    async function frozen() {
      const world = await fixture()
      return { log: world.log, takeOver: () => world.successor?.() ?? Promise.reject(new Error('no successor')) }
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
      await expect(writer.hold()).rejects.toMatchObject({ code: 'unavailable' })
      await orphan?.writer.hold()
      writer.append('"later"', 'token')
      await expect(writer.end(COMPLETED)).rejects.toMatchObject({ code: 'unavailable' })
      await orphan?.writer.end({ outcome: 'interrupted' })
      writer.append('"behind the end"', 'token')
      await writer.end(COMPLETED).catch(() => {})
      expect((await collect(next, run.runId)).slice(2)).toEqual([
        { seq: 3, tokens: 2, end: { outcome: 'interrupted' } },
      ])
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
