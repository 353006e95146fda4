/** A look at a run without a stream: the tokens that are there, at once, and where to look next time. */
import type { RunEnd, RunEntry } from '../log/run-log.ts'
import type { RunHandle } from '../runs.ts'
import { causeOf } from './end-events.ts'
import { tokenLiteralOf } from './token.ts'

/** Characters of tokens in one answer, more or less; the next poll gets the rest. */
const MAX_CHARACTERS = 1024 * 1024

/** The JSON of what came after seq `after`. It never waits for more. */
export async function poll(run: RunHandle, after: number): Promise<string> {
  const { info } = run
  const found = await readNow(run, after)
  const { end, next } = found
  const error = end && causeOf(end)
  const fields = [
    `"message_id":${JSON.stringify(info.messageId)}`,
    `"tokens":[${found.literals.join(',')}]`,
    `"next":${next}`,
    `"complete":${end !== undefined && found.isWhole}`,
    `"status":"${end?.outcome ?? 'running'}"`,
  ]
  if (error) fields.push(`"error":${JSON.stringify(error)}`)
  return `{${fields.join(',')}}`
}

interface Found {
  literals: string[]
  characters: number
  /** Seq of the last entry that was looked at. */
  next: number
  end: RunEnd | undefined
  isWhole: boolean
}

async function readNow(run: RunHandle, after: number): Promise<Found> {
  const { end, lastSeq } = run.info
  const found: Found = { literals: [], characters: 0, next: after, end, isWhole: after >= lastSeq }
  if (found.isWhole) return found
  const leave = new AbortController()
  try {
    for await (const entries of run.peek(after, leave.signal)) {
      if (!gather(entries, found)) return found
      if (found.next >= lastSeq) break
    }
  } finally {
    leave.abort()
  }
  found.isWhole = found.next >= lastSeq
  return found
}

/** Whether all of them had room. */
function gather(entries: readonly RunEntry[], found: Found): boolean {
  for (const entry of entries) {
    if (found.characters >= MAX_CHARACTERS) return false
    found.next = entry.seq
    if ('end' in entry) found.end = entry.end
    const literal = tokenLiteralOf(entry)
    if (literal === undefined) continue
    found.characters += literal.length
    found.literals.push(literal)
  }
  return true
}
