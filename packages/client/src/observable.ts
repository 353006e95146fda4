/** State as immutable snapshots, and who wants to hear of a new one. */

/** When listeners are told: at once (in a microtask), or when the batch of events at hand is through. */
export type When = 'soon' | 'after the batch'

/**
 * Holds the current snapshot. What is costly to bring up to date (`refresh`) is done when somebody looks, so a burst
 * of changes costs one refresh.
 */
export class Observable<State extends object> {
  protected snapshot: State
  /** Something changed that the listeners were not told of. */
  protected isNews = false
  #refresh: () => Partial<State>
  #isStale = false
  #listeners = new Set<() => void>()
  #isQueued = false

  constructor(initial: State, refresh: () => Partial<State> = () => ({})) {
    this.snapshot = initial
    this.#refresh = refresh
  }

  get(): State {
    if (this.#isStale) {
      this.#isStale = false
      this.#assign(this.#refresh())
    }
    return this.snapshot
  }

  /** Changes fields and tells the listeners. */
  set(patch: Partial<State>, when?: When): void {
    if (this.#assign(patch)) this.tell(when)
  }

  /** What `refresh` gives has changed; to be called for every event, so it costs next to nothing. */
  invalidate(when?: When): void {
    this.#isStale = true
    this.tell(when)
  }

  subscribe(listener: () => void): () => void {
    // wrapped, so that the same function subscribed twice is told twice and each can leave by itself
    const entry = () => listener()
    this.#listeners.add(entry)
    return () => this.#listeners.delete(entry)
  }

  /** Tells the listeners now what they have not been told yet. */
  flush(): void {
    if (!this.isNews) return
    this.isNews = false
    for (const listener of [...this.#listeners]) safely(listener, undefined)
  }

  protected tell(_when?: When): void {
    this.isNews = true
    if (this.#isQueued) return
    this.#isQueued = true
    queueMicrotask(() => {
      this.#isQueued = false
      this.flush()
    })
  }

  #assign(patch: Partial<State>): boolean {
    const before = this.snapshot
    for (const key in patch) {
      if (!Object.is(before[key], patch[key])) {
        this.snapshot = { ...before, ...patch }
        return true
      }
    }
    return false
  }
}

/** A listener that fails is its owner's failure, and not that of the others. */
export function safely<T>(listener: (value: T) => void, value: T): void {
  try {
    listener(value)
  } catch (error) {
    console.error('[Millrace] A listener failed.', error)
  }
}
