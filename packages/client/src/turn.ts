/**
 * One turn: everything from the user's act to the end of the answer. Events come in here one by one (from `turns.ts`)
 * and change the transcript and the state.
 */
import type {
  ClientToolCallItem,
  ErrorEvent,
  RunEndedEvent,
  Thread,
  ThreadItem,
  ThreadItemUpdate,
  ThreadStreamEvent,
} from '@millrace/protocol'
import type { ResponseError } from './conversation-state.ts'
import type { Core } from './core.ts'
import { ItemIds } from './item-ids.ts'
import { toldError } from './response-error.ts'
import type { RunRequest, SequencedEvent } from './transport.ts'

type ItemEvent = Extract<ThreadStreamEvent, { type: `thread.item.${string}` }>

/** A request and the client's name for its run: sent again under that name it does not run twice. */
export interface SentRequest {
  request: RunRequest
  messageId: string
}

export interface TurnOptions {
  /** The optimistic user message which the server's copy replaces. */
  localId?: string
  /** Items behind the user message that a retry gave up; they come back where the server keeps them. */
  dropped?: { after: string; items: ThreadItem[] }
  /** Called when the server has taken the user's message. */
  onAccepted?: () => void
  /** What closes the connection, where the stream is open already. */
  controller?: AbortController
  /** Whether another client started the run; then that one answers client tools. */
  isFollowed?: boolean
  /** Keeps the error on the screen: it says why this run is shown. */
  keepsError?: boolean
}

export class Turn {
  readonly options: TurnOptions
  readonly controller: AbortController
  /** Resolves when the stream at hand has opened. */
  opened: Promise<void>
  onOpened: () => void = () => {}
  /** The request that was sent last; none where the turn is only followed. */
  sent: SentRequest | undefined
  runId: string | undefined
  /** Events are numbered: the server keeps runs. */
  isNumbered = false
  isStopping = false
  /** Events of the stream at hand. */
  eventCount = 0
  /** How the stream at hand ended, and what it said about a failure. */
  ended: RunEndedEvent | undefined
  failure: ErrorEvent | undefined
  /** The client tool call that waits for this page. */
  pendingCall: ClientToolCallItem | undefined

  #core: Core
  #isWaiting = true
  #localId: string | undefined
  #dropped: Map<string, ThreadItem>
  #ids: ItemIds

  constructor(core: Core, options: TurnOptions) {
    this.#core = core
    this.options = options
    this.controller = options.controller ?? new AbortController()
    this.opened = this.#untilOpened()
    this.#ids = new ItemIds(core)
    this.#localId = options.localId
    this.#dropped = new Map(options.dropped?.items.map((item) => [item.id, item]))
  }

  get isAccepted(): boolean {
    return this.#localId === undefined
  }

  /** Items that a retry gave up and the server did not remove. */
  get kept(): ThreadItem[] {
    return [...this.#dropped.values()]
  }

  /** A further stream is asked for. */
  beginStream(): void {
    this.eventCount = 0
    this.ended = this.failure = this.pendingCall = this.runId = undefined
    this.opened = this.#untilOpened()
  }

  #untilOpened(): Promise<void> {
    return new Promise((resolve) => {
      this.onOpened = resolve
    })
  }

  /** `isRepeat`: the event was applied before, in this page; what it does besides state is not done again. */
  apply({ seq, event }: SequencedEvent, isRepeat: boolean): void {
    const { state, emit } = this.#core
    this.eventCount++
    if (seq !== undefined) this.isNumbered = true
    switch (event.type) {
      case 'thread.created':
      case 'thread.updated':
        this.#applyThread(event.thread, event.type === 'thread.created')
        break
      case 'stream_options':
        state.set({ canStop: event.stream_options.allow_cancel && !this.isStopping }, 'after the batch')
        break
      case 'progress_update':
        state.set({ progress: { text: event.text, ...(event.icon && { icon: event.icon }) } }, 'after the batch')
        break
      case 'client_effect':
        if (!isRepeat) emit({ type: 'effect', name: event.name, data: event.data ?? {} })
        break
      case 'notice':
        state.set({ notices: [...state.peek().notices, event] }, 'after the batch')
        break
      case 'error':
        this.failure = event
        state.set({ error: this.error() }, 'after the batch')
        break
      case 'run.ended':
        this.ended = event
        break
      case 'thread.item.added':
      case 'thread.item.updated':
      case 'thread.item.done':
      case 'thread.item.removed':
      case 'thread.item.replaced':
        this.#applyItem(event)
        break
      default:
        event satisfies never
        emit({ type: 'log', name: 'event.unknown' })
    }
  }

