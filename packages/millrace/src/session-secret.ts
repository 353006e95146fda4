/** The text that signs client secrets: given, or made at the first start and kept in the folder of the data. */
import { randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ChatKitError } from '@millrace/protocol'
import { signingSecret } from './config/kinds.ts'
import { settings } from './config/settings.ts'

const FILE = 'session-secret'

/** 256 bits, as HS256 asks for. */
const BYTES = 32

export interface SessionSecretOptions {
  /** What the settings say. */
  given: string | undefined
  /** The folder of the data. */
  folder: string
  /** Whether other nodes may have to read what this one signs. */
  isShared: boolean
}

/**
 * Whether the settings alone are right; nothing is opened yet.
 * @throws ChatKitError `invalid_request` where the secret must be given and is not, or is the example of the documentation
 */
export function requireSessionSecret({ given, isShared }: Pick<SessionSecretOptions, 'given' | 'isShared'>): void {
  if (given === settings.sessionSecret.example) {
    throw new ChatKitError('invalid_request', `SESSION_SECRET is the example, which everybody knows. ${HOW_TO_MAKE}`)
  }
  if (given !== undefined || !isShared) return
  throw new ChatKitError(
    'invalid_request',
    `SESSION_SECRET is needed, the same on every node: with REDIS_URL another node must know the sessions of this one. ${HOW_TO_MAKE}`,
  )
}

/**
 * The secret of this installation. Two starts at once agree on one.
 * @throws ChatKitError as `requireSessionSecret`, and `unavailable` where the file can't be read or written
 */
export async function sessionSecret({ given, folder, isShared }: SessionSecretOptions): Promise<string> {
  requireSessionSecret({ given, isShared })
  if (given !== undefined) return given
  const path = join(folder, FILE)
  const kept = (await read(path)) ?? (await make(path, folder))
  if (signingSecret.parse(kept) !== undefined) return kept
  throw new ChatKitError(
    'unavailable',
    `${path} does not hold a secret of ${signingSecret.shape}. Delete it and start again: it is made anew, and every session ends.`,
  )
}

const HOW_TO_MAKE = 'Make one: openssl rand -base64 32'

async function read(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw unusable(path, error)
  }
}

/** Written whole under another name and then linked: whoever finds the file finds all of it, and the first one wins. */
async function make(path: string, folder: string): Promise<string> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  const secret = randomBytes(BYTES).toString('base64url')
  try {
    await mkdir(folder, { recursive: true })
    await write(draft, secret)
    await link(draft, path)
    return secret
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return (await read(path)) ?? secret
    throw unusable(path, error)
  } finally {
    await rm(draft, { force: true })
  }
}

async function write(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(`${text}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
}

function unusable(path: string, cause: unknown): ChatKitError {
  const reason = codeOf(cause) ?? 'unknown error'
  return new ChatKitError(
    'unavailable',
    `The secret of sessions can't be kept in ${path} (${reason}). Make the folder writable, or set SESSION_SECRET. ${HOW_TO_MAKE}`,
    { cause },
  )
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}
