/** The shape of a case of `agents/`: a thread, an agent, the tapes of its model, and what came of it. */
import type { Json, Raise, RequestCase, Setup, StoreState, Write } from '../case.ts'
import type { ConverterSwitches } from '../converter/switches.ts'

export type ToolStep =
  | { stream: Json }
  | { stream_widget: { states?: Json[]; widget?: Json; copy_text?: string } }
  | { start_workflow: Json }
  | { add_workflow_task: Json }
  | { update_workflow_task: { task: Json; task_index: number } }
  | { end_workflow: { summary?: Json; expanded?: boolean } }
  | { client_tool_call: { name: string; arguments: Json | '$args' } }
  | { set_thread: Json }
  | { advance_clock: number }
  | { settle: true }
  | { raise: Raise }
  | { return: string }

export interface FunctionToolCase {
  kind: 'function'
  name: string
  description: string
  parameters?: Json
  do: ToolStep[]
  on_error?: 'to_model'
}

export type ToolCase =
  | FunctionToolCase
  | { kind: 'web_search' | 'file_search' | 'code_interpreter' }
  | { kind: 'image_generation'; partial_images?: number }

export interface GuardrailCase {
  name: string
  trip_if_contains: string
  run_in_parallel?: boolean
  wait_for_pause?: boolean
}

export interface AgentSetup {
  name: string
  instructions: string
  model?: string
  tools?: ToolCase[]
  stop_at_tools?: string[]
  handoffs?: AgentSetup[]
  input_guardrails?: GuardrailCase[]
  output_guardrails?: GuardrailCase[]
}

/** One answer of the model's service. */
export type Tape =
  | { events: Json[]; then?: 'cut' | 'hang' | 'end'; pause_after?: number }
  | { json: Json }
  | { http_status: number; body: unknown }

export interface ModelRequestCase extends Json {
  during_request: number
  input: unknown
}

export interface AgentCase {
  name: string
  about: string
  quirk?: string
  setup: Setup
  agent: AgentSetup
  title_agent?: AgentSetup
  model: Tape[]
  converter?: ConverterSwitches
  stream_converter?: { partial_images?: number; image_url_prefix?: string }
  history_limit?: number
  before_run?: ToolStep[]
  after_run?: ToolStep[]
  save_response_id?: boolean
  previous_response_id_from_metadata?: boolean
  accumulate_text?: Json
  requests: RequestCase[]
  agent_inputs: unknown[][]
  model_requests: ModelRequestCase[]
  tapes_left?: number
  writes: Write[]
  store_after: StoreState
}
