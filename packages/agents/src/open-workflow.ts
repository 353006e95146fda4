/**
 * The one workflow that is open in a run: made by a tool or by the model's reasoning, ended by the next thing that is
 * shown. Every event shows the workflow as it was then, and a task is known by its place: equal tasks are not mixed up.
 */
import {
  ChatKitError,
  type CustomSummary,
  type DurationSummary,
  type Task,
  type ThreadItemDoneEvent,
  type ThreadStreamEvent,
  type Workflow,
  type WorkflowItem,
} from '@millrace/protocol'

/** Characters of a task from which on its updates, which repeat the whole of it, are held back. */
const LONG_TASK = 1000
/** At most ten updates a second of a long task. */
const LONG_TASK_INTERVAL_MS = 100

export interface WorkflowHome {
  threadId: string
  generateId(kind: 'workflow'): string
  now(): Date
  emit(event: ThreadStreamEvent): void
}

export class OpenWorkflow {
  readonly #home: WorkflowHome
  #item: WorkflowItem | undefined
  /** Of long tasks, by index: when an update was sent last, and the timer of one that is held back. */
  readonly #longTasks = new Map<number, { sentAt: number; timer?: ReturnType<typeof setTimeout> }>()

  constructor(home: WorkflowHome) {
    this.#home = home
  }

  get id(): string | undefined {
    return this.#item?.id
  }

  get type(): Workflow['type'] | undefined {
    return this.#item?.workflow.type
  }

  get taskCount(): number {
    return this.#item?.workflow.tasks.length ?? 0
  }

  /** The item as it is now, as a copy. */
  get item(): WorkflowItem | undefined {
    return this.#item && snapshot(this.#item)
  }

  /** Goes on with a workflow that somebody else announced. */
  adopt(item: WorkflowItem): void {
    this.#forgetLongTasks()
    this.#item = snapshot(item)
  }

  /** Makes `workflow` the open one. A custom one without tasks is announced with its first task. */
  open(workflow: Workflow): string {
    const item: WorkflowItem = {
      id: this.#home.generateId('workflow'),
      thread_id: this.#home.threadId,
      created_at: this.#home.now().toISOString(),
      type: 'workflow',
      workflow,
    }
    this.adopt(item)
    if (workflow.type === 'reasoning' || workflow.tasks.length > 0) this.#announce(item)
    return item.id
  }

  /** Adds a task, in a new custom workflow where none is open; gives its index. */
  add(task: Task): number {
    if (!this.#item) this.open({ type: 'custom', tasks: [], expanded: false })
    const item = this.#demand()
    const taskIndex = item.workflow.tasks.push(task) - 1
    if (item.workflow.type === 'custom' && taskIndex === 0) this.#announce(item)
    else this.#send({ type: 'workflow.task.added', task_index: taskIndex, task })
    return taskIndex
  }

  /** Replaces a task. Updates of a long one are sent at most ten times a second, the last one always. */
  update(task: Task, taskIndex: number): void {
    const { tasks } = this.#demand().workflow
    if (taskIndex < 0 || taskIndex >= tasks.length) {
      throw new ChatKitError('server_error', `There is no task ${taskIndex}: the workflow has ${tasks.length}.`)
    }
    tasks[taskIndex] = task
    if (lengthOf(task) <= LONG_TASK) this.#sendTask(taskIndex)
    else this.#sendLongTask(taskIndex)
  }

  /** As `update`, and sent at once: the task is complete. */
  finish(task: Task, taskIndex: number): void {
    this.update(task, taskIndex)
    this.flush()
  }

  /** Sends the updates that are held back. */
  flush(): void {
    for (const [taskIndex, { timer }] of this.#longTasks) if (timer !== undefined) this.#sendTask(taskIndex)
  }

  /** Ends the open workflow: its summary is the given one, else its own, else the whole seconds it took. */
  end(options: { summary?: CustomSummary | DurationSummary; expanded?: boolean } = {}): void {
    const event = this.#finished(options)
    if (event) this.#home.emit(event)
  }

  #finished(options: {
    summary?: CustomSummary | DurationSummary
    expanded?: boolean
  }): ThreadItemDoneEvent | undefined {
    const item = this.#item
    if (!item) return undefined
    this.flush()
    this.#forgetLongTasks()
    this.#item = undefined
    const summary = options.summary ?? item.workflow.summary ?? { duration: this.#secondsSince(item.created_at) }
    const workflow = { ...item.workflow, summary, expanded: options.expanded ?? false }
    return { type: 'thread.item.done', item: { ...item, workflow } }
  }

  #secondsSince(createdAt: string): number {
    // A time without a zone is UTC, as everywhere in the protocol.
    const zoned = /(?:Z|[+-]\d\d:?\d\d)$/.test(createdAt) ? createdAt : `${createdAt}Z`
    return Math.trunc((this.#home.now().getTime() - Date.parse(zoned)) / 1000)
  }

  #announce(item: WorkflowItem): void {
    this.#home.emit({ type: 'thread.item.added', item: snapshot(item) })
  }

  #sendTask(taskIndex: number): void {
    const long = this.#longTasks.get(taskIndex)
    if (long) {
      clearTimeout(long.timer)
      this.#longTasks.set(taskIndex, { sentAt: performance.now() })
    }
    const task = this.#item?.workflow.tasks[taskIndex]
    if (task) this.#send({ type: 'workflow.task.updated', task_index: taskIndex, task })
  }

  #sendLongTask(taskIndex: number): void {
    const long = this.#longTasks.get(taskIndex) ?? { sentAt: Number.NEGATIVE_INFINITY }
    this.#longTasks.set(taskIndex, long)
    if (long.timer !== undefined) return
    const waitMs = long.sentAt + LONG_TASK_INTERVAL_MS - performance.now()
    if (waitMs <= 0) this.#sendTask(taskIndex)
    else long.timer = setTimeout(() => this.#sendTask(taskIndex), waitMs)
  }

  #forgetLongTasks(): void {
    for (const { timer } of this.#longTasks.values()) clearTimeout(timer)
    this.#longTasks.clear()
  }

  #send(update: { type: 'workflow.task.added' | 'workflow.task.updated'; task_index: number; task: Task }): void {
    this.#home.emit({ type: 'thread.item.updated', item_id: this.#demand().id, update })
  }

  #demand(): WorkflowItem {
    if (!this.#item) throw new ChatKitError('server_error', 'No workflow is open. Call `startWorkflow` first.')
    return this.#item
  }
}

/** Tasks are replaced, never changed, so only the list of them has to be copied. */
function snapshot(item: WorkflowItem): WorkflowItem {
  return { ...item, workflow: { ...item.workflow, tasks: [...item.workflow.tasks] } }
}

/** Characters of what a task says; a search's sources are few and short. */
function lengthOf(task: Task): number {
  return ('content' in task ? (task.content?.length ?? 0) : 0) + (task.title?.length ?? 0)
}
