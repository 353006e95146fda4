/** User messages on their way to the server: shown at once, and sent again where they did not arrive. */
import type { Attachment, InferenceOptions, UserMessageContent, UserMessageItem } from '@millrace/protocol'
import type { Core } from './core.ts'
import { LOCAL, serverId } from './item-ids.ts'
import { busy } from './response-error.ts'
import type { ThreadLoading } from './thread-loading.ts'
import type { RunRequest } from './transport.ts'
import type { Turns } from './turns.ts'

/** What a user sends. */
export interface MessageInput {
  content: UserMessageContent[]
  quotedText?: string
  /** Attachments whose upload has finished. */
  attachments?: Attachment[]
  inferenceOptions?: InferenceOptions
  /** Starts a fresh thread instead of going on in the open one. */
  newThread?: boolean
}

export class UserMessages {
  #core: Core
  #turns: Turns
  #loading: ThreadLoading
  /** What was sent and not stored, by its local id. */
  #unstored = new Map<string, { input: MessageInput; messageId: string; threadId: string | null }>()

  constructor(core: Core, turns: Turns, loading: ThreadLoading) {
    this.#core = core
    this.#turns = turns
    this.#loading = loading
  }

  /** Another thread is on screen. */
  forget(): void {
    this.#unstored.clear()
  }

  async send(input: MessageInput): Promise<void> {
    const { state, transcript, newId, now } = this.#core
    if (this.#turns.isRunning) throw busy()
    if (input.newThread) this.#loading.clear()
    else await this.#loading.settled()
    if (this.#turns.isRunning) throw busy()
    const id = LOCAL + newId()
    const { threadId } = state.peek()
    const item: UserMessageItem = {
      type: 'user_message',
      id,
      thread_id: threadId ?? '',
      created_at: now().toISOString(),
      content: input.content,
      attachments: input.attachments ?? [],
      inference_options: input.inferenceOptions ?? {},
      ...(input.quotedText && { quoted_text: input.quotedText }),
    }
    transcript.put(item)
    state.invalidate('soon')
    this.#unstored.set(id, { input, messageId: newId(), threadId })
    await this.#submit(id)
  }

  /** Answers a user message again: without an id the one that the last error is about. */
  async retry(itemId?: string): Promise<void> {
    const { error, threadId, thread } = this.#core.state.peek()
    if (this.#turns.isRunning) throw busy()
    // what failed was the loading of the thread
    if (itemId === undefined && threadId !== null && !thread && error) return this.#loading.open(threadId)
    const wanted = itemId ?? error?.retryItemId
    if (wanted !== undefined && this.#unstored.has(wanted)) return this.#submit(wanted)
    const { unsent } = this.#turns
    if (unsent && wanted === error?.retryItemId) {
      const { request, messageId } = unsent
      if (request.type === 'threads.retry_after_item') return this.#retryAfter(request.params.item_id, messageId)
      return this.#turns.start(request, { messageId })
    }
    const message = this.#core.transcript.lastUserMessage(wanted)
    if (message) await this.#retryAfter(message.id, this.#core.newId())
  }

  /** Sends a message that is on screen; resolves when the server has it. */
  async #submit(localId: string): Promise<void> {
    const message = this.#unstored.get(localId)
    if (!message) return
    const { input } = message
    const { threadId } = this.#core.state.peek()
    // a thread was made for the message before the rest of it failed: this is another request now
    if (message.threadId !== threadId) Object.assign(message, { threadId, messageId: this.#core.newId() })
    const sent = {
      content: input.content,
      quoted_text: input.quotedText ?? '',
      attachments: input.attachments?.map(({ id }) => id) ?? [],
      inference_options: input.inferenceOptions ?? {},
    }
    const request: RunRequest =
      threadId === null
        ? { type: 'threads.create', params: { input: sent } }
        : { type: 'threads.add_user_message', params: { input: sent, thread_id: threadId } }
    await new Promise<void>((resolve, reject) => {
      const onAccepted = () => {
        this.#unstored.delete(localId)
        resolve()
      }
      this.#turns.start(request, { localId, messageId: message.messageId, onAccepted }).then(resolve, reject)
    })
  }

  /** What came after the message goes at once: OpenAI's server does not say that it removes it. */
  async #retryAfter(itemId: string, messageId: string): Promise<void> {
    const { state, transcript } = this.#core
    const { threadId } = state.peek()
    if (threadId === null) return
    const dropped = { after: itemId, items: transcript.dropAfter(itemId) }
    state.invalidate('soon')
    const params = { thread_id: threadId, item_id: serverId(itemId) }
    await this.#turns.start({ type: 'threads.retry_after_item', params }, { dropped, messageId })
  }
}
