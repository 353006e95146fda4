import type { Attachment as WireAttachment } from '@millrace/protocol'
import type { ChatKitEvents, ChatKitOptions, EventHandler, OpenAIChatKit } from '@openai/chatkit'
import { render } from 'preact'
import { Chat, toWireContent } from './chat.ts'
import { readDeeplink } from './deeplink.ts'
import { type Options, readOptions } from './options.ts'
import type { Emit } from './page-events.ts'
import { applyTheme } from './theme/apply-theme.ts'
import { chatStyles } from './theme/styles.ts'
import { ChatView } from './views/chat-view.tsx'

declare global {
  interface HTMLElementTagNameMap {
    'openai-chatkit': OpenAIChatKit
  }
}

type MessageParams = Parameters<OpenAIChatKit['sendUserMessage']>[0]
type ComposerParams = Parameters<OpenAIChatKit['setComposerValue']>[0]

/**
 * `<openai-chatkit>`: a chat in an open shadow root, driven by `setOptions`, methods and `chatkit.*` events as `@openai/chatkit` publishes them.
 * It starts with the first options once it is in a document; methods called earlier wait for that.
 */
export class ChatKitElement extends HTMLElement implements OpenAIChatKit {
  readonly #root: HTMLDivElement
  #options: Options | undefined
  #chat: Chat | undefined
  #isReady = false
  /** Settled when methods may be called; a promise of its own, because that may never come. */
  readonly #ready = promiseWithResolver()

  constructor() {
    super()
    const shadow = this.attachShadow({ mode: 'open' })
    shadow.adoptedStyleSheets = [chatStyles()]
    this.#root = document.createElement('div')
    this.#root.className = 'ck'
    this.#root.setAttribute('part', 'root')
    this.#root.addEventListener('click', (event) => this.#followDeeplink(event))
    shadow.append(this.#root)
  }

  connectedCallback(): void {
    this.#start()
  }

  disconnectedCallback(): void {
    // A move within the document disconnects and connects in one task; only who stays away is ended (E32).
    setTimeout(() => {
      if (!this.isConnected) this.#end()
    })
  }

  setOptions(options: ChatKitOptions): void {
    const { options: read, problems } = readOptions(options)
    this.#options = read
    if (problems.length > 0) {
      const list = problems.map(({ path, message }) => `${path} ${message}`).join('\n  ')
      const error = new Error(`<openai-chatkit> has been given options it can't use as they are:\n  ${list}`)
      console.warn(error.message)
      // Later: a page's listeners may be attached only after this call returns (E28).
      setTimeout(() => this.#emit('chatkit.error', { error }))
    }
    this.#applyLook(read)
    if (this.#chat) {
      this.#chat.setOptions(read)
      this.#applyTexts(this.#chat)
    } else this.#start()
  }

  async focusComposer(): Promise<void> {
    const chat = await this.#whenReady()
    chat.hideHistory()
    chat.focusInput()
  }

  async setThreadId(threadId: string | null): Promise<void> {
    const chat = await this.#whenIdle('setThreadId')
    chat.hideHistory()
    // Docs call it with undefined for a new thread (E54).
    await chat.conversation.openThread(threadId ?? null)
  }

  async sendUserMessage(params: MessageParams): Promise<void> {
    const chat = await this.#whenIdle('sendUserMessage')
    await chat.send({
      content: toWireContent(params.content ?? [{ type: 'input_text', text: params.text ?? '' }]),
      quotedText: params.reply ?? '',
      attachments: (params.attachments ?? []) as WireAttachment[],
      inferenceOptions: {
        ...(params.toolChoice ? { tool_choice: params.toolChoice } : {}),
        ...(params.model === undefined ? {} : { model: params.model }),
      },
      newThread: params.newThread === true,
    })
  }

  async setComposerValue(params: ComposerParams): Promise<void> {
    const { composer } = await this.#whenReady()
    if (params.content) composer.setContent(toWireContent(params.content))
    else if (params.text !== undefined) composer.setContent([{ type: 'input_text', text: params.text }])
    if (params.reply !== undefined) composer.quote.value = params.reply
    if (params.attachments) composer.addReady(params.attachments as WireAttachment[])
    if (params.files) composer.addFiles(params.files)
    if (params.selectedToolId !== undefined) composer.selectTool(params.selectedToolId)
    if (params.selectedModelId !== undefined) composer.selectModel(params.selectedModelId)
  }

  async sendCustomAction(action: { type: string; payload?: Record<string, unknown> }, itemId?: string): Promise<void> {
    const chat = await this.#whenIdle('sendCustomAction')
    if (chat.conversation.getSnapshot().threadId === null) {
      throw new Error('sendCustomAction needs an open thread. Send a message first, or open a thread with setThreadId.')
    }
    await chat.conversation.customAction(action, itemId)
  }

  /** An older name of `sendCustomAction`, still found in pages (E48). */
  sendAction(action: { type: string; payload?: Record<string, unknown> }, itemId?: string): Promise<void> {
    return this.sendCustomAction(action, itemId)
  }

  async showHistory(): Promise<void> {
    const chat = await this.#whenReady()
    chat.showHistory()
  }

  async hideHistory(): Promise<void> {
    const chat = await this.#whenReady()
    chat.hideHistory()
  }

  async fetchUpdates(): Promise<void> {
    const chat = await this.#whenIdle('fetchUpdates')
    await chat.conversation.fetchUpdates()
  }

  override addEventListener<K extends keyof ChatKitEvents>(
    type: K,
    listener: EventHandler<K>,
    options?: boolean | AddEventListenerOptions,
  ): void
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void {
    if (listener) super.addEventListener(type, listener, options)
  }

  override removeEventListener<K extends keyof ChatKitEvents>(
    type: K,
    listener: EventHandler<K>,
    options?: boolean | EventListenerOptions,
  ): void
  override removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | EventListenerOptions,
  ): void
  override removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | EventListenerOptions,
  ): void {
    if (listener) super.removeEventListener(type, listener, options)
  }

