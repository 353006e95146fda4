/** State as immutable snapshots, and who wants to hear of a new one. */

/**
 * Holds the current snapshot. What is costly to bring up to date (`refresh`) is done when somebody looks, so a burst
 * of changes costs one refresh.
 */
export class Observable<State extends object> {
  #snapshot: State
  #refresh: () => Partial<State>
  #isStale = false
  #listeners = new Set<() => void>()
  /** Something changed that the listeners were not told of. */
  #isNews = false
  #timer: ReturnType<typeof setTimeout> | undefined
  #isQueued = false

  constructor(initial: State, refresh: () => Partial<State> = () => ({})) {
    this.#snapshot = initial
    this.#refresh = refresh
  }

  get(): State {
    if (this.#isStale) {
      this.#isStale = false
      this.#assign(this.#refresh())
    }
    return this.#snapshot
  }

  /** The fields that were set, without a refresh. */
  peek(): State {
    return this.#snapshot
  }

  /** Changes fields and tells the listeners, at once (in a microtask) or when the batch of events at hand is through. */
  set(patch: Partial<State>, when: 'soon' | 'after the batch' = 'soon'): void {
    if (!this.#assign(patch)) return
    this.#tell(when)
  }

  /** What `refresh` gives has changed; to be called for every event, so it costs next to nothing. */
  invalidate(when: 'soon' | 'after the batch'): void {
    this.#isStale = true
    this.#tell(when)
  }

  subscribe(listener: () => void): () => void {
    // wrapped, so that the same function subscribed twice is told twice and each can leave by itself
    const entry = () => listener()
    this.#listeners.add(entry)
    return () => this.#listeners.delete(entry)
  }

  /** Tells the listeners now what they have not been told yet. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (!this.#isNews) return
    this.#isNews = false
    for (const listener of [...this.#listeners]) listener()
  }

  #assign(patch: Partial<State>): boolean {
    const before = this.#snapshot
    for (const key in patch) {
      if (!Object.is(before[key], patch[key])) {
        this.#snapshot = { ...before, ...patch }
        return true
      }
    }
    return false
  }

  #tell(when: 'soon' | 'after the batch'): void {
    this.#isNews = true
    if (when === 'soon') {
      if (this.#isQueued) return
      this.#isQueued = true
      queueMicrotask(() => {
        this.#isQueued = false
        this.flush()
      })
    } else {
      // Events of one network chunk are handed on in a chain of microtasks: a timer runs when all of them are through.
      this.#timer ??= setTimeout(() => this.flush())
    }
  }
}
