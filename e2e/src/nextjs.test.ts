/** The Next.js example: its chat server inside route handlers, and the unmodified chatkit-react on its page. */
import { beforeAll, describe, expect, test } from 'vitest'
import { answerWith, startChatCompletionsService } from './chat-completions-service.ts'
import { breakableConnection } from './harness/breakable-connection.ts'
import { input } from './harness/chat-over-http.ts'
import type { ChatPage } from './harness/chat-page.ts'
import { newBrowser, openChat, useChromium } from './harness/chromium.ts'
import { atEnd } from './harness/cleanup.ts'
import { countTo } from './harness/demo.ts'
import { freePort, runProgram } from './harness/millrace.ts'
import { type NextApp, runNextApp, startNextApp } from './harness/next-app.ts'
import { root, screenshotPath, temporaryFolder } from './harness/places.ts'

useChromium()

let app: NextApp

beforeAll(async () => {
  app = await startNextApp()
})

/** One of the controls that are locked while an answer is given. */
function note({ page }: ChatPage) {
  return page.getByLabel('A note that the model can read')
}

async function untilLocked(chat: ChatPage, isLocked: boolean): Promise<void> {
  await expect.poll(() => note(chat).isDisabled()).toBe(isLocked)
  await expect.poll(() => chat.page.locator('.lock').getAttribute('data-locked')).toBe(String(isLocked))
}

describe('the page with ChatKit', () => {
  test('answers, and loads nothing from anywhere else', async () => {
    const chat = await openChat(`${app.url}/chat`)
    await chat.screenshot('next-chat-start')
    expect(await chat.ask('Count to 30')).toBe(countTo(30))
    expect(await chat.ask('Count to 3')).toBe(countTo(3))
    await chat.untilTitled('Count to 30')
    await chat.screenshot('next-chat')
    expect(chat.problems).toEqual([])
  })

  test('goes on with its answer after a reload in the middle of it', async () => {
    const chat = await openChat(`${app.url}/chat`)
    await chat.send('Count to 200')
    await chat.untilSaid(countTo(30))
    await chat.reload()
    await chat.untilAnswering()
    await untilLocked(chat, true)
    await chat.untilSaid(countTo(200))
    await chat.untilAnswered()
    expect(await chat.answerTexts()).toEqual([countTo(200)])
    await untilLocked(chat, false)
    expect(chat.problems).toEqual([])
  })

  test('serves what draws formulas beside the element', async () => {
    const { page, problems } = await openChat(`${app.url}/chat`)
    // as a string: the test's own build knows another `import`
    expect(await page.evaluate("import('/chatkit-math.js').then(({ drawMath }) => typeof drawMath)")).toBe('function')
    expect(problems).toEqual([])
  })

  test('says so where the element can not be loaded', async () => {
    const { page } = await (await newBrowser()).newTab()
    await page.route('**/chatkit.js', (route) => route.abort())
    await page.goto(`${app.url}/chat`)
    await page.locator('.workspace').getByRole('alert').filter({ hasText: 'Reload the page' }).waitFor()
    await page.screenshot({ path: screenshotPath('next-chat-missing') })
  })

  test('tells a guest whose cookie is gone to reload', async () => {
    const browser = await newBrowser()
    // What Next fetches of other pages brings the cookie again.
    await browser.context.route(/[?&]_rsc=/, (route) => route.abort())
    const chat = await browser.open(`${app.url}/chat`)
    await browser.context.clearCookies()
    await chat.send('Count to 3')
    await chat.page.getByText('Reload the page').first().waitFor()
    await chat.reload()
    expect(await chat.ask('Count to 3')).toBe(countTo(3))
  })

  test('each browser has threads of its own', async () => {
    const first = await openChat(`${app.url}/chat`)
    await first.ask('Count to 2')
    const second = await openChat(`${app.url}/chat`)
    await second.openHistory()
    expect(await second.historyTitles()).toEqual([])
  })

  test('a client tool hands the model what the page holds, and a client effect reaches the page', async () => {
    const chat = await openChat(`${app.url}/chat`)
    await note(chat).fill('The mill stands still.')
    await chat.send('Read this page with a client tool')
    await chat.untilSaid('The mill stands still.')
    await chat.untilAnswered()
    await untilLocked(chat, false)
    await chat.send('Send a client effect')
    await chat.page.locator('.celebration').waitFor()
    await chat.screenshot('next-chat-effect')
    await chat.untilAnswered()
    await untilLocked(chat, false)
    await chat.page.locator('.celebration').waitFor({ state: 'detached' })
    expect(chat.problems).toEqual([])
  })

  test('the theme of the page is the theme of the chat', async () => {
    const chat = await openChat(`${app.url}/chat`)
    const scheme = () =>
      chat.page.evaluate(() => {
        const inside = document.querySelector('openai-chatkit')?.shadowRoot?.querySelector('.ck')
        return [document.documentElement, inside].map((box) => box && getComputedStyle(box).colorScheme)
      })
    await chat.page.getByLabel('dark').check()
    await expect.poll(scheme).toEqual(['dark', 'dark'])
    await chat.ask('Count to 3')
    await chat.screenshot('next-chat-theme')
    await chat.page.getByLabel('light').check()
    await expect.poll(scheme).toEqual(['light', 'light'])
    expect(await chat.answerTexts()).toEqual([countTo(3)])
  })
})

