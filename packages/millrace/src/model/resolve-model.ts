/** Chooses the model by the settings: the demo, a GGUF file, OpenAI, or a service that speaks as OpenAI does. */
import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { DEMO_MODEL_NAME, demoModel } from '@millrace/agents/demo'
import { loadGgufModel } from '@millrace/agents/gguf'
import { ChatKitError } from '@millrace/protocol'
import {
  getDefaultModel,
  getDefaultModelSettings,
  type Model,
  type ModelSettings,
  OpenAIResponsesModel,
  setTracingDisabled,
  setTracingExportApiKey,
} from '@openai/agents'
import OpenAI from 'openai'
import type { Log } from '../log.ts'
import { MODELS_FOLDER } from '../pull/pull-model.ts'
import type { Service } from './find-service.ts'
import { REQUEST_TIMEOUT_MS, ServiceModel } from './service-model.ts'

/** The settings that choose, named as in the configuration. */
export interface ModelChoice {
  openaiApiKey?: string | undefined
  openaiBaseUrl?: string | undefined
  agentModel?: string | undefined
}

export interface ResolveModelOptions {
  log?: Pick<Log, 'info' | 'warn'>
  /** How long the start waits for a service to say what it is; one that does not is asked again before its first answer. Default 3000. */
  probeTimeoutMs?: number
  /** Sends traces of the agent's runs to OpenAI, where OpenAI is the service. Default false: nothing is sent anywhere. */
  openaiTracing?: boolean
  /** Pause before each token of the demo model, in milliseconds. Default 25. */
  demoTokenDelayMs?: number
}

/** `undetermined`: a service that has not answered yet. */
export type ModelKind = 'demo' | 'gguf' | 'openai' | 'responses' | 'chat_completions' | 'undetermined'

export interface ResolvedModel {
  readonly model: Model
  /** Settings for the agent which uses the model. */
  readonly modelSettings: ModelSettings
  /** The model's name; empty as long as only the service knows it. */
  readonly name: string
  readonly kind: ModelKind
  /** For people: "gemma at http://127.0.0.1:11434/v1 (Chat Completions)". */
  describe(): string
  /** Gives back what the model holds. */
  close(): Promise<void>
}

const OPENAI_HOST = 'api.openai.com'

/**
 * The model that the settings name. Throws `not_configured` for settings that can't work, a GGUF file that can't be used
 * among them. A service that is down is no reason not to start: it is asked again before its first answer.
 */
export async function resolveModel(choice: ModelChoice, options: ResolveModelOptions = {}): Promise<ResolvedModel> {
  const { openaiApiKey: apiKey, openaiBaseUrl, agentModel } = choice
  const isOpenAi = openaiBaseUrl === undefined || new URL(openaiBaseUrl).host === OPENAI_HOST
  setTracingDisabled(!(options.openaiTracing && isOpenAi && apiKey))
  if (agentModel === DEMO_MODEL_NAME) return demo(options)
  if (agentModel !== undefined && (await namesFile(agentModel))) return gguf(agentModel)
  if (!isOpenAi) return atService(openaiBaseUrl, apiKey, agentModel, options)
  if (apiKey !== undefined) return atOpenAi(apiKey, openaiBaseUrl, agentModel, options)
  if (agentModel === undefined && openaiBaseUrl === undefined) return demo(options)
  const wanted =
    agentModel === undefined ? 'OPENAI_BASE_URL names OpenAI' : `AGENT_MODEL names the model "${agentModel}"`
  throw new ChatKitError(
    'not_configured',
    `${wanted}, and there is no key for it. Set OPENAI_API_KEY; or OPENAI_BASE_URL for another service, the path of a GGUF file or "demo" as AGENT_MODEL.`,
  )
}

function demo({ demoTokenDelayMs }: ResolveModelOptions): ResolvedModel {
  return {
    model: demoModel(demoTokenDelayMs === undefined ? {} : { tokenDelayMs: demoTokenDelayMs }),
    modelSettings: {},
    name: DEMO_MODEL_NAME,
    kind: 'demo',
    describe: () => 'the built-in demo model, no real AI (set OPENAI_API_KEY, OPENAI_BASE_URL or AGENT_MODEL for one)',
    close: async () => {},
  }
}

async function gguf(path: string): Promise<ResolvedModel> {
  const model = await loadGgufModel({ path, engineFolders: [resolve(MODELS_FOLDER), dirname(resolve(path))] })
  const { contextTokens, callsTools } = model.info
  return {
    model,
    modelSettings: {},
    name: model.name,
    kind: 'gguf',
    describe: () =>
      `${model.name} in this process (${contextTokens} tokens of context${callsTools ? '' : ', no tools'})`,
    close: () => model.close(),
  }
}

function atOpenAi(
  apiKey: string,
  baseURL: string | undefined,
  agentModel: string | undefined,
  options: ResolveModelOptions,
): ResolvedModel {
  const name = agentModel ?? getDefaultModel()
  const client = new OpenAI({
    apiKey,
    ...(baseURL !== undefined && { baseURL }),
    maxRetries: 0,
    timeout: REQUEST_TIMEOUT_MS,
  })
  if (options.openaiTracing) setTracingExportApiKey(apiKey)
  return {
    model: new OpenAIResponsesModel(client, name),
    modelSettings: getDefaultModelSettings(name),
    name,
    kind: 'openai',
    describe: () => `${name} at OpenAI`,
    close: async () => {},
  }
}

async function atService(
  url: string,
  apiKey: string | undefined,
  agentModel: string | undefined,
  options: ResolveModelOptions,
): Promise<ResolvedModel> {
  const { log, probeTimeoutMs = 3000 } = options
  const baseUrl = url.replace(/\/+$/, '')
  const announce = ({ api, model: name }: Service) =>
    log?.info({ service: baseUrl, model: name, api }, `The model service has ${API_NAMES[api]}.`)
  const model = new ServiceModel({ baseUrl, apiKey }, agentModel, announce)
  await model.find(probeTimeoutMs).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error)
    log?.warn({ service: baseUrl, err: error }, `${why} It is asked again at the first message.`)
  })
  return {
    model,
    modelSettings: {},
    get name() {
      return model.service?.model ?? agentModel ?? ''
    },
    get kind() {
      return model.service?.api ?? 'undetermined'
    },
    describe() {
      const { service } = model
      if (service) return `${service.model} at ${baseUrl} (${API_NAMES[service.api]})`
      return `${agentModel ?? 'the first model'} at ${baseUrl} (it has not answered yet, and is asked again at the first message)`
    },
    close: async () => {},
  }
}

const API_NAMES = { responses: 'the Responses API', chat_completions: 'Chat Completions' } as const

/** Names of models may have slashes, too; so only what ends like a GGUF file or is a file counts as one. */
async function namesFile(name: string): Promise<boolean> {
  if (/\.gguf$/i.test(name)) return true
  if (!/[\\/]/.test(name)) return false
  return stat(name).then(
    (info) => info.isFile(),
    () => false,
  )
}
