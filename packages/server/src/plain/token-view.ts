/** The views that show each token as an event of its own. */
import { encodeFrame } from '@millrace/protocol'
import type { RunEnd, RunEntry } from '../log/run-log.ts'
import { CANCELLED, COMPLETE, causeOf, errorData, readingFailed } from './end-events.ts'
import { tokenLiteralOf } from './token.ts'

/** Turns the entries of one reading into frames. */
export interface ViewEncoder {
  /** The frames of a batch, as one string. */
  encode(entries: readonly RunEntry[]): string
  /** The last frames of a reading whose log fails. */
  failed(error: unknown): string
  /** Of a view that holds tokens back. */
  held?: HeldTokens
}

export interface HeldTokens {
  /** Milliseconds until what is held back has to go; undefined while nothing is. */
  dueInMs(): number | undefined
  /** The frames of all that is held back. */
  flush(): string
}

export interface TokenEvents {
  /** The data of a token: `literal` is its JSON string, `tokens` how many there were, `now` the clock in milliseconds. */
  token(literal: string, tokens: number, now: number): string
  /** Default: `{"type":"complete"}`. */
  complete?(tokens: number): string
  /** Default: `{"type":"cancelled"}`. */
  cancelled?: string
}

export function tokenView(events: TokenEvents): ViewEncoder {
  return {
    encode(entries) {
      const now = Date.now()
      let frames = ''
      for (const entry of entries) {
        if ('end' in entry) {
          frames += encodeFrame(endData(entry.end, entry.tokens, events), entry.seq)
          continue
        }
        const literal = tokenLiteralOf(entry)
        if (literal !== undefined) frames += encodeFrame(events.token(literal, entry.tokens, now), entry.seq)
      }
      return frames
    },
    failed: (error) => encodeFrame(errorData(readingFailed(error))),
  }
}

function endData(end: RunEnd, tokens: number, { complete, cancelled = CANCELLED }: TokenEvents): string {
  const cause = causeOf(end)
  if (cause) return errorData(cause)
  if (end.outcome === 'stopped') return cancelled
  return complete ? complete(tokens) : COMPLETE
}
