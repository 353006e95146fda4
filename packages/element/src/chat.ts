/** One chat: the conversation, what the views show of it, and what a user can do. Decisions about the protocol live in `@millrace/client`. */
import {
  type Conversation,
  type ConversationEvent,
  type ConversationState,
  createConversation,
  httpTransport,
  type MessageInput,
  resuming,
  type UploadOptions,
} from '@millrace/client'
import type { MarkdownOptions } from '@millrace/markdown'
import type { ActionConfig, UserMessageContent, WidgetItem } from '@millrace/protocol'
import type { UserMessageContent as PageContent } from '@openai/chatkit'
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { type ApiAccess, apiAccess } from './api-access.ts'
import { ComposerState } from './composer-state.ts'
import { oncePerFrame } from './frame.ts'
import { mathOption } from './items/math.ts'
import { resolveLocale, textsOf } from './locales/locales.ts'
import type { Options, Prompt } from './options.ts'
import { type Emit, tellPage } from './page-events.ts'
import { createTranscript, type Transcript, type Turn } from './transcript.ts'

/** A problem of this page alone, shown until it is dismissed. */
export interface Complaint {
  readonly key: number
  readonly text: string
}

const shownComplaints = 3

export class Chat {
  readonly options: Signal<Options>
  readonly conversation: Conversation
  /** The newest snapshot, taken over at most once a frame. */
  readonly state: Signal<ConversationState>
  readonly transcript: Transcript = createTranscript()
  readonly composer: ComposerState
  readonly isHistoryOpen = signal(false)
  /** The address of the image that is shown large. */
  readonly enlarged = signal<string | null>(null)
  readonly complaints = signal<readonly Complaint[]>([])

