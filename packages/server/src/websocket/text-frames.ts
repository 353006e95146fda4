/**
 * Text messages as the bytes of a server's WebSocket frames (RFC 6455, 5.2): one chunk for a batch. `ws` writes each message
 * in two pieces, which for a paced answer is a fifth of all that a token costs.
 */

/** The last frame of a message, of text. */
const TEXT = 0x81
/** Lengths from here on stand in two bytes more, and then in eight. */
const LONG = 126
const VERY_LONG = 65_536

export function textFrames(messages: readonly string[]): Buffer {
  const lengths: number[] = []
  let total = 0
  for (const message of messages) {
    const length = Buffer.byteLength(message)
    lengths.push(length)
    total += length + headerLength(length)
  }
  const frames = Buffer.allocUnsafe(total)
  let at = 0
  for (let n = 0; n < messages.length; n += 1) {
    const length = lengths[n] ?? 0
    at = writeHeader(frames, at, length)
    at += frames.write(messages[n] ?? '', at, 'utf8')
  }
  return frames
}

function headerLength(length: number): number {
  return length < LONG ? 2 : length < VERY_LONG ? 4 : 10
}

/** Returns where the header ends. */
function writeHeader(frames: Buffer, at: number, length: number): number {
  frames[at] = TEXT
  if (length < LONG) {
    frames[at + 1] = length
    return at + 2
  }
  if (length < VERY_LONG) {
    frames[at + 1] = LONG
    return frames.writeUInt16BE(length, at + 2)
  }
  frames[at + 1] = LONG + 1
  frames.writeUInt32BE(0, at + 2)
  return frames.writeUInt32BE(length, at + 6)
}
