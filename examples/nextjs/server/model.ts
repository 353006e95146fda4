/** Chooses the model by the environment: OpenAI, a service that speaks as OpenAI does, or the demo, which needs neither. */
import { demoModel } from '@millrace/agents/demo'
import {
  getDefaultModel,
  type Model,
  OpenAIChatCompletionsModel,
  OpenAIResponsesModel,
  setTracingDisabled,
} from '@openai/agents'
import OpenAI from 'openai'
import type { Environment } from '../settings/setting-error.ts'

/** `AGENT_MODEL` names the model; without it OpenAI's default is taken, at another service the first that it lists. */
export async function chooseModel(environment: Environment): Promise<Model> {
  const { OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: baseURL, AGENT_MODEL: name } = environment
  // Traces of runs would go to OpenAI with every key of theirs.
  setTracingDisabled(true)
  if (name === 'demo' || (!apiKey && !baseURL)) return demoModel()
  if (!baseURL) return new OpenAIResponsesModel(new OpenAI({ apiKey }), name || getDefaultModel())
  // A service on one's own machine wants no key, and the client insists on one.
  const client = new OpenAI({ baseURL, apiKey: apiKey || 'none' })
  return new OpenAIChatCompletionsModel(client, name || (await firstModel(client)))
}

async function firstModel(client: OpenAI): Promise<string> {
  for await (const { id } of client.models.list()) return id
  throw new Error(`${client.baseURL} lists no model. Set AGENT_MODEL to the name of one.`)
}
