/**
 * What one context sends: the queue that the run's stream reads, the open workflow, and what the run has shown. Tools come
 * in by `stream`, the mapper of the model's events by `emit`.
 */
import type { ThreadItem, ThreadItemAddedEvent, ThreadItemDoneEvent, ThreadStreamEvent } from '@millrace/protocol'
import { EventQueue } from './event-queue.ts'
import { OpenWorkflow, type WorkflowHome } from './open-workflow.ts'

/** A call that the agent wants to be made in the user's browser. */
export interface PendingClientToolCall {
  name: string
  arguments: Record<string, unknown>
}

/** Work that the end of the run waits for, but not for ever. */
interface Ending {
  work: Promise<void>
  maxMs: number
}

export class Outlet {
  readonly queue: EventQueue<ThreadStreamEvent> = new EventQueue()
  readonly workflow: OpenWorkflow
  /** Ids of all that was made in this run, in order: what a guardrail takes back. */
  readonly produced = new Set<string>()
  clientToolCall: PendingClientToolCall | undefined
  /** Whether the run has ended, however: nobody looks at the thread or at events any more. */
  isOver = false
  readonly #endings: Ending[] = []

  constructor(home: Omit<WorkflowHome, 'emit'>) {
    this.workflow = new OpenWorkflow({ ...home, emit: (event) => this.#emitWorkflow(event) })
  }

  /** Sends an event as it is. */
  emit(event: ThreadStreamEvent): void {
    this.queue.push(event)
  }

  /** Sends an event of a tool: what is shown ends the open workflow, a workflow that is added becomes the open one. */
  stream(event: ThreadStreamEvent): Promise<void> {
    if (isShown(event)) {
      const { item } = event
      if (item.id !== this.workflow.id && endsWorkflow(item)) this.workflow.end()
      if (event.type === 'thread.item.added' && item.type === 'workflow') this.workflow.adopt(item)
      this.produced.add(item.id)
    }
    this.workflow.flush()
    this.emit(event)
    return this.queue.room()
  }

  /** Has the end of the run wait for `work`, `maxMs` at most. Its failure is its own affair. */
  waitAtEnd(work: Promise<void>, maxMs: number): void {
    this.#endings.push({ work: work.catch(() => {}), maxMs })
  }

  async settle(): Promise<void> {
    await Promise.all(this.#endings.splice(0).map(({ work, maxMs }) => within(work, maxMs)))
  }

  #emitWorkflow(event: ThreadStreamEvent): void {
    if (isShown(event)) this.produced.add(event.item.id)
    this.emit(event)
  }
}

function isShown(event: ThreadStreamEvent): event is ThreadItemAddedEvent | ThreadItemDoneEvent {
  return event.type === 'thread.item.added' || event.type === 'thread.item.done'
}

/** As in the reference: a hidden note and a call in the browser stand beside a workflow, all else comes after it. */
function endsWorkflow(item: ThreadItem): boolean {
  return item.type !== 'client_tool_call' && item.type !== 'hidden_context_item'
}

function within(work: Promise<void>, maxMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, maxMs)
    void work.then(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}
