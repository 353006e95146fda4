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
        first_entry INTEGER NOT NULL,
        last_entry INTEGER,
        has_entries INTEGER NOT NULL DEFAULT 1
      )`.execute(db)
      await sql`CREATE UNIQUE INDEX runs_message ON runs (owner, message_id)`.execute(db)
      await sql`CREATE INDEX runs_thread ON runs (thread_id, number)`.execute(db)
      await sql`CREATE INDEX runs_ended ON runs (has_entries, ended_at, first_entry, last_entry)`.execute(db)
      await sql`CREATE INDEX runs_unfinished ON runs (number) WHERE ended_at IS NULL`.execute(db)
      // Rows come in the order of their ids, so that all go to the last page; `prev` is the id of the run's row before.
      await sql`CREATE TABLE run_entries (
        id INTEGER PRIMARY KEY,
        run INTEGER NOT NULL,
        prev INTEGER,
        last_seq INTEGER NOT NULL,
        tokens INTEGER NOT NULL,
        kinds TEXT,
        data TEXT NOT NULL
      )`.execute(db)
      // The last row of each block of a run but the one in hand.
      await sql`CREATE TABLE run_marks (
        run INTEGER NOT NULL,
        last_seq INTEGER NOT NULL,
        id INTEGER NOT NULL,
        PRIMARY KEY (run, last_seq)
      ) WITHOUT ROWID`.execute(db)
    },
  },
}
