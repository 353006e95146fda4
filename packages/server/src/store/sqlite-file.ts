/**
 * The one connection to a SQLite file, shared by the store and the run log. A file belongs to one process: a lock that
 * dies with the process, also by `kill -9`, is held beside it, so whoever opens the file knows that nobody else writes.
 */
import { accessSync, constants, existsSync, mkdirSync, realpathSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { ChatKitError } from '@millrace/protocol'
import Database from 'libsql'

/** A prepared statement, as libsql and better-sqlite3 have it. */
export interface SqliteStatement {
  readonly reader: boolean
  all(parameters: readonly unknown[]): unknown[]
  get(parameters: readonly unknown[]): unknown
  run(parameters: readonly unknown[]): { changes: number; lastInsertRowid: number | bigint }
}

/** Statements kept prepared. The store and the log use about forty; a bound, because types in a query vary. */
const MAX_STATEMENTS = 200

/** How long a write waits for a foreign program that holds the file. It blocks the event loop, so not long. */
const BUSY_TIMEOUT_MS = 1000

export class SqliteFile {
  readonly path: string
  readonly #database: Database.Database
  readonly #lock: Database.Database | undefined
  readonly #statements = new Map<string, SqliteStatement>()
  /** Whether a transaction that spans promises is open. */
  #isHeld = false
  readonly #waiting: (() => void)[] = []
  #isOpen = true

  /**
   * Opens the file, which is made where it is missing, with its folder. `:memory:` is a database of this connection alone.
   * `isLocked: false` leaves the lock out: for looking at a file that another process has.
   * @throws ChatKitError `unavailable` with what to do, when the file can't be used.
   */
  constructor(path: string, { isLocked = true }: { isLocked?: boolean } = {}) {
    this.path = path === ':memory:' ? path : prepared(path)
    this.#lock = isLocked && path !== ':memory:' ? locked(this.path) : undefined
    try {
      this.#database = new Database(this.path, { timeout: BUSY_TIMEOUT_MS })
      this.#database.pragma('journal_mode = WAL')
      this.#database.pragma('synchronous = NORMAL')
      this.#database.pragma('foreign_keys = ON')
      // A write that changes nothing shows what a read can't: a read-only file or a full disk.
      const version = this.#database.pragma('user_version', { simple: true })
      this.#database.exec(`BEGIN IMMEDIATE; PRAGMA user_version = ${Number(version)}; COMMIT`)
    } catch (error) {
      this.#lock?.close()
      throw unusable(this.path, error)
    }
  }

  /** The statement of that text, prepared once. */
  prepare(sql: string): SqliteStatement {
    let statement = this.#statements.get(sql)
    if (!statement) {
      statement = this.#database.prepare(sql) as SqliteStatement
      if (this.#statements.size >= MAX_STATEMENTS) {
        for (const oldest of this.#statements.keys()) {
          this.#statements.delete(oldest)
          break
        }
      }
      this.#statements.set(sql, statement)
    }
    return statement
  }

  /** Waits for the connection and holds it until {@link release}: for a transaction that spans promises. */
  acquire(): Promise<void> {
    if (!this.#isHeld) {
      this.#isHeld = true
      return Promise.resolve()
    }
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  release(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#isHeld = false
  }

  /** Runs `job` now, or as soon as no other transaction is open. */
  whenFree(job: () => void): void {
    if (!this.#isHeld) {
      job()
      return
    }
    this.#waiting.push(() => {
      try {
        job()
      } finally {
        this.release()
      }
    })
  }

  /** All of `job`'s writes or none. Only inside {@link whenFree}, and `job` must not wait for anything. */
  transaction<T>(job: () => T): T {
    this.prepare('BEGIN IMMEDIATE').run([])
    try {
      const result = job()
      this.prepare('COMMIT').run([])
      return result
    } catch (error) {
      // A full disk rolls back by itself, and then there is nothing left to roll back.
      if (this.#database.inTransaction) this.prepare('ROLLBACK').run([])
      throw error
    }
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#statements.clear()
    this.#database.close()
    this.#lock?.close()
  }
}

/** The absolute path, through links, of a file whose folder exists and which can be written if it is there. */
function prepared(path: string): string {
  const wanted = resolve(path)
  try {
    makeFolder(dirname(wanted))
    if (existsSync(wanted)) {
      if (statSync(wanted).isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' })
      accessSync(wanted, constants.R_OK | constants.W_OK)
      return realpathSync(wanted)
    }
    const folder = realpathSync(dirname(wanted))
    accessSync(folder, constants.W_OK)
    return wanted
  } catch (error) {
    throw unusable(wanted, error)
  }
}

/**
 * Step by step and not by `recursive`, with which Node tries for ever where a file system says of a folder in an existing
 * one that it does not exist, as /proc does.
 */
function makeFolder(folder: string): void {
  const existing = statSync(folder, { throwIfNoEntry: false })
  if (existing?.isDirectory()) return
  if (existing) throw Object.assign(new Error('a file'), { code: 'EEXIST' })
  makeFolder(dirname(folder))
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
}

/**
 * An exclusive transaction on an empty database beside the file. It needs no process id that might be stale: the
 * operating system drops the lock when the process ends, however it ends.
 */
function locked(path: string): Database.Database {
  let lock: Database.Database | undefined
  try {
    lock = new Database(`${path}.lock`, { timeout: 0 })
    lock.exec('BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock?.close()
    throw codeOf(error) === 'SQLITE_BUSY'
      ? new ChatKitError(
          'unavailable',
          `${path} is in use by another Millrace process. Stop that process, or set DATABASE_URL to another file.`,
          { cause: error },
        )
      : unusable(path, error)
  }
}

const REASONS: Record<string, string> = {
  SQLITE_NOTADB: 'is not a SQLite database. Move it away, or set DATABASE_URL to another file',
  SQLITE_CORRUPT: 'is damaged. Restore it from a backup, or set DATABASE_URL to another file',
  SQLITE_FULL: "can't grow: the disk is full. Free some space, or set DATABASE_URL to a file on another disk",
  SQLITE_BUSY: 'is locked by another program. Close that program, or set DATABASE_URL to another file',
  SQLITE_READONLY: "can't be written. Make it and its folder writable, or set DATABASE_URL to another file",
  EISDIR: 'is a folder. Set DATABASE_URL to a file',
  EEXIST: 'has a file where its folder should be. Move that file away, or set DATABASE_URL to another file',
  ENOTDIR: 'has a file where its folder should be. Move that file away, or set DATABASE_URL to another file',
}

function unusable(path: string, error: unknown): ChatKitError {
  const reason = REASONS[codeOf(error)] ?? REASONS.SQLITE_READONLY
  return new ChatKitError('unavailable', `The database file ${path} ${reason}.`, { cause: error })
}

/** SQLite's primary code, or the system's, of an error. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
  return /^SQLITE_[A-Z]+/.exec(code)?.[0] ?? code
}
