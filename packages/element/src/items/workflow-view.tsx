import type { Workflow, WorkflowItem } from '@millrace/protocol'
import { useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import { useChat } from '../chat-context.ts'
import { Icon } from '../icons/icon.tsx'
import type { Messages } from '../locales/messages.ts'
import { TaskView, taskTitle } from './task-views.tsx'

/** Work or thought on the way to an answer: a live title and its tasks, then one line of summary that opens again (P23–P26). */
export function WorkflowView({ item, isLive }: { item: WorkflowItem; isLive: boolean }) {
  const texts = useChat().messages.value
  const { workflow } = item
  const ownChoice = useSignal<boolean | null>(null)
  const bodyId = useId()
  const isRunning = isLive && !workflow.summary
  const isOpen = ownChoice.value ?? (isRunning || workflow.expanded === true)
  // While it runs, the tasks keep to a low window which shows the newest: they must not push the reader away.
  const isWindow = isRunning && ownChoice.value === null && workflow.expanded !== true
  if (workflow.tasks.length === 0 && workflow.type === 'custom' && !workflow.summary) return null
  const icon = workflow.summary && 'icon' in workflow.summary ? workflow.summary.icon : undefined
  const title = isRunning ? liveTitle(workflow, texts) : summaryTitle(workflow, texts)
  return (
    <div class="workflow" part="workflow">
      <button
        type="button"
        class="workflow-title"
        aria-expanded={isOpen}
        aria-controls={bodyId}
        onClick={() => {
          ownChoice.value = !isOpen
        }}
      >
        {icon && <Icon name={icon} size={16} />}
        <span class={isRunning ? 'shimmer' : undefined} dir="auto">
          {title}
        </span>
        <Icon name="chevron-right" size={16} className="disclosure" />
      </button>
      <div id={bodyId} class={isWindow ? 'workflow-body window' : 'workflow-body'} hidden={!isOpen}>
        {/* The inner box is anchored to the bottom of the window by the stylesheet. */}
        <ol class="tasks">
          {workflow.tasks.map((task, index) => (
            <li key={index}>
              <TaskView task={task} isLive={isRunning && index === workflow.tasks.length - 1} inWorkflow />
            </li>
          ))}
        </ol>
      </div>
    </div>
  )
}

function liveTitle(workflow: Workflow, texts: Messages): string {
  const running = workflow.tasks.findLast((task) => task.status_indicator === 'loading') ?? workflow.tasks.at(-1)
  return (running && taskTitle(running, texts)) || texts.thinking
}

function summaryTitle(workflow: Workflow, texts: Messages): string {
  const { summary } = workflow
  if (summary && 'title' in summary) return summary.title
  if (summary && 'duration' in summary) return texts.thoughtFor(summary.duration)
  return workflow.type === 'reasoning' ? texts.thought : texts.workDone
}
