import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kysely } from 'kysely'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { migrate, sqliteDialect } from '../store/sqlite.ts'
import { SqliteFile } from '../store/sqlite-file.ts'
import { queryPlans } from '../testing/query-plans.ts'
import { runLogContract } from '../testing/run-log-contract.ts'
import type { RunEntry, RunWriter } from './run-log.ts'
import { SqliteRunLog, type SqliteRunLogOptions } from './sqlite.ts'
import { runLogMigrations } from './sqlite-migrations.ts'

runLogContract(
  'sqlite',
  async (options) => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-log-'))
    const path = join(folder, 'log.db')
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    let time = 1_767_268_800_000
    const closing: (() => void)[] = []
    // Without the file's lock, so that a process which froze and came back can be played in one.
    const open = async () => {
      const file = new SqliteFile(path, { isLocked: false })
      await migrate(new Kysely({ dialect: sqliteDialect(file) }), path, runLogMigrations)
      const log = new SqliteRunLog(file, { ...options, now: () => time })
      closing.push(() => file.close())
      closing.push(() => void log.close())
      return log
    }
    return {
      log: await open(),
      successor: open,
      advance: async (ms) => {
        time += ms
        await vi.advanceTimersByTimeAsync(60_000)
      },
      close: async () => {
        for (const close of closing.reverse()) close()
        vi.useRealTimers()
        rmSync(folder, { recursive: true })
      },
    }
  },
  { nodes: 1, outlives: true },
)

