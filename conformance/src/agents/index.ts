/** Runs a case of `agents/`: our server, our adapter, the Agents SDK, and a mock of the model's service over real HTTP. */
import { tapped } from '@millrace/agents'
import { ChatKitServer, MemoryRunLog, type OpenedRun } from '@millrace/server'
import { OpenAIProvider, Runner } from '@openai/agents'
import OpenAI from 'openai'
import { toWire } from '../converter/wire-input.ts'
import { recordingStore, World } from '../world.ts'
import { type AgentObserved, agentDifference } from './compare-agent.ts'
import { agentDeviation } from './deviations.ts'
import { type ModelService, startModelService } from './model-service.ts'
import { type Path, respondOf } from './respond.ts'

import type { CaseResult, Json, RequestCase } from '../case.ts'
import type { AgentCase } from './agent-case.ts'

/** A plain case has to come out the same on both ways through the adapter; a doubtful one on the way that apps are to take. */
export async function runAgentCase(testCase: unknown): Promise<CaseResult> {
  const test = testCase as AgentCase
  const throughTap = await runThrough(test, 'tap')
  if (!throughTap.ok || test.quirk !== undefined) return throughTap
  return runThrough(test, 'runner')
}

export async function runThrough(test: AgentCase, path: Path): Promise<CaseResult> {
  const observed = await observe(test, path)
  const why = agentDifference(observed, test, path)
  if (why === undefined) return { ok: true }
  if (test.quirk === undefined) return { ok: false, why: `${path}: ${why}` }
  return agentDeviation({ test, observed, path, why })
}

async function observe(test: AgentCase, path: Path): Promise<AgentObserved> {
  const world = new World()
  const recording = await recordingStore(test.setup)
  const service = await startModelService(test.model)
  const client = new OpenAI({ apiKey: 'sk-test', baseURL: service.url, maxRetries: 0 })
  const provider = new OpenAIProvider({ openAIClient: client, useResponses: true })
  const runner = new Runner({ modelProvider: path === 'tap' ? tapped(provider) : provider, tracingDisabled: true })
  const inputs: unknown[][] = []
  const noteInput: Parameters<typeof respondOf>[1]['noteInput'] = (input) => inputs.push(input.map(toWire))
  const log = new MemoryRunLog()
  const server = new ChatKitServer<unknown>({
    respond: respondOf(test, { world, service, runner, path, noteInput }),
    store: recording.store,
    log,
    generateId: (kind) => world.id(kind),
    now: () => world.now(),
    unfinishedOnError: 'drop',
  })
  const responses: AgentObserved['responses'] = []
  try {
    for (const [index, request] of test.requests.entries()) {
      service.during(index)
      if (request.advance_clock) world.advance(request.advance_clock)
      responses.push(await ask(server, request, service))
    }
    return {
      responses,
      inputs,
      asked: service.asked,
      tapesLeft: service.tapesLeft(),
      writes: recording.writes,
      storeAfter: await recording.snapshot(),
    }
  } finally {
    await service.close()
    await log.close()
  }
}

async function ask(
  server: ChatKitServer<unknown>,
  request: RequestCase,
  service: ModelService,
): Promise<AgentObserved['responses'][number]> {
  const answer = await server.process(JSON.stringify(request.request), request.context ?? null)
  if (!('run' in answer)) return { kind: 'json', frames: [] }
  return readFrames(answer, service, request.cancel?.after_frames)
}

/** What a client of the Python server would get; it goes away after `cancelAfter` frames, when the model hangs. */
async function readFrames({ run }: OpenedRun, { hanging }: ModelService, cancelAfter = Number.POSITIVE_INFINITY) {
  const frames: Json[] = []
  let stopped: Promise<unknown> | undefined
  let end: AgentObserved['responses'][number]['end']
  for await (const entries of run.read(0, new AbortController().signal)) {
    for (const entry of entries) {
      if ('end' in entry) end = entry.end
      else if (!entry.ours && !stopped) frames.push(JSON.parse(entry.data))
      if (frames.length >= cancelAfter) stopped ??= hanging.then(() => run.stop())
    }
  }
  await stopped
  return { kind: stopped ? ('cancelled' as const) : ('stream' as const), frames, end }
}
