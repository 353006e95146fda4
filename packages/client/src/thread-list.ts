/** The history: list, rename, delete. What the user does shows at once and is taken back if the server refuses. */
import type { Thread, ThreadMetadata } from '@millrace/protocol'
import type { Core } from './core.ts'
import { isPage, isThread, unexpectedBody } from './guards.ts'
import { type ThreadLoading, withoutItems } from './thread-loading.ts'

const THREADS_PER_PAGE = 30

export class ThreadList {
  #core: Core
  #loading: ThreadLoading
  #cursor: string | undefined
  #latest: object | undefined

  constructor(core: Core, loading: ThreadLoading) {
    this.#core = core
    this.#loading = loading
  }

  /** Loads the newest threads, or with `more` those after the ones that are there. The newest call wins. */
  async load(more: boolean): Promise<void> {
    const { state, transport } = this.#core
    const call = {}
    this.#latest = call
    state.set({ isLoadingThreads: true })
    try {
      const after = more && this.#cursor ? { after: this.#cursor } : {}
      const params = { limit: THREADS_PER_PAGE, order: 'desc' as const, ...after }
      const page = await transport.request({ type: 'threads.list', params })
      if (!isPage<Thread>(page)) throw unexpectedBody('threads.list')
      if (this.#latest !== call) return
      const listed = more ? state.peek().threads : []
      const further = page.data.map(withoutItems).filter(({ id }) => !listed.some((thread) => thread.id === id))
      this.#cursor = page.after
      state.set({
        threads: [...listed, ...further],
        hasMoreThreads: page.has_more === true && page.after !== undefined,
      })
    } finally {
      if (this.#latest === call) state.set({ isLoadingThreads: false })
    }
  }

  async rename(threadId: string, title: string): Promise<void> {
    const { state, transport } = this.#core
    const { threads, thread } = state.peek()
    const former = threads.find(({ id }) => id === threadId) ?? thread
    this.#change(threadId, (shown) => ({ ...shown, title }))
    try {
      const answer = await transport.request({ type: 'threads.update', params: { thread_id: threadId, title } })
      if (isThread(answer)) this.#change(threadId, () => withoutItems(answer))
    } catch (error) {
      this.#change(threadId, ({ title: _, ...shown }) => ({ ...shown, ...(former?.title && { title: former.title }) }))
      throw error
    }
  }

  async delete(threadId: string): Promise<void> {
    const { state, transport } = this.#core
    const { threads } = state.peek()
    const place = threads.findIndex(({ id }) => id === threadId)
    const deleted = threads[place]
    const view = state.peek().threadId === threadId ? this.#loading.view() : undefined
    state.set({ threads: threads.filter(({ id }) => id !== threadId) })
    if (view) this.#loading.clear()
    try {
      await transport.request({ type: 'threads.delete', params: { thread_id: threadId } })
    } catch (error) {
      if (deleted) state.set({ threads: state.peek().threads.toSpliced(place, 0, deleted) })
      const isUntouched = state.peek().threadId === null && !this.#core.transcript.last()
      if (view && isUntouched) {
        this.#loading.restore(view)
        // its answer may have been running
        this.#loading.sync().catch(() => {})
      }
      throw error
    }
  }

  #change(threadId: string, change: (thread: ThreadMetadata) => ThreadMetadata): void {
    const { state } = this.#core
    const { threads, thread } = state.peek()
    state.set({ threads: threads.map((shown) => (shown.id === threadId ? change(shown) : shown)) })
    if (thread?.id === threadId) state.set({ thread: change(thread) })
  }
}