  #start(): void {
    if (this.#chat || !this.#options || !this.isConnected) return
    const chat = new Chat(this.#options, this.#emit)
    this.#chat = chat
    this.#applyTexts(chat)
    const { initialThread } = this.#options
    chat.awaitsFirstThread.value = initialThread !== null
    render(<ChatView chat={chat} />, this.#root)
    // Pages attach their listeners in a task after the one that calls setOptions (E28): what fires before the second task is lost.
    setTimeout(() =>
      setTimeout(() => {
        if (this.#chat === chat) void this.#begin(chat, initialThread)
      }),
    )
  }

  /** Methods that were called early wait for the first thread as well, else they would be refused while it loads. */
  async #begin(chat: Chat, initialThread: string | null): Promise<void> {
    if (!this.#isReady) this.#emit('chatkit.ready')
    this.#isReady = true
    if (initialThread !== null) {
      await chat.quietly(chat.conversation.openThread(initialThread))
      chat.awaitsFirstThread.value = false
    }
    this.#ready.resolve()
  }

  #end(): void {
    render(null, this.#root)
    this.#chat?.dispose()
    this.#chat = undefined
  }

  #applyLook(options: Options): void {
    applyTheme(this.#root, options.theme)
  }

  #applyTexts(chat: Chat): void {
    this.#root.setAttribute('role', 'region')
    this.#root.setAttribute('aria-label', chat.options.peek().frameTitle ?? chat.messages.peek().chat)
    this.#root.lang = chat.locale.peek()
    this.#root.dir = chat.texts.peek().direction
  }

  async #whenReady(): Promise<Chat> {
    await this.#ready.promise
    if (!this.#chat) throw new Error('<openai-chatkit> has been removed from the page.')
    return this.#chat
  }

  /** Methods that change the thread are refused while one loads or is being answered (E50). */
  async #whenIdle(method: string): Promise<Chat> {
    const chat = await this.#whenReady()
    const { isLoading, isResponding } = chat.conversation.getSnapshot()
    if (isResponding)
      throw new Error(`${method} can't be called while a response streams. Wait for chatkit.response.end.`)
    if (isLoading) throw new Error(`${method} can't be called while a thread loads. Wait for chatkit.thread.load.end.`)
    return chat
  }

  readonly #emit: Emit = (name, detail) => {
    this.dispatchEvent(new CustomEvent(name, { detail }))
  }

  #followDeeplink(event: MouseEvent): void {
    const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement)
    const deeplink = link instanceof HTMLAnchorElement ? readDeeplink(link.getAttribute('href') ?? '') : undefined
    if (!deeplink) return
    event.preventDefault()
    this.#emit('chatkit.deeplink', deeplink)
  }
}

function promiseWithResolver(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {}
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
