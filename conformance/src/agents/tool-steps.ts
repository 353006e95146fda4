/** Runs the steps of a case's tool, or those before and after a run, on the context. */
import type { AgentContext, TaskInput, WorkflowInput } from '@millrace/agents'
import type { CustomSummary } from '@millrace/protocol'
import { ThreadStreamEventSchema, WidgetRootSchema } from '@millrace/protocol/schemas'
import type { Json } from '../case.ts'
import { raised, type World } from '../world.ts'
import type { ToolStep } from './agent-case.ts'

/** Long enough for queued events to go out first. */
const SETTLE_MS = 20

/** Gives the tool's output. `args` are the parsed arguments of the call. */
export async function runSteps(
  steps: readonly ToolStep[],
  context: AgentContext,
  world: World,
  args: Json = {},
): Promise<string> {
  for (const step of steps) {
    if ('return' in step) return step.return
    await runStep(step, context, world, args)
  }
  return ''
}

async function runStep(step: ToolStep, context: AgentContext, world: World, args: Json): Promise<void> {
  if ('stream' in step) await context.stream(ThreadStreamEventSchema.parse(step.stream))
  else if ('stream_widget' in step) await streamWidget(step.stream_widget, context)
  else if ('start_workflow' in step) await context.startWorkflow(step.start_workflow as WorkflowInput)
  else if ('add_workflow_task' in step) await context.addWorkflowTask(step.add_workflow_task as TaskInput)
  else if ('update_workflow_task' in step) {
    const { task, task_index: taskIndex } = step.update_workflow_task
    await context.updateWorkflowTask(task as TaskInput, taskIndex)
  } else if ('end_workflow' in step) {
    const { summary, expanded } = step.end_workflow
    await context.endWorkflow({
      ...(summary ? { summary: summary as CustomSummary } : {}),
      ...(expanded === undefined ? {} : { expanded }),
    })
  } else if ('client_tool_call' in step) {
    const { name, arguments: given } = step.client_tool_call
    context.clientToolCall(name, given === '$args' ? args : given)
  } else if ('set_thread' in step) Object.assign(context.thread, step.set_thread)
  else if ('advance_clock' in step) world.advance(step.advance_clock)
  else if ('settle' in step) await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
  else if ('raise' in step) throw raised(step.raise)
}

async function streamWidget(
  { states, widget, copy_text: copyText }: { states?: Json[]; widget?: Json; copy_text?: string },
  context: AgentContext,
): Promise<void> {
  const shown = states ? parsedStates(states) : WidgetRootSchema.parse(widget)
  await context.streamWidget(shown, copyText === undefined ? {} : { copyText })
}

async function* parsedStates(states: readonly Json[]) {
  for (const state of states) yield WidgetRootSchema.parse(state)
}
