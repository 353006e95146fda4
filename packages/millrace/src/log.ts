/** The log on stderr: JSON lines for machines, short lines for a terminal. It holds no message texts and no secrets. */
import { type DestinationStream, type Logger, pino } from 'pino'

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>

/** Where lines go; a terminal gets the short form. */
export interface LogOutput {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** Makes a log that writes lines from `level` up. */
export function createLog(level: string, output: LogOutput = process.stderr): Log {
  const destination: DestinationStream = output.isTTY ? { write: (line) => output.write(shortLine(line)) } : output
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError },
    },
    destination,
  )
}

/**
 * What a log line says of an error. Only these fields: what else hangs on one (a request, its headers, its body) may hold
 * keys and message texts.
 */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) }
  const { name, message, stack, cause } = error
  const code = 'code' in error ? error.code : undefined
  const status = 'status' in error ? error.status : undefined
  return { type: name, message, code, status, stack, ...(cause === undefined ? {} : { cause: describeError(cause) }) }
}

const COLOURS: Record<string, number> = { debug: 90, trace: 90, info: 32, warn: 33, error: 31, fatal: 31 }

/** `12:03:44 info  run ended  outcome=completed tokens=412`, with an error's stack below it. */
function shortLine(json: string): string {
  const { time, level, msg, err, ...fields } = JSON.parse(json)
  const label = `\x1b[${COLOURS[level] ?? 0}m${String(level).padEnd(5)}\x1b[0m`
  const figures = Object.entries(fields).map(([name, value]) => ` ${name}=${shown(value)}`)
  const clock = new Date(time).toTimeString().slice(0, 8)
  return `\x1b[90m${clock}\x1b[0m ${label} ${msg}\x1b[90m${figures.join('')}\x1b[0m\n${err ? `${indented(err)}\n` : ''}`
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function indented(error: { message: string; stack?: string; cause?: { message: string } }): string {
  const text = error.stack ?? error.message
  return `${text}${error.cause ? `\ncaused by: ${error.cause.message}` : ''}`.replace(/^/gm, '  ')
}
