/** What an agent's tools are given of the turn they run in: the thread, the store, and ways to show things to the user. */
import type {
  ClientEffectEvent,
  CustomSummary,
  DurationSummary,
  IconName,
  ProgressUpdateEvent,
  ThreadMetadata,
  ThreadStreamEvent,
  WidgetRoot,
  WorkflowItem,
} from '@millrace/protocol'
import { TaskSchema, WorkflowSchema } from '@millrace/protocol/schemas'
import type { Store, Turn } from '@millrace/server'
import { type StreamWidgetOptions, streamWidget } from '@millrace/server/widgets'
import type * as z from 'zod'
import { Outlet } from './outlet.ts'

/** A task as an app writes it: what has a default may be left out. */
export type TaskInput = z.input<typeof TaskSchema>
export type WorkflowInput = z.input<typeof WorkflowSchema>

type IdKind = Parameters<Turn['generateId']>[0]

/** The context's outlet, for the modules that read it; apps have no use for it. */
export let outletOf: <Context>(context: AgentContext<Context>) => Outlet

/**
 * The context of one run: pass it as `context` to the Agents SDK, and tools find it as `runContext.context`.
 * Everything that sends returns a promise which resolves when there is room for more; who awaits it is slowed by a slow
 * reader instead of filling the memory.
 */
export class AgentContext<Context = unknown> {
  readonly #turn: Turn<Context>
  readonly #outlet: Outlet

  static {
    outletOf = (context) => context.#outlet
  }

  constructor(turn: Turn<Context>) {
    this.#turn = turn
    this.#outlet = new Outlet({
      threadId: turn.thread.id,
      generateId: (kind) => turn.generateId(kind),
      now: () => turn.now(),
    })
  }

  /** Assign its fields: that is how the thread changes. */
  get thread(): ThreadMetadata {
    return this.#turn.thread
  }

  get store(): Store<Context> {
    return this.#turn.store
  }

  /** What the app's `authenticate` made of the request. */
  get requestContext(): Context {
    return this.#turn.context
  }

  /** Aborted when the run is stopped. */
  get signal(): AbortSignal {
    return this.#turn.signal
  }

  /** The open workflow as it is now; a copy. */
  get workflow(): WorkflowItem | undefined {
    return this.#outlet.workflow.item
  }

  generateId(kind: IdKind): string {
    return this.#turn.generateId(kind)
  }

  now(): Date {
    return this.#turn.now()
  }

  /** Sends any event. An item that is added or done ends the open workflow, a client tool call and a hidden note aside. */
  stream(event: ThreadStreamEvent): Promise<void> {
    return this.#outlet.stream(event)
  }

  /**
   * Shows a widget, or one that changes: each state that `widget` yields is sent as what differs from the one before.
   * A state is never changed after it was yielded. Gives the item's id. Throws if `widget` yields no state.
   */
  async streamWidget(
    widget: WidgetRoot | AsyncIterable<WidgetRoot>,
    options: StreamWidgetOptions = {},
  ): Promise<string> {
    let itemId = ''
    for await (const event of streamWidget(this.#turn, widget, options)) {
      itemId = event.type === 'thread.item.updated' ? event.item_id : event.item.id
      await this.stream(event)
    }
    return itemId
  }

  /** A line that says what is going on; the next one, or the answer, replaces it. `icon` is a ChatKit icon name. */
  progress(text: string, icon?: IconName): Promise<void> {
    const event: ProgressUpdateEvent = { type: 'progress_update', text, ...(icon === undefined ? {} : { icon }) }
    return this.stream(event)
  }

  /** Has the page do something; nobody waits for it. */
  clientEffect(name: string, data: Record<string, unknown> = {}): Promise<void> {
    const event: ClientEffectEvent = { type: 'client_effect', name, data }
    return this.stream(event)
  }

  /**
   * Has the browser call `name` once this run is over; its result begins the next run. Let the agent stop at the tool
   * that calls this (`toolUseBehavior: { stopAtToolNames: [...] }`). Of several calls in a run the last one counts.
   */
  clientToolCall(name: string, args: Record<string, unknown> = {}): void {
    this.#outlet.clientToolCall = { name, arguments: args }
  }

  /** Opens a workflow, and ends the one that is open. A custom one without tasks shows with its first task. */
  startWorkflow(workflow: WorkflowInput): Promise<void> {
    this.#outlet.workflow.end()
    this.#outlet.workflow.open(WorkflowSchema.parse(workflow))
    return this.#outlet.queue.room()
  }

  /** Adds a task to the open workflow, or to a new custom one; gives the task's index. */
  async addWorkflowTask(task: TaskInput): Promise<number> {
    const taskIndex = this.#outlet.workflow.add(TaskSchema.parse(task))
    await this.#outlet.queue.room()
    return taskIndex
  }

  /** Replaces a task of the open workflow. Throws if there is no such task. */
  updateWorkflowTask(task: TaskInput, taskIndex: number): Promise<void> {
    this.#outlet.workflow.update(TaskSchema.parse(task), taskIndex)
    return this.#outlet.queue.room()
  }

  /** Ends the open workflow, if one is open. Without a summary it says how long it took; it is folded unless `expanded`. */
  endWorkflow(options: { summary?: CustomSummary | DurationSummary; expanded?: boolean } = {}): Promise<void> {
    this.#outlet.workflow.end(options)
    return this.#outlet.queue.room()
  }
}