  /** Why the turn failed, as far as its events say. */
  error(): ResponseError | null {
    const error = toldError(this.failure, this.ended)
    return error && withRetry(error, this.#core)
  }

  #applyThread({ items: _, ...thread }: Thread, isNew: boolean): void {
    const { state, showThread } = this.#core
    const { threads, threadId } = state.peek()
    const isListed = threads.some(({ id }) => id === thread.id)
    if (isListed) state.set({ threads: threads.map((other) => (other.id === thread.id ? thread : other)) })
    else if (isNew) state.set({ threads: [thread, ...threads] })
    if (!isNew && threadId !== thread.id) return
    state.set({ thread })
    showThread(thread.id)
  }

  #applyItem(event: ItemEvent): void {
    const { transcript, state } = this.#core
    state.invalidate('after the batch')
    if (event.type === 'thread.item.updated') {
      const id = this.#ids.of(event.item_id)
      // A followed run is told from its start: to a finished item nothing may be appended once more.
      if (this.options.isFollowed && !this.#ids.isOwn(id) && appends(event.update)) return
      transcript.apply(id === event.item_id ? event : { ...event, item_id: id })
      if (event.update.type === 'generated_image.updated') this.#setProgress(id, event.update.progress)
      this.#look(id)
      return
    }
    if (event.type === 'thread.item.removed') {
      this.#dropped.delete(event.item_id)
      if (this.pendingCall?.id === event.item_id) this.pendingCall = undefined
      transcript.remove(this.#ids.of(event.item_id))
      return
    }
    this.#dropped.delete(event.item.id)
    if (event.item.type === 'user_message' && this.#localId !== undefined && event.type === 'thread.item.done') {
      transcript.put(event.item, this.#localId)
      this.#localId = undefined
      this.options.onAccepted?.()
      return
    }
    const isMessage = event.item.type === 'assistant_message'
    const begins = event.type === 'thread.item.added' || (event.type === 'thread.item.done' && isMessage)
    const item = this.#ids.named(event.item, begins)
    if (event.type === 'thread.item.added' && this.options.isFollowed && transcript.get(item.id)) return
    if (event.type !== 'thread.item.replaced') this.#ids.own(item.id)
    transcript.put(item)
    if (event.type !== 'thread.item.added') this.#setProgress(item.id, undefined)
    if (item.type === 'client_tool_call') {
      this.pendingCall = item.status === 'completed' ? undefined : item
    } else if (event.type !== 'thread.item.replaced') {
      // the progress line has been overtaken
      state.set({ progress: null }, 'after the batch')
      this.#look(item.id)
    }
  }

  /** How far an image is. */
  #setProgress(id: string, progress: number | undefined): void {
    const { [id]: before, ...others } = this.#core.state.peek().imageProgress
    if (before === progress) return
    const imageProgress = progress === undefined ? others : { ...others, [id]: progress }
    this.#core.state.set({ imageProgress }, 'after the batch')
  }

  /** Takes note of what there is to see: the first of it ends the waiting. */
  #look(id: string): void {
    if (!this.#isWaiting) return
    const item = this.#core.transcript.get(id)
    if (!item || !isVisible(item)) return
    this.#isWaiting = false
    this.#core.state.set({ isWaiting: false }, 'after the batch')
  }

  /** Back to waiting: the answer goes on after a client tool. */
  wait(): void {
    this.#isWaiting = true
    this.#core.state.set({ isWaiting: true })
  }
}

/** The error with the message that a retry would answer again. */
export function withRetry(error: ResponseError, { transcript }: Core): ResponseError {
  const retryItemId = transcript.lastUserMessage()?.id
  return retryItemId === undefined ? error : { ...error, retryItemId }
}

/** Whether an update says what comes on top, and not what is. */
function appends({ type }: ThreadItemUpdate): boolean {
  return type.startsWith('assistant_message.') || type === 'widget.streaming_text.value_delta'
}

function isVisible(item: ThreadItem): boolean {
  switch (item.type) {
    case 'assistant_message':
      return item.content.some(({ text }) => text !== '')
    case 'workflow':
      return item.workflow.tasks.length > 0
    case 'widget':
    case 'generated_image':
    case 'task':
    case 'structured_input':
      return true
    default:
      return false
  }
}
