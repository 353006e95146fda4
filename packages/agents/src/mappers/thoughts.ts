/**
 * Summaries of the model's reasoning as thoughts of a workflow. The first thought of a reasoning workflow grows as it
 * comes, so that something is to be seen early; later ones, and those in a tool's workflow, are added when they are whole.
 */

import type { ThoughtTask } from '@millrace/protocol'
import type {
  ResponseReasoningSummaryTextDeltaEvent,
  ResponseReasoningSummaryTextDoneEvent,
} from 'openai/resources/responses/responses'
import type { OpenWorkflow } from '../open-workflow.ts'

interface GrowingThought {
  workflowId: string | undefined
  itemId: string
  summaryIndex: number
  taskIndex: number
  content: string
}

export class Thoughts {
  readonly #workflow: OpenWorkflow
  #growing: GrowingThought | undefined

  constructor(workflow: OpenWorkflow) {
    this.#workflow = workflow
  }

  begin(): void {
    if (this.#workflow.id === undefined) this.#workflow.open({ type: 'reasoning', tasks: [], expanded: false })
  }

  text(event: ResponseReasoningSummaryTextDeltaEvent): void {
    const growing = this.#growing
    if (growing && this.#isOf(growing, event)) {
      growing.content += event.delta
      this.#workflow.update(thought(growing.content), growing.taskIndex)
    } else if (this.#workflow.type === 'reasoning' && this.#workflow.taskCount === 0) {
      this.#growing = {
        workflowId: this.#workflow.id,
        itemId: event.item_id,
        summaryIndex: event.summary_index,
        taskIndex: this.#workflow.add(thought(event.delta)),
        content: event.delta,
      }
    }
  }

  done(event: ResponseReasoningSummaryTextDoneEvent): void {
    if (this.#workflow.id === undefined) return
    const growing = this.#growing
    if (growing && this.#isOf(growing, event)) {
      this.#growing = undefined
      this.#workflow.finish(thought(event.text), growing.taskIndex)
    } else {
      this.#workflow.add(thought(event.text))
    }
  }

  #isOf(growing: GrowingThought, event: { item_id: string; summary_index: number }): boolean {
    return (
      growing.workflowId === this.#workflow.id &&
      growing.itemId === event.item_id &&
      growing.summaryIndex === event.summary_index
    )
  }
}

function thought(content: string): ThoughtTask {
  return { type: 'thought', status_indicator: 'none', content }
}
