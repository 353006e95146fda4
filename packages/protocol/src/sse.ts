/** Server-sent events as bytes: what the server writes, and a reader that takes them from anyone. */
import { createParser } from 'eventsource-parser'
import { ChatKitError } from './errors.ts'

/** One frame: the data on one line, and with `seq` an `id:` line by which the client says where to go on. */
export function encodeFrame(data: string, seq?: number): string {
  return seq === undefined ? `data: ${data}\n\n` : `id: ${seq}\ndata: ${data}\n\n`
}

/** A comment line: nothing to the client, but a sign of life to every proxy on the way. */
export const KEEP_ALIVE_FRAME = ': keep-alive\n\n'

export interface SseMessage {
  data: string
  /** The `id:` of this record. */
  id?: string
  /** The `event:` of this record. */
  event?: string
  /** The body ended before the blank line that ends a record: the data may have been cut. */
  incomplete?: true
}

/** No record of ours comes near; who sends a longer one would fill the memory. */
const MAX_RECORD_LENGTH = 64 * 1024 * 1024

/**
 * The messages of an SSE body, however it was cut into chunks: lines end with `\n`, `\r\n` or `\r`, data may have several
 * lines, comments and `retry:` are skipped, a character may be split between chunks. Leaving the loop cancels the stream.
 * @throws what the stream throws, and ChatKitError `server_error` for a record of more than 64 Mi characters.
 */
export async function* parseSse(
  stream: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<SseMessage, void, undefined> {
  let arrived: SseMessage[] = []
  let isEnd = false
  const parser = createParser({
    maxBufferSize: MAX_RECORD_LENGTH,
    onEvent({ data, id, event }) {
      arrived.push({
        data,
        ...(id === undefined ? {} : { id }),
        ...(event === undefined ? {} : { event }),
        ...(isEnd ? { incomplete: true } : {}),
      })
    },
    onError(error) {
      if (error.type === 'max-buffer-size-exceeded') {
        throw new ChatKitError('server_error', 'The server sent a record without end. Ask again.', { cause: error })
      }
    },
  })
  const decoder = new TextDecoder()
  for await (const chunk of 'getReader' in stream ? chunksOf(stream) : stream) {
    parser.feed(decoder.decode(chunk, { stream: true }))
    if (arrived.length === 0) continue
    yield* arrived
    arrived = []
  }
  isEnd = true
  parser.feed(`${decoder.decode()}\n\n`)
  yield* arrived
}

/** By a reader, as not every browser iterates a stream. */
async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = stream.getReader()
  try {
    for (let result = await reader.read(); !result.done; result = await reader.read()) yield result.value
  } finally {
    await reader.cancel()
    reader.releaseLock()
  }
}