describe('sqlite run log', () => {
  let folder = ''
  let file: SqliteFile
  let log: SqliteRunLog

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-log-'))
    file = new SqliteFile(join(folder, 'log.db'))
    await migrate(new Kysely({ dialect: sqliteDialect(file) }), file.path, runLogMigrations)
  })

  afterEach(async () => {
    await log.close()
    file.close()
    vi.useRealTimers()
    rmSync(folder, { recursive: true })
  })

  async function start(options: SqliteRunLogOptions = {}, runs = 1): Promise<[RunWriter, ...RunWriter[]]> {
    log = new SqliteRunLog(file, options)
    const writers: RunWriter[] = []
    for (let n = 0; n < runs; n += 1) {
      const request = { runId: `r${n}`, threadId: `t${n}`, owner: 'ann', fingerprint: 'f', resumes: true }
      const opening = await log.open(request)
      if ('writer' in opening) writers.push(opening.writer)
    }
    const [first, ...others] = writers
    if (!first) throw new Error('no run')
    return [first, ...others]
  }

  async function readAll(runId = 'r0'): Promise<RunEntry[]> {
    const entries: RunEntry[] = []
    for await (const batch of log.read(runId, 0, new AbortController().signal)) entries.push(...batch)
    return entries
  }

  /** The file takes no more pages: what a full disk looks like. */
  function setFull(isFull: boolean): void {
    const { page_count: pages } = file.prepare('PRAGMA page_count').get([]) as { page_count: number }
    file.prepare(`PRAGMA max_page_count = ${isFull ? pages : 1_000_000}`).get([])
  }

  test('nobody sees an entry before it is durable', async () => {
    const [writer] = await start()
    const reader = log.read('r0', 0, new AbortController().signal)[Symbol.asyncIterator]()
    const first = reader.next()
    let seen: unknown
    void first.then((result) => {
      seen = result
    })
    await file.acquire()
    writer.append('"a"', 'token')
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setTimeout(resolve, 1))
    expect(seen).toBeUndefined()
    expect(await log.find({ runId: 'r0' })).toMatchObject({ lastSeq: 0, tokens: 0 })
    file.release()
    await first
    expect(file.prepare('SELECT data FROM run_entries').all([])).toEqual([{ data: '"a"' }])
    await writer.end({ outcome: 'completed' })
  })

  test('all runs are written together, at once after silence and then at most every batchMs', async () => {
    const writers = await start({ batchMs: 20 }, 30)
    const prepare = vi.spyOn(file, 'prepare')
    const began = performance.now()
    for (let turn = 0; turn < 40; turn += 1) {
      for (const writer of writers) writer.append('"x"', 'token')
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    await Promise.all(writers.map((writer) => writer.end({ outcome: 'completed' })))
    const commits = prepare.mock.calls.filter(([sql]) => sql === 'COMMIT').length
    expect(commits).toBeLessThanOrEqual((performance.now() - began) / 20 + 2)
    expect(await readAll('r29')).toHaveLength(41)

    const opening = await log.open({ runId: 'r', threadId: 't', owner: 'ann', fingerprint: 'f', resumes: true })
    if (!('writer' in opening)) throw new Error('taken')
    await new Promise((resolve) => setTimeout(resolve, 30))
    const asked = performance.now()
    opening.writer.append('"x"', 'token')
    await opening.writer.flush()
    expect(performance.now() - asked).toBeLessThan(20)
    await opening.writer.end({ outcome: 'completed' })
  })

  test('a full disk loses nothing: the writer is told, and when there is room again it is all there', async () => {
    const [writer] = await start()
    writer.append('"before"', 'token')
    await writer.flush()
    setFull(true)
    const large = JSON.stringify('x'.repeat(50_000))
    writer.append(large, 'token')
    await expect(writer.flush()).rejects.toMatchObject({ code: 'unavailable' })
    expect(writer.signal.reason).toBe('unavailable')
    await expect(log.check()).rejects.toMatchObject({ code: 'unavailable' })
    writer.append('"closing"', 'ours')
    const reading = readAll()
    reading.catch(() => {})
    const end = { outcome: 'failed' as const }
    await expect(writer.end(end)).rejects.toMatchObject({ code: 'unavailable' })
    // The end can't be shown before it is durable, so nobody waits for it.
    await expect(reading).rejects.toMatchObject({ code: 'unavailable' })
    await expect(log.stop('r0')).rejects.toMatchObject({ code: 'unavailable' })
    const next = await log.open({ runId: 'r', threadId: 't0', owner: 'ann', fingerprint: 'f', resumes: true })
    expect(next).toHaveProperty('writer')

    setFull(false)
    await expect.poll(() => log.find({ runId: 'r0' })).toMatchObject({ end, lastSeq: 4, tokens: 2 })
    await log.check()
    expect(await readAll()).toEqual([
      { seq: 1, tokens: 1, data: '"before"' },
      { seq: 2, tokens: 2, data: large },
      { seq: 3, tokens: 2, data: '"closing"', ours: true },
      { seq: 4, tokens: 2, end },
    ])
    if ('writer' in next) {
      next.writer.append('"x"')
      await next.writer.end({ outcome: 'completed' })
    }
    expect(await readAll('r')).toHaveLength(2)
  })

  test('the entries of expired runs leave the file', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    let time = 1_767_268_800_000
    const writers = await start({ retentionMs: 1000, now: () => time }, 5)
    for (const writer of writers.slice(1)) {
      writer.append('"x"')
      await writer.end({ outcome: 'completed' })
    }
    writers[0].append('"running"')
    await writers[0].flush()
    time += 2000
    await vi.advanceTimersByTimeAsync(2000)
    await expect.poll(() => file.prepare('SELECT data FROM run_entries').all([])).toEqual([{ data: '"running"' }])
    expect(await log.find({ runId: 'r1' })).toBe('expired')
    await writers[0].end({ outcome: 'completed' })
  })

  test('every query goes by an index, and none sorts', async () => {
    const prepare = vi.spyOn(file, 'prepare')
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const [writer] = await start()
    writer.append('"x"')
    await writer.flush()
    writer.append('"x"', 'token')
    await writer.end({ outcome: 'completed' })
    await readAll()
    await log.find({ runId: 'r0' })
    await log.find({ threadId: 't0' })
    await log.find({ messageId: 'r0', owner: 'ann' })
    await vi.advanceTimersByTimeAsync(60_000)
    await log.forget('t0')
    const plans = queryPlans(
      file,
      prepare.mock.calls.map(([sql]) => sql),
    )
    expect(plans.length).toBeGreaterThan(12)
    for (const { sql, steps } of plans) {
      // `run_log` has one row, the index of unfinished runs only those that are asked for, a chain what was found by id.
      const fine = /^SCAN (run_log|chain|runs USING INDEX runs_unfinished)/
      for (const step of steps.filter((step) => !fine.test(step))) {
        expect(`${step} in ${sql}`).not.toMatch(/^SCAN|TEMP B-TREE/)
      }
    }
  })
})