describe('the controls are locked while an answer is given, and open again', () => {
  test('when it is done', async () => {
    const chat = await openChat(`${app.url}/chat`)
    await chat.send('Count to 40')
    await untilLocked(chat, true)
    await chat.screenshot('next-chat-locked')
    await chat.untilAnswered()
    await untilLocked(chat, false)
  })

  test('when it is stopped', async () => {
    const chat = await openChat(`${app.url}/chat`)
    await chat.send('Count to 1000')
    await chat.untilSaid('1 2 3')
    await untilLocked(chat, true)
    await chat.stop()
    await untilLocked(chat, false)
    const said = await chat.answerText()
    await chat.reload()
    await chat.untilSaid(said)
    expect(await chat.isAnswering()).toBe(false)
    await untilLocked(chat, false)
  })

  test('when it fails', async () => {
    const chat = await openChat(`${app.url}/chat`)
    await chat.send('Fail with an error')
    await untilLocked(chat, true)
    await chat.untilError(/demo model failed/)
    await untilLocked(chat, false)
    await chat.screenshot('next-chat-error')
  })

  test('when the connection breaks for good, and it goes on once it is back', async () => {
    const connection = await breakableConnection(app.url)
    const chat = await openChat(`${connection.url}/chat`)
    await chat.send('Count to 200')
    await chat.untilSaid('1 2 3')
    await untilLocked(chat, true)
    connection.break()
    await expect.poll(() => note(chat).isDisabled(), { timeout: 60_000 }).toBe(false)
    connection.restore()
    await chat.reload()
    await chat.untilSaid(countTo(200))
    await chat.untilAnswered()
    expect(await chat.answerTexts()).toEqual([countTo(200)])
  })

  test('when another chat is begun meanwhile', async () => {
    const chat = await openChat(`${app.url}/chat`)
    await chat.send('Count to 1000')
    await chat.untilSaid('1 2 3')
    await untilLocked(chat, true)
    await chat.newChat()
    await untilLocked(chat, false)
  })
})

describe('a route handler', () => {
  const headers = () => ({ cookie: `guest=${crypto.randomUUID()}`, 'accept-encoding': 'gzip' })
  const post = (body: object) => ({ method: 'POST', body: JSON.stringify(body) })

  test('neither compresses a stream nor holds it back', async () => {
    const message = { message: 'Count to 100' }
    const response = await fetch(`${app.url}/api/stream/message`, { ...post(message), headers: headers() })
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(response.headers.get('content-encoding')).toBe(null)
    const reader = response.body?.getReader()
    let reads = 0
    while (!(await reader?.read())?.done) reads += 1
    // A token each, but for what a busy machine reads at once.
    expect(reads).toBeGreaterThan(20)
  })

  test('tells the server that a client has gone: the answer of one that cannot resume stops', async () => {
    const who = { headers: headers() }
    const leaving = new AbortController()
    const create = post({ type: 'threads.create', params: { input: input('Count to 2000') } })
    const response = await fetch(`${app.url}/chatkit`, { ...create, ...who, signal: leaving.signal })
    const resume = post({ type: 'runs.resume', params: { run_id: response.headers.get('x-run-id') } })
    const status = async () => {
      const resumed = await fetch(`${app.url}/chatkit`, { ...resume, ...who })
      await resumed.body?.cancel()
      return resumed.headers.get('x-run-status')
    }
    expect(await status()).toBe('running')
    leaving.abort()
    await expect.poll(status).toBe('stopped')
  })

  test('refuses who has no cookie, and pages of other origins', async () => {
    const list = post({ type: 'threads.list', params: {} })
    expect((await fetch(`${app.url}/chatkit`, list)).status).toBe(401)
    const foreign = { ...headers(), origin: 'https://elsewhere.example' }
    expect((await fetch(`${app.url}/chatkit`, { ...list, headers: foreign })).status).toBe(403)
  })
})

