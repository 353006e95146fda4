/** What a client says on a WebSocket. */
import { ChatKitError, type StreamingReq } from '@millrace/protocol'
import { checkedMessageId, parseStart } from '../plain/start-request.ts'
import type { About } from './events.ts'

export interface StartCommand {
  command: 'start'
  request: StreamingReq
  messageId?: string
}

export interface AttachCommand {
  command: 'attach'
  messageId: string
  /** Seq of the last entry that the client has seen. */
  after: number
}

export interface SteerCommand {
  command: 'stop' | 'pause' | 'resume'
  /** Absent: the only run of the socket. */
  messageId?: string
}

export type Command = StartCommand | AttachCommand | SteerCommand

const NAMES = ['start', 'stop', 'pause', 'resume', 'attach'] as const

/** What could be made of a message: a command, a heartbeat, or why neither. */
export type Parsed = Command | { command: 'heartbeat' } | { error: ChatKitError; about: About }

/** Never throws. Unknown fields pass; null counts as left out. */
export function parseCommand(message: string | Uint8Array): Parsed {
  if (typeof message !== 'string')
    return { error: invalid('Send commands as text, not as binary messages.'), about: {} }
  let body: unknown
  try {
    body = JSON.parse(message)
  } catch {
    return { error: invalid('The message is no JSON. Send {"command":"start","message":"…"}.'), about: {} }
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return { error: invalid('The message is no JSON object. Send {"command":"start","message":"…"}.'), about: {} }
  }
  const fields = new Map<string, unknown>(Object.entries(body))
  if (fields.get('type') === 'heartbeat') return { command: 'heartbeat' }
  const command = NAMES.find((name) => name === fields.get('command'))
  if (!command) return { error: invalid(`\`command\` is one of ${NAMES.join(', ')}.`, 'command'), about: {} }
  try {
    return commandOf(command, body, fields)
  } catch (error) {
    if (error instanceof ChatKitError) return { error, about: { command, ...nameIn(fields) } }
    throw error
  }
}

function commandOf(command: Command['command'], body: object, fields: ReadonlyMap<string, unknown>): Command {
  if (command === 'start') {
    const { request, messageId } = parseStart(body)
    return messageId === undefined ? { command, request } : { command, request, messageId }
  }
  const named = fields.get('message_id') ?? undefined
  if (command === 'attach') {
    return { command, messageId: checkedMessageId(named), after: cursorOf(fields.get('after') ?? 0) }
  }
  return named === undefined ? { command } : { command, messageId: checkedMessageId(named) }
}

function cursorOf(after: unknown): number {
  if (typeof after === 'number' && Number.isSafeInteger(after) && after >= 0) return after
  throw invalid('`after` is a sequence number from 0 up.', 'after')
}

/** The message id of a command that may be wrong in other ways, so that its error can name it. */
function nameIn(fields: ReadonlyMap<string, unknown>): { messageId?: string } {
  try {
    return { messageId: checkedMessageId(fields.get('message_id')) }
  } catch {
    // There is none, or it can't be one.
    return {}
  }
}

function invalid(message: string, param?: string): ChatKitError {
  return new ChatKitError('invalid_request', message, param === undefined ? {} : { param })
}
