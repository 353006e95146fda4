/** The tables of the SQLite run log, beside the store's in the same file. */
import { type Migration, sql } from 'kysely'

export const runLogMigrations: Record<string, Migration> = {
  '2026-01-01-run-log': {
    async up(db) {
      // One row: which process is the writer.
      await sql`CREATE TABLE run_log (id INTEGER PRIMARY KEY CHECK (id = 1), epoch INTEGER NOT NULL)`.execute(db)
      await sql`INSERT INTO run_log (id, epoch) VALUES (1, 0)`.execute(db)
      await sql`CREATE TABLE runs (
        number INTEGER PRIMARY KEY,
        run_id TEXT NOT NULL UNIQUE,
        thread_id TEXT NOT NULL,
        owner TEXT NOT NULL,
        message_id TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        resumes INTEGER NOT NULL,
        started_at INTEGER NOT NULL,
        first_token_at INTEGER,
        last_seq INTEGER NOT NULL DEFAULT 0,
        tokens INTEGER NOT NULL DEFAULT 0,
        ended_at INTEGER,
        "end" TEXT,
        has_entries INTEGER NOT NULL DEFAULT 1
      )`.execute(db)
      await sql`CREATE UNIQUE INDEX runs_message ON runs (owner, message_id)`.execute(db)
      await sql`CREATE INDEX runs_thread ON runs (thread_id, number)`.execute(db)
      await sql`CREATE INDEX runs_ended ON runs (has_entries, ended_at)`.execute(db)
      await sql`CREATE INDEX runs_unfinished ON runs (number) WHERE ended_at IS NULL`.execute(db)
      // A rowid table with an index: batches are written at its end, at half the cost of a table ordered by its key.
      await sql`CREATE TABLE run_entries (
        run INTEGER NOT NULL,
        last_seq INTEGER NOT NULL,
        first_seq INTEGER NOT NULL,
        tokens INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        kinds TEXT,
        data TEXT NOT NULL,
        PRIMARY KEY (run, last_seq)
      )`.execute(db)
    },
  },
}