describe('the process', () => {
  test('is started by `npm run nextjs`, and ended by Ctrl+C', async () => {
    const port = String(await freePort())
    const environment = { PORT: port, DATABASE_URL: `sqlite:${temporaryFolder()}/millrace.db` }
    const started = runProgram(['scripts/nextjs.mjs'], { folder: root, environment })
    await expect.poll(() => started.printed.out, { timeout: 80_000 }).toContain('Ready')
    const chat = await openChat(`http://127.0.0.1:${port}/chat`)
    expect(await chat.ask('Count to 3')).toBe(countTo(3))
    started.signal('SIGINT')
    expect(await started.ended).toEqual({ code: 0, signal: null })
  })

  test('is killed in the middle of an answer: what it had said is kept, the page opens, and a retry works', async () => {
    const first = await startNextApp()
    const connection = await breakableConnection(first.url)
    const chat = await openChat(`${connection.url}/chat`)
    await chat.send('Count to 200')
    await chat.untilSaid(countTo(40))
    await first.kill()
    connection.hold()
    const seen = await chat.answerText()
    await startNextApp({ port: first.port, folder: first.folder })
    connection.restore()
    await chat.untilError(/interrupt/i)
    await chat.untilAnswered()
    await untilLocked(chat, false)
    const kept = await chat.answerText()
    expect(kept.startsWith(seen)).toBe(true)
    expect(countTo(200).startsWith(kept)).toBe(true)
    await chat.retry()
    expect(await chat.answerTexts()).toEqual([countTo(200)])
    await untilLocked(chat, false)
  })

  test('is asked to end: it finishes the answer that nobody watches, and ends well', async () => {
    const first = await startNextApp()
    const browser = await newBrowser()
    const chat = await browser.open(`${first.url}/chat`)
    await chat.send('Count to 100')
    await chat.untilSaid('1 2 3')
    await chat.page.close()
    first.signal('SIGTERM')
    expect(await first.ended).toEqual({ code: 0, signal: null })
    const second = await startNextApp({ port: first.port, folder: first.folder })
    const later = await browser.open(`${second.url}/chat`)
    await later.untilSaid(countTo(100))
    expect(await later.isAnswering()).toBe(false)
    expect(await later.error.count()).toBe(0)
  })

  test('is the only one with its data: a second one answers 503, and takes over when the first has ended', async () => {
    const first = await startNextApp()
    await (await openChat(`${first.url}/chat`)).ask('Count to 2')
    const second = await startNextApp({ folder: first.folder })
    const refused = await fetch(`${second.url}/health`)
    expect(refused.status).toBe(503)
    expect(await refused.json()).toMatchObject({ type: 'error', code: 'unavailable' })
    expect(second.printed.err).toMatch(/is in use by another/)
    await first.kill()
    await expect.poll(async () => (await fetch(`${second.url}/health`)).status).toBe(200)
  })

  test('lets one user start a hundred answers in a minute, unless `RATE_LIMIT` says otherwise', async () => {
    const guest = { cookie: `guest=${crypto.randomUUID()}` }
    const ask = async ({ url }: NextApp) => {
      const body = JSON.stringify({ message: 'Count to 1' })
      return (await fetch(`${url}/api/message`, { method: 'POST', headers: guest, body })).status
    }
    const free = await startNextApp({ environment: { RATE_LIMIT: '' } })
    const statuses = await Promise.all(Array.from({ length: 100 }, () => ask(free)))
    expect(new Set(statuses)).toEqual(new Set([200]))
    const limited = await startNextApp({ environment: { RATE_LIMIT: '1' } })
    expect([await ask(limited), await ask(limited)]).toEqual([200, 429])
  })

  test('answers with a real service where one is named', async () => {
    const service = await startChatCompletionsService({ answer: answerWith('The wheel turns.') })
    atEnd(() => service.close())
    const { url } = await startNextApp({ environment: { AGENT_MODEL: '', OPENAI_BASE_URL: service.url } })
    const chat = await openChat(`${url}/chat`)
    expect(await chat.ask('What does the wheel do?')).toBe('The wheel turns.')
  })

  test.each([
    ['NEXT_PUBLIC_API_URL', 'localhost', 'NEXT_PUBLIC_API_URL=http://127.0.0.1:8000'],
    ['NEXT_PUBLIC_STREAM_TIMEOUT', '5m', 'NEXT_PUBLIC_STREAM_TIMEOUT=300'],
    ['NEXT_PUBLIC_BUFFER_SIZE', '0', 'NEXT_PUBLIC_BUFFER_SIZE=5'],
    ['DATABASE_URL', 'mysql://here', 'DATABASE_URL=sqlite:.millrace/millrace.db'],
  ])('does not start with a wrong %s, and says what it has to look like', async (name, value, example) => {
    const started = runNextApp({ port: await freePort(), environment: { [name]: value } })
    expect(await started.ended).toEqual({ code: 1, signal: null })
    expect(started.printed.err).toContain(`${name} is "${value}". It has to be`)
    expect(started.printed.err).toContain(`for example: ${example}`)
  })
})
