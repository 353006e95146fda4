import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'libsql'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RunEntry, RunLog } from './log/run-log.ts'
import { openSqlite } from './sqlite.ts'

let folder = ''
let path = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-sqlite-'))
  path = join(folder, 'chat.db')
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const ANN = { userId: 'ann' }
const REQUEST = { runId: 'r', threadId: 't', owner: 'ann', fingerprint: 'f', resumes: true }

function thread(title: string) {
  return { id: 't', created_at: '2026-01-01T12:00:00.000Z', status: { type: 'active' as const }, metadata: {}, title }
}

async function readAll(log: RunLog): Promise<RunEntry[]> {
  const entries: RunEntry[] = []
  for await (const batch of log.read('r', 0, new AbortController().signal)) entries.push(...batch)
  return entries
}

describe('openSqlite', () => {
  test('threads and answers are there after a restart', async () => {
    const first = await openSqlite(path)
    await first.store.saveThread(thread('kept'), undefined, ANN)
    const opening = await first.log.open(REQUEST)
    if (!('writer' in opening)) throw new Error('taken')
    opening.writer.append('"hello"', 'token')
    await opening.writer.end({ outcome: 'completed' })
    await first.close()

    const second = await openSqlite(path)
    expect((await second.store.loadThread('t', ANN)).title).toBe('kept')
    expect(await readAll(second.log)).toEqual([
      { seq: 1, tokens: 1, data: '"hello"' },
      { seq: 2, tokens: 1, end: { outcome: 'completed' } },
    ])
    await second.close()
  })

  test('what waits is written when it is closed, and the next start adopts it', async () => {
    const first = await openSqlite(path)
    const opening = await first.log.open(REQUEST)
    if (!('writer' in opening)) throw new Error('taken')
    opening.writer.append('"half an ans"', 'token')
    await first.close()

    const second = await openSqlite(path)
    const [orphan] = await second.log.adopt()
    expect(orphan?.run).toMatchObject({ runId: 'r', lastSeq: 1, tokens: 1 })
    await orphan?.writer.end({ outcome: 'interrupted' })
    expect(await readAll(second.log)).toHaveLength(2)
    await second.close()
  })

  test('a second opening is refused while the first lives', async () => {
    const first = await openSqlite(path)
    await expect(openSqlite(path)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('in use by another Millrace process'),
    })
    await first.close()
    await (await openSqlite(path)).close()
  })

  test('a file of a later version is refused', async () => {
    await (await openSqlite(path)).close()
    const database = new Database(path)
    database.exec(`INSERT INTO kysely_migration (name, timestamp) VALUES ('2999-12-31-future', '')`)
    database.close()
    await expect(openSqlite(path)).rejects.toThrow(/made by a later version of Millrace/)
  })

  test('the store’s transactions and the log’s do not mix', async () => {
    const { store, log, close } = await openSqlite(path)
    const opening = await log.open(REQUEST)
    if (!('writer' in opening)) throw new Error('taken')
    const { writer } = opening
    for (let n = 0; n < 50; n += 1) {
      writer.append(`${n}`, 'token')
      const failing = store.commit(
        [
          { op: 'saveThread', thread: thread(`title ${n}`) },
          {
            op: 'saveAttachment',
            attachment: { type: 'file', id: 'a', name: 'a', mime_type: 'a/b', thread_id: 'none' },
          },
        ],
        ANN,
      )
      const written = writer.flush()
      const asked = log.check()
      await expect(failing).rejects.toMatchObject({ code: 'not_found' })
      await Promise.all([written, asked])
    }
    await writer.end({ outcome: 'completed' })
    await expect(store.loadThread('t', ANN)).rejects.toMatchObject({ code: 'not_found' })
    expect(await readAll(log)).toHaveLength(51)
    await close()
  })

  test('the context says whose rows these are', async () => {
    const owner = ({ account }: { account: string }) => account
    const { store, close } = await openSqlite<{ account: string }>(path, { owner })
    await store.saveThread(thread('hers'), undefined, { account: 'ann' })
    await expect(store.loadThread('t', { account: 'bob' })).rejects.toMatchObject({ code: 'not_found' })
    await close()
  })
})
