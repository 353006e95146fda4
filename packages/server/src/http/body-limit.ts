/** Refuses bodies that are too large, so that whoever sent one learns why. */
import { ChatKitError } from '@millrace/protocol'
import type { MiddlewareHandler } from 'hono'

/** How much of a refused body is still read. Beyond it the connection is cut. */
const MAX_DISCARDED_BYTES = 64 * 1024 * 1024

/** Lets bodies of at most `maxBytes` bytes pass; any other is a 413. */
export function limitBody(maxBytes: number): MiddlewareHandler {
  return async (c, next) => {
    const { raw } = c.req
    const length = raw.headers.get('content-length')
    if (length !== null && !raw.headers.has('transfer-encoding')) {
      if (Number(length) > maxBytes) {
        await discard(raw.body?.getReader())
        throw tooLarge(maxBytes)
      }
    } else if (raw.body) {
      const body = await readWithin(raw.body, maxBytes)
      // Made of its parts: what a runtime's adapter passes may be a request in all but its class.
      const { url, method, headers, signal } = raw
      c.req.raw = new Request(url, { method, headers, signal, body })
    }
    await next()
  }
}

/** A body that comes without its length: counted as it comes. */
async function readWithin(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<Blob> {
  const reader = body.getReader()
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let bytes = 0
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    bytes += chunk.value.byteLength
    if (bytes > maxBytes) {
      await discard(reader)
      throw tooLarge(maxBytes)
    }
    chunks.push(new Uint8Array(chunk.value))
  }
  return new Blob(chunks)
}

/** Reads the rest and throws it away: a client that is cut off while it sends sees a broken connection, and not the answer. */
async function discard(reader: ReadableStreamDefaultReader<Uint8Array> | undefined): Promise<void> {
  if (!reader) return
  let bytes = 0
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    bytes += chunk.value.byteLength
    if (bytes > MAX_DISCARDED_BYTES) return reader.cancel()
  }
}

function tooLarge(maxBytes: number): ChatKitError {
  return new ChatKitError('invalid_request', `The body is over the limit of ${maxBytes} bytes.`, { status: 413 })
}
