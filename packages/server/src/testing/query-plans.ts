/** How SQLite would run a statement. */
import type { SqliteFile } from '../store/sqlite-file.ts'

/** The plans of those of the statements that read or change rows, each once. */
export function queryPlans(file: SqliteFile, statements: readonly string[]): { sql: string; steps: string[] }[] {
  return [...new Set(statements)]
    .filter((sql) => /^\s*(select|insert|update|delete)/i.test(sql))
    .map((sql) => {
      const rows = file.prepare(`EXPLAIN QUERY PLAN ${sql}`).all([]) as { detail: string }[]
      return { sql, steps: rows.map(({ detail }) => detail) }
    })
}
