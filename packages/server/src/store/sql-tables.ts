/** The tables of the SQL store, and the steps that make them. Attachments and items go when their thread goes. */
import { type Generated, type Migration, sql } from 'kysely'

/** Every id and owner in these tables is the `rowKey` of the real one, which stands in the JSON. */
export interface ThreadTable {
  /** Given at the first insertion: the order in which threads are listed. */
  position: Generated<number>
  id: string
  owner: string
  /** Grows with every change: a partial save that met another one is done again. */
  revision: number
  /** The thread as JSON. */
  data: string
}

export interface ItemTable {
  position: Generated<number>
  thread_id: string
  id: string
  type: string
  data: string
}

export interface AttachmentTable {
  id: string
  owner: string
  thread_id: string | null
  data: string
}

export interface StoreTables {
  threads: ThreadTable
  items: ItemTable
  attachments: AttachmentTable
}

/** SQLite's. */
export const storeMigrations: Record<string, Migration> = {
  '2026-01-01-store': {
    async up(db) {
      await sql`CREATE TABLE threads (
        position INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        owner TEXT NOT NULL,
        revision INTEGER NOT NULL,
        data TEXT NOT NULL
      )`.execute(db)
      await sql`CREATE INDEX threads_owner ON threads (owner, position)`.execute(db)
      await sql`CREATE TABLE items (
        position INTEGER PRIMARY KEY,
        thread_id TEXT NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
        id TEXT NOT NULL,
        type TEXT NOT NULL,
        data TEXT NOT NULL,
        UNIQUE (thread_id, id)
      )`.execute(db)
      await sql`CREATE INDEX items_order ON items (thread_id, position)`.execute(db)
      await sql`CREATE INDEX items_type ON items (thread_id, type, position)`.execute(db)
      await sql`CREATE TABLE attachments (
        id TEXT PRIMARY KEY,
        owner TEXT NOT NULL,
        thread_id TEXT REFERENCES threads (id) ON DELETE CASCADE,
        data TEXT NOT NULL
      )`.execute(db)
      await sql`CREATE INDEX attachments_thread ON attachments (thread_id)`.execute(db)
    },
  },
}

/**
 * PostgreSQL's: the same tables. Ids are compared byte by byte (`"C"`), so no index depends on the locale of the system,
 * whose order changes with its updates.
 */
export const postgresMigrations: Record<string, Migration> = {
  '2026-01-01-store': {
    async up(db) {
      await sql`CREATE TABLE threads (
        position BIGINT GENERATED ALWAYS AS IDENTITY,
        id TEXT COLLATE "C" PRIMARY KEY,
        owner TEXT COLLATE "C" NOT NULL,
        revision BIGINT NOT NULL,
        data TEXT NOT NULL
      )`.execute(db)
      await sql`CREATE INDEX threads_owner ON threads (owner, position)`.execute(db)
      await sql`CREATE TABLE items (
        position BIGINT GENERATED ALWAYS AS IDENTITY,
        thread_id TEXT COLLATE "C" NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
        id TEXT COLLATE "C" NOT NULL,
        type TEXT COLLATE "C" NOT NULL,
        data TEXT NOT NULL,
        PRIMARY KEY (thread_id, id)
      )`.execute(db)
      await sql`CREATE INDEX items_order ON items (thread_id, position)`.execute(db)
      await sql`CREATE INDEX items_type ON items (thread_id, type, position)`.execute(db)
      await sql`CREATE TABLE attachments (
        id TEXT COLLATE "C" PRIMARY KEY,
        owner TEXT COLLATE "C" NOT NULL,
        thread_id TEXT COLLATE "C" REFERENCES threads (id) ON DELETE CASCADE,
        data TEXT NOT NULL
      )`.execute(db)
      await sql`CREATE INDEX attachments_thread ON attachments (thread_id)`.execute(db)
    },
  },
}
