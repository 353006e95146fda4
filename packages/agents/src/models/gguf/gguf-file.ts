/** Looks at a model file before anything is loaded, so that a wrong one is told apart from a broken engine. */
import { open, stat } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { ChatKitError } from '@millrace/protocol'

/** Every GGUF file begins with these four bytes (GGUF specification, "File Structure"). */
const MAGIC = Buffer.from('GGUF')

const FETCH_ONE = 'Fetch a small model with `millrace model pull`, or set AGENT_MODEL to a GGUF file that is there.'

/** Resolves if `path` is a readable GGUF file that fits into memory; throws `not_configured` with what to do if not. */
export async function checkGgufFile(path: string, memoryBytes = totalmem()): Promise<void> {
  const info = await stat(path).catch((cause: unknown) => {
    const absent = cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR')
    throw wrong(absent ? `There is no model file "${path}". ${FETCH_ONE}` : unreadable(path, cause), cause)
  })
  if (!info.isFile())
    throw wrong(`"${path}" is no file. AGENT_MODEL must name the GGUF file itself, e.g. models/small.gguf.`)
  const magic = await firstBytes(path)
  if (!magic.equals(MAGIC)) {
    throw wrong(`"${path}" is not a GGUF file: it does not begin with the letters GGUF. ${FETCH_ONE}`)
  }
  if (info.size > memoryBytes) {
    throw wrong(
      `The model file "${path}" has ${gigabytes(info.size)}, and this computer has ${gigabytes(memoryBytes)} of memory. ` +
        'Take a smaller model or a stronger quantisation (Q4 instead of Q8).',
    )
  }
}

async function firstBytes(path: string): Promise<Buffer> {
  try {
    const file = await open(path)
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await file.close()
    }
  } catch (cause) {
    throw wrong(unreadable(path, cause), cause)
  }
}

const unreadable = (path: string, cause: unknown) =>
  `The model file "${path}" can't be read (${cause instanceof Error ? cause.message : String(cause)}). Check its permissions.`

const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`

const wrong = (message: string, cause?: unknown) => new ChatKitError('not_configured', message, { cause })
