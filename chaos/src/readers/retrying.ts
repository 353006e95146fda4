/** What the readers of the plain views have in common: whatever breaks is tried again where it broke, until the end is seen. */
import { setTimeout as delay } from 'node:timers/promises'
import type { RunOutcome } from '@millrace/server'
import type { Language } from '../script.ts'
import type { JsonAnswer } from './http.ts'
import { RETRY_MS, SILENCE_MS } from './http.ts'
import { Notes, type Reader } from './reading.ts'

export interface PlainReaderOptions {
  name: string
  url: string
  language: Language
  messageId: string
  deadlineMs: number
}

export interface Attempt {
  reading: Notes
  /** Aborted at the deadline, and when nothing has come for too long. */
  signal: AbortSignal
  /** Something came. */
  heard(): void
}

/** Tries again and again; an attempt that throws, or returns before the end, was broken. */
export function retrying(options: PlainReaderOptions, attempt: (attempt: Attempt) => Promise<void>): Reader {
  const reading = new Notes(options.name, options.language)
  const giveUp = AbortSignal.timeout(options.deadlineMs)
  const readAll = async () => {
    while (reading.end === undefined && !giveUp.aborted) {
      const silence = new AbortController()
      const watch = setTimeout(() => silence.abort(), SILENCE_MS)
      const signal = AbortSignal.any([giveUp, silence.signal])
      try {
        await attempt({ reading, signal, heard: () => void watch.refresh() })
      } catch (error) {
        if (error instanceof TypeError || error instanceof SyntaxError) {
          reading.complain(error.message)
        }
        // Anything else is the fault at work.
      } finally {
        clearTimeout(watch)
      }
      if (reading.end === undefined) await delay(RETRY_MS)
    }
  }
  return { reading, over: readAll() }
}

/** An answer that is not what was asked for: a run that is gone ends the reading, a server that is away does not. */
export function refused(reading: Notes, { status, body }: JsonAnswer): void {
  if (status === 404) reading.ended('gone')
  else if (status !== 503 && status !== 429 && status !== 502) {
    reading.complain(`HTTP ${status} ${String(body.code)}: ${String(body.error)}`)
  }
}

/** How a plain view says that it is over. */
export function endOf(event: { type?: unknown; code?: unknown }): RunOutcome | undefined {
  switch (event.type) {
    case 'complete':
      return 'completed'
    case 'cancelled':
    case 'stopped':
      return 'stopped'
    case 'error':
      return event.code === 'interrupted' ? 'interrupted' : 'failed'
    default:
      return undefined
  }
}
