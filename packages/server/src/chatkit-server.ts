/** One request in; JSON, or a run to read, out. Transports (HTTP, WebSocket, tests) all come through here. */
import { ChatKitError, newId } from '@millrace/protocol'
import { parseRequest } from '@millrace/protocol/schemas'
import type { ChatKitServerOptions, ChatKitSettings } from './options.ts'
import { answerQuery } from './queries.ts'
import { type ClientCapabilities, checkedCursor, type OpenedRun, type RunHandle, Runs } from './runs.ts'
import { ownerOf } from './store/owner.ts'

export type Answer =
  | { json: unknown }
  /** To be read from seq `after`; `started`: this request started it, and did not join it. */
  | OpenedRun
  /** A thread without a run to resume. */
  | { nothing: true }

/**
 * A ChatKit server over a store and a run log. Options are functions; nobody subclasses.
 *
 * @example
 * const server = new ChatKitServer({ store: new MemoryStore(), log: new MemoryRunLog(), respond })
 * const answer = await server.process(body, { userId: 'u1' })
 */
export class ChatKitServer<Context = unknown> {
  readonly #settings: ChatKitSettings<Context>
  readonly #runs: Runs<Context>

  constructor(options: ChatKitServerOptions<Context>) {
    if (!options.store) throw new TypeError('`store` is required. Pass `new MemoryStore()` to try things out.')
    if (!options.log) throw new TypeError('`log` is required. Pass `new MemoryRunLog()` to try things out.')
    if (!options.respond) throw new TypeError('`respond` is required: the function that answers a turn.')
    this.#settings = withDefaults(options)
    this.#runs = new Runs(this.#settings)
  }

  /** Runs that this process produces right now. */
  get activeRuns(): number {
    return this.#runs.active
  }

  /** Whether it takes no new runs any more; running ones are finished, and every run can be read, resumed and stopped. */
  get isDraining(): boolean {
    return this.#runs.isDraining
  }

  /** What a probe of the whole path is made of. */
  get parts(): Pick<ChatKitSettings<Context>, 'store' | 'log' | 'contextOf' | 'observer'> {
    return this.#settings
  }

  /**
   * Answers one request of the ChatKit protocol, as JSON text, bytes or a parsed body.
   * @throws ChatKitError before anything is streamed: a bad request, an unknown id, a conflict, a store that is away
   */
  async process(
    request: string | Uint8Array | object,
    context: Context,
    client: ClientCapabilities = {},
  ): Promise<Answer> {
    const parsed = parseRequest(request)
    switch (parsed.type) {
      case 'runs.resume': {
        const run = await this.#runs.find(parsed.params, context)
        return run
          ? { run, after: checkedCursor(parsed.params.after ?? 0, run.info), started: false }
          : { nothing: true }
      }
      case 'runs.stop': {
        const run = await this.#runs.find(parsed.params, context)
        if (!run) throw new ChatKitError('not_found', 'Nothing runs in this thread.')
        const end = await run.stop()
        return { json: { run_id: run.info.runId, status: end.outcome } }
      }
      case 'threads.create':
      case 'threads.add_user_message':
      case 'threads.add_client_tool_output':
      case 'threads.add_structured_input':
      case 'threads.retry_after_item':
      case 'threads.custom_action':
        return this.#runs.start(parsed, context, client)
      default: {
        const { store } = this.#settings
        const endRuns = (threadId: string) => this.#runs.endRuns(threadId, context)
        return { json: await answerQuery(parsed, { store, settings: this.#settings, context, endRuns }) }
      }
    }
  }

  /** A run of this user by its message id. @throws ChatKitError `not_found`, `expired` */
  async runOf(messageId: string, context: Context): Promise<RunHandle> {
    const info = await this.#runs.own({ messageId, owner: this.#settings.owner(context) }, context)
    return this.#runs.handle(info)
  }

  /**
   * Ends runs that a dead process left. Call it before serving; a log of several nodes is looked through regularly besides.
   * Resolves with how many there were, once they have ended.
   */
  adopt(): Promise<number> {
    return this.#runs.adopt()
  }

  /** Throws what is wrong with the store or the run log. */
  async check(): Promise<void> {
    await Promise.all([this.#settings.store.check(), this.#settings.log.check()])
  }

  /** Takes no new runs, lets running ones finish for `graceMs` milliseconds, ends the rest as `interrupted`. */
  close(graceMs: number): Promise<void> {
    return this.#runs.close(graceMs)
  }
}

function withDefaults<Context>(options: ChatKitServerOptions<Context>): ChatKitSettings<Context> {
  return {
    streamOptions: () => ({ allow_cancel: true }),
    owner: ownerOf,
    contextOf: (userId) => ({ userId }) as Context,
    generateId: newId,
    now: () => new Date(),
    unfinishedOnError: 'keep',
    observer: {},
    maxRuns: 1000,
    maxReaders: 100,
    storePatienceMs: 10_000,
    ...options,
    timeouts: { firstTokenMs: 60_000, betweenTokensMs: 60_000, totalMs: 120_000, ...options.timeouts },
  }
}
