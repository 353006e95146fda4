/** What the route handlers need to know, named as in Millrace's own command. */
import { type Environment, SettingError, wholeNumber } from '../settings/setting-error.ts'

export interface ServerSettings {
  /** Path of the SQLite file with the threads and the runs. */
  databasePath: string
  /** Milliseconds that one answer may take. */
  streamTimeoutMs: number
  /** Milliseconds that running answers have when the process is to end. */
  drainTimeoutMs: number
  /** Answers that one user may start in a minute; 0 is no limit. */
  rateLimit: number
}

/** @throws SettingError for a value that can't work */
export function serverSettings(environment: Environment): ServerSettings {
  const seconds = { min: 1, max: 3600, unit: 'seconds' }
  return {
    databasePath: databasePath(environment),
    streamTimeoutMs: wholeNumber(environment, 'STREAM_TIMEOUT', { ...seconds, fallback: 120 }) * 1000,
    drainTimeoutMs: wholeNumber(environment, 'DRAIN_TIMEOUT', { ...seconds, fallback: 30 }) * 1000,
    rateLimit: wholeNumber(environment, 'RATE_LIMIT', {
      min: 0,
      max: 100_000,
      fallback: 120,
      unit: 'answers a minute',
    }),
  }
}

const DEFAULT_DATABASE = 'sqlite:.millrace/millrace.db'

function databasePath(environment: Environment): string {
  const text = environment.DATABASE_URL?.trim() || DEFAULT_DATABASE
  const path = text.match(/^sqlite:(.+)$/)?.[1]
  if (!path) throw new SettingError('DATABASE_URL', text, 'the path of a SQLite file after `sqlite:`', DEFAULT_DATABASE)
  return path
}
