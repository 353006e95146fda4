/**
 * What a plain client sends to start an answer, on every endpoint and on the WebSocket. Next: the ChatKit request made of it
 * goes through `ChatKitServer.process`, as any other.
 */
import { ChatKitError, type StreamingReq } from '@millrace/protocol'

export interface PlainStart {
  request: StreamingReq
  /** The client's name for the run. */
  messageId?: string
  threadId?: string
}

export interface StartRules {
  /** Whether the client has to name the run. Default false. */
  messageIdRequired?: boolean
}

const MESSAGE_ID = /^[A-Za-z0-9_-]{1,128}$/
const MAX_METADATA_FIELDS = 16
const MAX_METADATA_LENGTH = 512

/**
 * Checks `{message, message_id?, thread_id?, metadata?}` and makes the ChatKit request of it: the same one for the same
 * fields, so that a repeat joins the run through whatever view. Unknown fields pass; null counts as left out.
 * @throws ChatKitError `invalid_request`: `param` names the field
 */
export function parseStart(body: unknown, { messageIdRequired = false }: StartRules = {}): PlainStart {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ChatKitError('invalid_request', 'The request is no JSON object. Send {"message":"…"}.')
  }
  const message = field(body, 'message')
  if (typeof message !== 'string' || message === '') throw refused('message', 'Send what the user says, as a string.')
  const messageId = field(body, 'message_id')
  if (messageId === undefined && messageIdRequired)
    throw refused('message_id', 'Name the message: it is resumed by it.')
  const threadId = field(body, 'thread_id')
  if (threadId !== undefined && (typeof threadId !== 'string' || threadId === '')) {
    throw refused('thread_id', 'Send the id of a thread, or leave it out for a new one.')
  }
  const input = { content: [{ type: 'input_text' as const, text: message }], attachments: [], inference_options: {} }
  const metadata = metadataOf(field(body, 'metadata'))
  return {
    request:
      threadId === undefined
        ? { type: 'threads.create', metadata, params: { input } }
        : { type: 'threads.add_user_message', metadata, params: { thread_id: threadId, input } },
    ...(messageId === undefined ? {} : { messageId: checkedMessageId(messageId) }),
    ...(threadId === undefined ? {} : { threadId }),
  }
}

/** Whether a client could have named a run so. */
export function isMessageId(value: unknown): value is string {
  return typeof value === 'string' && MESSAGE_ID.test(value)
}

/** @throws ChatKitError `invalid_request`, `param` as given */
export function checkedMessageId(value: unknown, param = 'message_id'): string {
  if (isMessageId(value)) return value
  throw refused(param, 'It takes 1 to 128 of the characters A-Z a-z 0-9 _ -.')
}

function metadataOf(value: unknown): Record<string, string> {
  if (value === undefined) return {}
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw refused('metadata', 'Send an object of strings.')
  }
  const fields = Object.entries(value)
  if (fields.length > MAX_METADATA_FIELDS) throw refused('metadata', `It takes at most ${MAX_METADATA_FIELDS} fields.`)
  const metadata: Record<string, string> = {}
  for (const [name, text] of fields) {
    if (typeof text !== 'string' || text.length > MAX_METADATA_LENGTH || name.length > MAX_METADATA_LENGTH) {
      throw refused('metadata', `Its names and values are strings of at most ${MAX_METADATA_LENGTH} characters.`)
    }
    // Defined and not assigned: `__proto__` is a name like any other.
    Object.defineProperty(metadata, name, { value: text, enumerable: true, configurable: true, writable: true })
  }
  return metadata
}

/** Undefined where the field is absent or null. */
function field(body: object, name: string): unknown {
  return Object.hasOwn(body, name) ? (Reflect.get(body, name) ?? undefined) : undefined
}

function refused(param: string, advice: string): ChatKitError {
  return new ChatKitError('invalid_request', `\`${param}\` can't be used. ${advice}`, { param })
}
