/**
 * Brings threads on screen and up to date. The order matters: the latest run is asked for first, the thread is loaded
 * second. An answer that ends in between is then in the thread; one that still runs is applied, from its first event,
 * to what was loaded.
 */
import { ChatKitError, type Page, type Thread, type ThreadItem } from '@millrace/protocol'
import type { ConversationState } from './conversation-state.ts'
import type { Core } from './core.ts'
import { isPage, isThread, unexpectedBody } from './guards.ts'
import { LOCAL } from './item-ids.ts'
import { toChatKitError } from './response-error.ts'
import type { EventStream } from './transport.ts'
import type { Turns } from './turns.ts'

interface Loaded {
  thread: Thread
  /** Newest items, oldest first. */
  items: ThreadItem[]
  hasOlder: boolean
  cursor: string | undefined
}

/** What a load that finds nothing goes back to. */
type View = Pick<ConversationState, 'threadId' | 'thread' | 'hasOlder' | 'error'> & {
  items: readonly ThreadItem[]
  cursor: string | undefined
}

export class ThreadLoading {
  #core: Core
  #turns: Turns
  #pageSize: number
  #opening: { controller: AbortController; former: View } | undefined
  #opened: Promise<void> | undefined
  #syncing: Promise<void> | undefined
  #older: Promise<void> | undefined
  /** Cursor of the page before the oldest item. */
  #cursor: string | undefined
  /** The server does not know `runs.resume`. */
  #lacksRuns = false

  constructor(core: Core, turns: Turns, pageSize: number) {
    this.#core = core
    this.#turns = turns
    this.#pageSize = pageSize
  }

  /** Shows a new chat. */
  clear(): void {
    this.leave()
    this.#show({ threadId: null, thread: null, hasOlder: false, error: null, items: [], cursor: undefined })
    this.#core.showThread(null)
  }

  /** Gives up what is being loaded or read. */
  leave(): void {
    this.#turns.leave()
    this.#opening?.controller.abort()
    this.#opening = undefined
    this.#older = this.#syncing = undefined
  }