  readonly locale = computed(() => resolveLocale(this.options.value.locale ?? navigator.language))
  readonly texts = computed(() => textsOf(this.locale.value))
  readonly messages = computed(() => this.texts.value.messages)
  /** Fine-grained views of the snapshot: a token changes none of them. */
  readonly threadId = this.#pick((state) => state.threadId)
  readonly thread = this.#pick((state) => state.thread)
  readonly isResponding = this.#pick((state) => state.isResponding)
  readonly #isLoadingThread = this.#pick((state) => state.isLoading)
  /** There is a thread to begin with, and nobody has asked for it yet: the start screen must not flash up. */
  readonly awaitsFirstThread = signal(false)
  readonly isLoading = computed(() => this.awaitsFirstThread.value || this.#isLoadingThread.value)
  readonly canStop = this.#pick((state) => state.canStop)
  readonly isWaiting = this.#pick((state) => state.isWaiting)
  readonly progress = this.#pick((state) => state.progress)
  readonly error = this.#pick((state) => state.error)
  readonly notices = this.#pick((state) => state.notices)
  readonly pendingInput = this.#pick((state) => state.pendingInput)
  readonly imageProgress = this.#pick((state) => state.imageProgress)
  readonly feedback = this.#pick((state) => state.feedback)
  readonly hasOlder = this.#pick((state) => state.hasOlder)
  readonly connection = this.#pick((state) => state.connection)
  readonly hasItems = this.#pick((state) => state.items.length > 0)

  readonly emit: Emit
  readonly access: ApiAccess
  /** The input of the composer while it is on screen. */
  focusInput: () => void = () => {}
  /** Set by a message sent here: the next new turn goes to the top of the view (O29). */
  #wantsAnchor = false
  /** Errors that the conversation has told already. */
  readonly #reported = new WeakSet<Error>()
  #nextComplaint = 1
  readonly #uploads: UploadOptions = { strategy: { type: 'two_phase' } }
  readonly #end: (() => void)[]

  constructor(options: Options, emit: Emit) {
    this.options = signal(options)
    this.emit = emit
    this.access = apiAccess(this.options, (error) => emit('chatkit.error', { error }))
    this.conversation = createConversation({
      transport: resuming(
        httpTransport({ url: options.api.url ?? '', fetch: this.access.api, language: () => this.locale.peek() }),
      ),
      uploads: this.#uploads,
    })
    this.state = signal(this.conversation.getSnapshot())
    this.composer = new ComposerState({
      conversation: this.conversation,
      options: this.options,
      messages: this.messages,
      complain: (text, cause) => this.complain(text, cause),
      toolChanged: (toolId) => emit('chatkit.tool.change', { toolId }),
    })
    const frame = oncePerFrame(() => this.#takeSnapshot())
    this.#end = [
      this.conversation.subscribe(frame.schedule),
      this.conversation.on((notice) => this.#tell(notice)),
      frame.cancel,
    ]
    this.#applyToConversation()
    this.access.start()
  }

  /** Takes a full new set of options over; thread, draft and a running stream stay (E26, E27). */
  setOptions(options: Options): void {
    this.options.value = options
    this.#applyToConversation()
    this.composer.optionsChanged()
  }

  /** Sends what stands in the composer; a message the server did not take comes back as the draft (P53). */
  async sendDraft(): Promise<void> {
    const { composer } = this
    if (!composer.hasContent.peek() || composer.isUploading.peek() || this.isResponding.peek()) return
    const message = composer.message()
    const taken = composer.take()
    const waiting = new Set(this.#unsentIds())
    try {
      await this.send(message)
      taken.release()
    } catch {
      // A message that may go again stays in the thread with a Retry; one that was refused for good returns to the composer.
      const isKept = this.#unsentIds().some((id) => !waiting.has(id))
      if (!isKept) taken.restore()
    }
  }

  /** Messages that the server has not taken: ids of its own it gives only to those that it has. */
  #unsentIds(): string[] {
    return this.conversation.getSnapshot().items.flatMap(({ id }) => (id.startsWith('local_') ? [id] : []))
  }

  async sendPrompt(prompt: Prompt): Promise<void> {
    this.emit('chatkit.log', { name: 'startScreenPrompt.select', data: { text: prompt.label } })
    const inferenceOptions = this.composer.inferenceOptions()
    this.composer.messageSent()
    await this.quietly(this.send({ content: toWireContent(prompt.content), inferenceOptions }))
  }

  async send(message: MessageInput): Promise<void> {
    this.hideHistory()
    this.#wantsAnchor = true
    await this.conversation.send(message)
  }

  /** Whether a turn that has just come is the answer to a message sent here. */
  takeAnchor(): boolean {
    const wanted = this.#wantsAnchor
    this.#wantsAnchor = false
    return wanted
  }

  newChat(): void {
    this.emit('chatkit.log', { name: 'newChat.create', data: {} })
    this.hideHistory()
    void this.quietly(this.conversation.openThread(null))
    this.focusInput()
  }

  async chooseThread(threadId: string): Promise<void> {
    this.hideHistory()
    await this.quietly(this.conversation.openThread(threadId))
  }

  showHistory(): void {
    if (this.isHistoryOpen.peek() || !this.options.peek().history.enabled) return
    this.isHistoryOpen.value = true
    this.emit('chatkit.log', { name: 'history.open', data: {} })
    this.emit('chatkit.history.open')
    void this.quietly(this.conversation.loadThreads())
  }

  hideHistory(): void {
    if (!this.isHistoryOpen.peek()) return
    this.isHistoryOpen.value = false
    this.emit('chatkit.log', { name: 'history.close', data: {} })
    this.emit('chatkit.history.close')
  }

  async rate(turn: Turn, kind: 'positive' | 'negative'): Promise<void> {
    this.emit('chatkit.log', { name: 'message.action', data: { action: `feedback.${kind}` } })
    const itemIds = turn.cells
      .map((cell) => cell.item.peek())
      .filter((item) => item.type !== 'user_message')
      .map((item) => item.id)
    await this.quietly(this.conversation.feedback(itemIds, kind))
  }

  /**
   * Carries out a widget's action; resolves when its loading state ends. A streaming server action does nothing while a response
   * streams (W5); actions of the page and `streaming: false` ones pass.
   */
  async runAction(item: WidgetItem, action: ActionConfig, payload: unknown, widgetType: string): Promise<void> {
    const handler = action.handler ?? 'server'
    const sent = payload === undefined ? { type: action.type } : { type: action.type, payload }
    this.emit('chatkit.log', { name: 'widget.action', data: { widgetType, actionType: action.type, handler } })
    if (handler === 'client') {
      const { onAction } = this.options.peek().widgets
      if (!onAction)
        return this.report(
          new Error(`The widget action "${action.type}" is for the page, but widgets.onAction is not set.`),
        )
      const widget = { id: item.id, widget: item.widget } as Parameters<typeof onAction>[1]
      await this.quietly((async () => onAction(sent as Parameters<typeof onAction>[0], widget))())
    } else if (action.streaming === false) {
      await this.quietly(this.conversation.syncAction(sent, item.id))
    } else if (!this.isResponding.peek()) {
      await this.quietly(this.conversation.customAction(sent, item.id))
    }
  }

  /** How assistant text is drawn. */
  markdownOptions(): MarkdownOptions {
    return {
      copyLabel: this.messages.peek().copy,
      ...mathOption(),
      // The model writes these addresses: one that nobody vouches for could carry the conversation away, so the reader is asked first.
      imagePolicy: (address: string) => {
        if (!URL.canParse(address, document.baseURI)) return false
        const { origin, hostname } = new URL(address, document.baseURI)
        return origin === location.origin || this.thread.peek()?.allowed_image_domains?.includes(hostname) === true
      },
    }
  }

  /** Whether an image may be loaded: from where the thread allows it, or anywhere where it says nothing (N100). */
  allowsImage(address: string): boolean {
    if (/^data:image\//i.test(address) || address.startsWith('blob:')) return true
    if (!URL.canParse(address, document.baseURI)) return false
    const url = new URL(address, document.baseURI)
    const allowed = this.thread.value?.allowed_image_domains
    return /^https?:$/.test(url.protocol) && (!allowed || allowed.includes(url.hostname))
  }

  /** Calls something the page gave; what it throws is reported and breaks nothing (E73). */
  callPage(callback: () => unknown): void {
    void this.quietly((async () => callback())())
  }

  complain(text: string, cause?: unknown): void {
    const all = [...this.complaints.peek(), { key: this.#nextComplaint++, text }]
    this.complaints.value = all.slice(-shownComplaints)
    this.report(cause instanceof Error ? cause : new Error(text))
  }

  dismissComplaint(key: number): void {
    this.complaints.value = this.complaints.peek().filter((complaint) => complaint.key !== key)
  }

  report(error: Error): void {
    this.emit('chatkit.error', { error })
  }

  /** For acts whose failure the conversation itself shows and reports; what it did not report goes to the page. */
  async quietly(act: Promise<unknown>): Promise<void> {
    try {
      await act
    } catch (cause) {
      const error = cause instanceof Error ? cause : new Error(String(cause))
      if (!this.#reported.has(error)) this.report(error)
    }
  }

  dispose(): void {
    for (const end of this.#end) end()
    this.composer.dispose()
    this.conversation.dispose()
  }

  #tell(event: ConversationEvent): void {
    if (event.type === 'error') this.#reported.add(event.error)
    tellPage(this.emit, event)
  }

  #takeSnapshot(): void {
    const snapshot = this.conversation.getSnapshot()
    this.transcript.update(snapshot.items)
    this.state.value = snapshot
  }

  #applyToConversation(): void {
    const { api, onClientTool } = this.options.peek()
    this.#uploads.strategy = api.uploadStrategy ?? { type: 'two_phase' }
    const own = this.access.own()
    this.#uploads.url = own?.origin ?? api.url ?? ''
    // Only where the page has a way of its own: with the browser's fetch the progress of an upload is known.
    delete this.#uploads.fetch
    if (own) this.#uploads.fetch = (url, init) => (this.access.own()?.fetch ?? fetch)(url, init)
    const hasHandler = onClientTool !== undefined
    this.conversation.setClientTools(hasHandler ? (call) => this.options.peek().onClientTool?.(call) : undefined)
  }

  #pick<T>(read: (state: ConversationState) => T): ReadonlySignal<T> {
    return computed(() => read(this.state.value))
  }
}

/** Parts as a page gives them, as the wire wants them: the server requires `data` of a tag (N24). */
export function toWireContent(parts: readonly PageContent[]): UserMessageContent[] {
  return parts.map((part) =>
    part.type === 'input_tag' ? { ...part, data: part.data ?? {}, interactive: part.interactive ?? false } : part,
  )
}
