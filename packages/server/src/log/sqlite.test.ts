import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kysely } from 'kysely'
import { vi } from 'vitest'
import { migrate, sqliteDialect } from '../store/sqlite.ts'
import { SqliteFile } from '../store/sqlite-file.ts'
import { runLogContract } from '../testing/run-log-contract.ts'
import { SqliteRunLog } from './sqlite.ts'
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