  /** What is on screen, to come back to it by `restore`. */
  view(): View {
    const { threadId, thread, hasOlder, error } = this.#core.state.peek()
    return { threadId, thread, hasOlder, error, items: this.#core.transcript.items(), cursor: this.#cursor }
  }

  restore(view: View): void {
    this.#show(view)
    this.#core.showThread(view.threadId)
  }

  /** Shows a thread. Rejects where it can't be loaded: an unknown one leaves the former view as it was. */
  open(threadId: string): Promise<void> {
    const opened = this.#open(threadId)
    this.#opened = opened
    return opened
  }

  /** Resolves when the thread that is being opened is there; rejects when it can't be loaded. */
  async settled(): Promise<void> {
    if (this.#opening) await this.#opened
  }

  async #open(threadId: string): Promise<void> {
    const { state, emit, showThread } = this.#core
    const former = this.#opening?.former ?? this.view()
    this.leave()
    const controller = new AbortController()
    this.#opening = { controller, former }
    this.#show({ threadId, thread: null, hasOlder: false, error: null, items: [], cursor: undefined })
    state.set({ isLoading: true })
    emit({ type: 'thread.load.start', threadId })
    let stream: EventStream | undefined
    try {
      stream = await this.#latestRun(threadId, controller)
      const loaded = await this.#load(threadId, controller.signal)
      if (controller.signal.aborted) return
      this.#opening = undefined
      this.#show({ ...loaded, threadId, thread: withoutItems(loaded.thread), error: null })
      state.set({ isLoading: false })
      showThread(threadId)
    } catch (error) {
      if (controller.signal.aborted) return
      controller.abort()
      this.#opening = undefined
      const failure = toChatKitError(error)
      if (failure.code === 'not_found') this.#show(former)
      else state.set({ error: { code: failure.code, message: failure.message, allowRetry: true } })
      state.set({ isLoading: false })
      emit({ type: 'error', error: failure })
      throw failure
    } finally {
      state.flush()
      emit({ type: 'thread.load.end', threadId })
    }
    this.#goOn(stream, controller, false)
  }

  /**
   * Brings the open thread up to date and follows a run that is running there. `onlyNews`: nothing is loaded where the
   * latest run is one that was read to its end.
   */
  sync({ onlyNews = false, keepsError = false } = {}): Promise<void> {
    this.#syncing ??= this.#sync(onlyNews, keepsError).finally(() => {
      this.#syncing = undefined
    })
    return this.#syncing
  }

  async #sync(onlyNews: boolean, keepsError: boolean): Promise<void> {
    const { state, transcript } = this.#core
    const { threadId } = state.peek()
    const isAway = () => state.peek().threadId !== threadId || this.#opening || this.#turns.isRunning
    if (threadId === null || isAway()) return
    const controller = new AbortController()
    const stream = await this.#latestRun(threadId, controller)
    const { lastRun } = this.#turns
    const isKnown = stream?.status !== 'running' && lastRun?.hasEnded && lastRun.id === stream?.runId
    if (isAway() || (onlyNews && stream && isKnown)) return controller.abort()
    let loaded: Loaded
    try {
      loaded = await this.#load(threadId, controller.signal)
    } catch (error) {
      controller.abort()
      throw error
    }
    if (isAway()) return controller.abort()
    const former = transcript.items()
    const first = loaded.items[0]
    // what was loaded by scrolling up stays, if the page reaches it
    const seam = loaded.hasOlder && first ? former.findIndex(({ id }) => id === first.id) : -1
    if (seam < 0) this.#cursor = loaded.cursor
    transcript.reset([
      ...(seam > 0 ? former.slice(0, seam) : []),
      ...loaded.items.map((item) => sameOrNew(transcript.get(item.id), item)),
      ...former.filter(({ id }) => id.startsWith(LOCAL)),
    ])
    state.invalidate('soon')
    state.set({ thread: withoutItems(loaded.thread), ...(seam < 0 && { hasOlder: loaded.hasOlder }) })
    // the connection was lost for good, and here is the answer
    const { error } = state.peek()
    const isLost = error?.code === 'unavailable' || error?.code.startsWith('timeout_')
    if (isLost && transcript.last()?.type !== 'user_message') state.set({ error: null })
    this.#goOn(stream, controller, keepsError)
  }

  loadOlder(): Promise<void> {
    this.#older ??= this.#loadOlder().finally(() => {
      this.#older = undefined
    })
    return this.#older
  }

  async #loadOlder(): Promise<void> {
    const { state, transcript } = this.#core
    const { threadId, hasOlder } = state.peek()
    if (threadId === null || !hasOlder) return
    const page = await this.#page(threadId, this.#cursor)
    if (state.peek().threadId !== threadId) return
    this.#cursor = page.cursor
    transcript.reset([...page.items.filter(({ id }) => !transcript.get(id)), ...transcript.items()])
    state.invalidate('soon')
    state.set({ hasOlder: page.hasOlder })
  }

  #show({ items, cursor, threadId, thread, hasOlder, error }: View): void {
    const { state, transcript } = this.#core
    transcript.reset(items)
    this.#cursor = cursor
    state.invalidate('soon')
    state.set({ threadId, thread, hasOlder, error, notices: [], progress: null, isLoading: false })
  }

  /** Follows the run if it is running, else sees to a client tool call that nobody answered. */
  #goOn(stream: EventStream | undefined, controller: AbortController, keepsError: boolean): void {
    // a status that the browser may not see counts as running: what is applied twice changes nothing
    if (stream && (stream.status ?? 'running') === 'running') {
      // what goes wrong is in the state
      this.#turns.follow(stream, controller, keepsError).catch(() => {})
      return
    }
    controller.abort()
    const last = this.#core.transcript.last()
    if (last?.type === 'client_tool_call' && last.status !== 'completed') {
      this.#turns.answerOpenCall(last).catch(() => {})
    }
  }

  /** The thread's latest run, from its first event. A failure here is none: loading says what is wrong. */
  async #latestRun(threadId: string, { signal }: AbortController): Promise<EventStream | undefined> {
    if (this.#lacksRuns) return undefined
    const { transport, state } = this.#core
    const onConnection = (connection: ConversationState['connection']) => state.set({ connection })
    try {
      const params = { thread_id: threadId, after: 0 }
      const stream = await transport.stream({ type: 'runs.resume', params }, { signal, onConnection })
      if (!stream || stream.runId) this.#turns.keepsRuns = true
      return stream
    } catch (error) {
      const isOwn = error instanceof ChatKitError && 'code' in error.details
      const isTransient = error instanceof ChatKitError && [0, 401, 403, 429, 502, 503, 504].includes(error.status)
      if (!signal.aborted && !isOwn && !isTransient) this.#lacksRuns = true
      return undefined
    }
  }

  async #load(threadId: string, signal: AbortSignal): Promise<Loaded> {
    const params = { thread_id: threadId }
    const thread = await this.#core.transport.request({ type: 'threads.get_by_id', params }, signal)
    if (!isThread(thread)) throw unexpectedBody('threads.get_by_id')
    // the page that comes with the thread holds its oldest items
    if (!thread.items?.has_more) return { thread, items: thread.items?.data ?? [], hasOlder: false, cursor: undefined }
    return { thread, ...(await this.#page(threadId, undefined, signal)) }
  }

  /** The page before `after`. Hidden items count in pages, so one may come short or empty: then it is read on. */
  async #page(threadId: string, after: string | undefined, signal?: AbortSignal): Promise<Omit<Loaded, 'thread'>> {
    const newestFirst: ThreadItem[] = []
    let cursor = after
    let hasOlder = true
    while (hasOlder && newestFirst.length < this.#pageSize / 2) {
      const params = {
        thread_id: threadId,
        order: 'desc' as const,
        limit: this.#pageSize,
        ...(cursor && { after: cursor }),
      }
      const page: unknown = await this.#core.transport.request({ type: 'items.list', params }, signal)
      if (!isPage<ThreadItem>(page)) throw unexpectedBody('items.list')
      newestFirst.push(...page.data)
      hasOlder = hasNext(page, cursor)
      cursor = page.after
    }
    return { items: newestFirst.reverse(), hasOlder, cursor }
  }
}

/** Whether there is a next page; one whose cursor does not move would be read for ever. */
function hasNext(page: Page<unknown>, cursor: string | undefined): boolean {
  return page.has_more === true && page.after !== undefined && page.after !== cursor
}

export function withoutItems({ items: _, ...thread }: Thread): Omit<Thread, 'items'> {
  return thread
}

/** The object that is on screen already, if the loaded one says the same. */
function sameOrNew(shown: ThreadItem | undefined, loaded: ThreadItem): ThreadItem {
  return shown && JSON.stringify(shown) === JSON.stringify(loaded) ? shown : loaded
}
