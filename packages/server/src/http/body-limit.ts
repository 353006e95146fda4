/** Refuses bodies that are too large, so that whoever sent one learns why. */
import { ChatKitError } from '@millrace/protocol'
import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'

/** How much of a refused body is still read. Beyond it the connection is cut. */
const MAX_DISCARDED_BYTES = 64 * 1024 * 1024

/** Lets bodies of at most `maxBytes` bytes pass; any other is a 413. */
export function limitBody(maxBytes: number): MiddlewareHandler {
  return bodyLimit({
    maxSize: maxBytes,
    async onError(c) {
      await discard(c.req.raw.body)
      throw new ChatKitError('invalid_request', `The body is over the limit of ${maxBytes} bytes.`, { status: 413 })
    },
  })
}

/**
 * Reads the rest and throws it away: a client that is cut off while it sends sees a broken connection, and not the answer.
 * A body that came without a length has a reader already, which has seen as much of it as it wanted.
 */
async function discard(body: ReadableStream<Uint8Array> | null): Promise<void> {
  if (!body || body.locked) return
  let bytes = 0
  const reader = body.getReader()
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    bytes += chunk.value.byteLength
    if (bytes > MAX_DISCARDED_BYTES) return reader.cancel()
  }
}
