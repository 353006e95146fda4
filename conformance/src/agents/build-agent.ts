/** An agent of the Agents SDK as a case describes it. */
import type { AgentContext } from '@millrace/agents'
import {
  Agent,
  codeInterpreterTool,
  fileSearchTool,
  handoff,
  type InputGuardrail,
  imageGenerationTool,
  type OutputGuardrail,
  type RunContext,
  type Tool,
  tool,
  webSearchTool,
} from '@openai/agents'
import { isRecord } from '../compare.ts'
import type { World } from '../world.ts'
import type { AgentSetup, FunctionToolCase, GuardrailCase, ToolCase } from './agent-case.ts'
import type { ModelService } from './model-service.ts'
import { runSteps } from './tool-steps.ts'

export type CaseAgent = Agent<AgentContext, 'text'>

export interface Surroundings {
  world: World
  service: ModelService
}

export function buildAgent(setup: AgentSetup, surroundings: Surroundings): CaseAgent {
  return new Agent<AgentContext, 'text'>({
    name: setup.name,
    instructions: setup.instructions,
    model: setup.model ?? 'gpt-test',
    tools: (setup.tools ?? []).map((entry) => buildTool(entry, surroundings)),
    handoffs: (setup.handoffs ?? []).map((entry) =>
      handoff(buildAgent(entry, surroundings), { toolNameOverride: `transfer_to_${entry.name.toLowerCase()}` }),
    ),
    inputGuardrails: (setup.input_guardrails ?? []).map((entry) => inputGuardrail(entry, surroundings)),
    outputGuardrails: (setup.output_guardrails ?? []).map(outputGuardrail),
    ...(setup.stop_at_tools ? { toolUseBehavior: { stopAtToolNames: setup.stop_at_tools } } : {}),
  })
}

function buildTool(entry: ToolCase, surroundings: Surroundings): Tool<AgentContext> {
  switch (entry.kind) {
    case 'function':
      return functionTool(entry, surroundings)
    case 'web_search':
      return webSearchTool()
    case 'file_search':
      return fileSearchTool(['vs_1'])
    case 'code_interpreter':
      return codeInterpreterTool()
    case 'image_generation':
      return imageGenerationTool(entry.partial_images === undefined ? {} : { partialImages: entry.partial_images })
    default:
      return entry satisfies never
  }
}

function functionTool(entry: FunctionToolCase, { world }: Surroundings): Tool<AgentContext> {
  const properties = isRecord(entry.parameters?.properties) ? entry.parameters.properties : {}
  return tool({
    name: entry.name,
    description: entry.description,
    strict: true,
    parameters: {
      type: 'object',
      properties: Object.fromEntries(
        Object.keys(properties).map((name) => [name, properties[name] as { type: 'string' }]),
      ),
      required: Object.keys(properties),
      additionalProperties: false,
    },
    ...(entry.on_error === 'to_model' ? {} : { errorFunction: null }),
    execute: (args: unknown, run?: RunContext<AgentContext>) => {
      if (!run) throw new Error('The tool was called without a context.')
      return runSteps(entry.do, run.context, world, isRecord(args) ? args : {})
    },
  })
}

function inputGuardrail(entry: GuardrailCase, { service }: Surroundings): InputGuardrail {
  return {
    name: entry.name,
    runInParallel: entry.run_in_parallel ?? true,
    execute: async ({ input }) => {
      if (entry.wait_for_pause) await service.paused
      service.goOn()
      return { outputInfo: {}, tripwireTriggered: JSON.stringify(input).includes(entry.trip_if_contains) }
    },
  }
}

function outputGuardrail(entry: GuardrailCase): OutputGuardrail {
  return {
    name: entry.name,
    execute: async ({ agentOutput }) => ({
      outputInfo: {},
      tripwireTriggered: agentOutput.includes(entry.trip_if_contains),
    }),
  }
}
