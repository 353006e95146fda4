/** What is wrong with a PostgreSQL, in words for whoever runs this server. No password and no row is ever part of it. */
import { DatabaseError } from 'pg'

export interface PostgresAddress {
  host: string
  port: number
  user: string
  database: string
}

/** Errors of the whole server or database, and not of one statement, by SQLSTATE. */
const SERVER_STATES: Record<string, (address: PostgresAddress) => string> = {
  '28P01': ({ user }) => `refuses the user ${quoted(user)}: wrong password. Correct DATABASE_URL`,
  '28000': ({ user }) => `refuses the user ${quoted(user)}. Correct DATABASE_URL, or allow this machine in pg_hba.conf`,
  '3D000': ({ database }) =>
    `has no database ${quoted(database)}. Create it (createdb ${database}) or correct DATABASE_URL`,
  '42501': ({ user, database }) =>
    `does not let the user ${quoted(user)} do this. Make it the owner: ALTER DATABASE ${database} OWNER TO ${user}`,
  '42P07': ({ database }) =>
    `has tables in the database ${quoted(database)} that another program made. Set DATABASE_URL to a database of Millrace's own`,
  '42P01': ({ database }) =>
    `has lost the tables in the database ${quoted(database)}. Restore them from a backup, or start again`,
  '25006': () => 'is read-only, as a standby is. Set DATABASE_URL to the primary',
  '53100': () => "can't write: its disk is full",
  '53200': () => 'is out of memory',
  '53300': () => 'takes no more connections. Raise its max_connections, or open fewer',
  '57P01': () => 'is going down',
  '57P02': () => 'crashed, or was stopped at once',
  '57P03': () => 'is starting or going down',
}

/** Whether this says something of the server, and not of one statement or of what it met. */
export function isServerTrouble(error: unknown): boolean {
  return !(error instanceof DatabaseError) || (error.code ?? '') in SERVER_STATES
}

/** One sentence or two, without what happens next. */
export function describeTrouble(error: unknown, address: PostgresAddress): string {
  const where = `PostgreSQL at ${address.host}:${address.port}`
  if (error instanceof DatabaseError) {
    const reason = SERVER_STATES[error.code ?? '']?.(address)
    return reason ? `${where} ${reason}.` : `${where} reports an error (SQLSTATE ${error.code}).`
  }
  const { code, message } = nodeError(error)
  if (message.startsWith('SASL')) {
    return `${where} asks for a password. Put it into DATABASE_URL: postgres://${address.user}:<password>@…`
  }
  if (/SSL|TLS|CERT|SELF_SIGNED/.test(code) || /\bSSL\b/.test(message)) {
    return `${where} and this server can't agree on TLS${code && ` (${code})`}. Check sslmode in DATABASE_URL.`
  }
  if (code) return `${where} can't be reached (${code}).`
  return `${where} does not answer.`
}

function nodeError(error: unknown): { code: string; message: string } {
  if (!(error instanceof Error)) return { code: '', message: '' }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return { code, message: error.message }
}

function quoted(name: string): string {
  return JSON.stringify(name)
}
