/** State that changes with every event of a stream: its listeners are told once for a batch of them. */
import { Observable, type When } from './observable.ts'

export class BatchedObservable<State extends object> extends Observable<State> {
  #timer: ReturnType<typeof setTimeout> | undefined

  /** The fields that were set, without a refresh. */
  peek(): State {
    return this.snapshot
  }

  override flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    super.flush()
  }

  protected override tell(when: When = 'soon'): void {
    if (when === 'soon') return super.tell()
    this.isNews = true
    // Events of one network chunk are handed on in a chain of microtasks: a timer runs when all of them are through.
    this.#timer ??= setTimeout(() => this.flush())
  }
}
