/** The pages of `examples/hooks` in Chromium, on the real server, while the network and the server fail. */
import { beforeAll, describe, expect, test } from 'vitest'
import { seriousProblems } from './harness/axe.ts'
import { useChromium } from './harness/chromium.ts'
import { countTo } from './harness/demo.ts'
import {
  answersWith,
  buildPages,
  type ExamplePage,
  type HooksServer,
  networkTo,
  openExample,
  startServer,
} from './harness/hooks-example.ts'
import { screenshotPath } from './harness/places.ts'

useChromium()

let server: HooksServer

beforeAll(async () => {
  await buildPages()
  server = await startServer()
})

const PAGES = ['streaming-response', 'web-socket', 'buffered', 'resilient', 'hybrid', 'store']
const ALL_PAGES = ['index', ...PAGES, 'debounced', 'conversation']

describe('every page', () => {
  test.each(PAGES)('%s streams, is stopped, and answers the next message', async (name) => {
    const example = await openExample(server, name)
    await example.send('Count to 1000')
    await example.untilSaid('1 2 3 4 5')
    await example.button('Stop').click()
    expect(countTo(1000).startsWith(await example.ended())).toBe(true)
    await example.send('Count to 20')
    await example.untilSaid(countTo(20))
    expect(await example.ended()).toBe(countTo(20))
    expect(example.problems).toEqual([])
  })

  test.each(PAGES)('%s: of two messages in a row the second is answered', async (name) => {
    const example = await openExample(server, name)
    await example.send('Count to 1000')
    await example.send('Count to 12')
    await example.untilSaid(countTo(12))
    expect(await example.ended()).toBe(countTo(12))
    expect(example.problems).toEqual([])
  })

  test.each(ALL_PAGES)('%s is accessible', async (name) => {
    const example = await openExample(server, name)
    await example.page.getByRole('heading', { level: 1 }).waitFor()
    expect(await seriousProblems(example.page)).toEqual([])
    expect(await example.page.title()).toBe(`${await example.heading()} · Millrace hooks`)
    await example.page.screenshot({ path: screenshotPath(`hook-${name}`) })
  })

  test.each(ALL_PAGES)('%s is no wider than a screen of 360 pixels, nor is its answer', async (name) => {
    const example = await openExample(server, name, { viewport: { width: 360, height: 640 } })
    await answersWith(example, MARKDOWN)
    if (name === 'index') await example.button('Ask').click()
    else if (name === 'debounced') await example.page.getByRole('textbox').fill('Anything')
    else await example.send('Write a long answer in markdown')
    await expect.poll(() => example.text()).toContain('How an answer travels')
    const width = () => example.page.evaluate(() => document.documentElement.scrollWidth)
    expect(await width()).toBe(360)
    await example.page.screenshot({ path: screenshotPath(`hook-${name}-narrow`) })
  })

  test.each(PAGES)('%s: a message of blanks is not sent', async (name) => {
    const example = await openExample(server, name)
    await example.send('   ')
    await example.send('Count to 3')
    await example.untilSaid('1 2 3')
    expect(await example.ended()).toBe('1 2 3')
    expect(await example.alert.count()).toBe(0)
  })

  test.each(['streaming-response', 'web-socket', 'buffered'])(
    '%s: what was lost in the middle of the answer goes on where somebody tries again, without a second run',
    async (name) => {
      const own = await startServer()
      const network = await networkTo(own)
      const example = await openExample(network, name)
      await example.send('Count to 100')
      await example.untilSaid(countTo(20))
      network.behave({ refuse: true })
      network.cut()
      await expect.poll(() => example.fact('connectionState')).toBe('reconnecting')
      await example.alert.waitFor({ timeout: 60_000 })
      const kept = await example.said()
      network.restore()
      await example.button('Try again').click()
      await example.untilSaid(countTo(100))
      expect(kept).toMatch(/^1 2 3/)
      expect(await example.ended()).toBe(countTo(100))
      expect(own.logLines().filter(({ msg }) => msg === 'run ended')).toHaveLength(1)
    },
  )

  test.each(['streaming-response', 'web-socket', 'hybrid', 'store'])(
    '%s: a server that is gone is told, with nothing left running, and it can be tried again',
    async (name) => {
      const network = await networkTo(server)
      const example = await openExample(network, name)
      network.behave({ refuse: true })
      network.cut()
      await example.send('Count to 20')
      await example.alert.waitFor({ timeout: 60_000 })
      expect(await example.alert.innerText()).toMatch(/try again/i)
      expect(await example.ended()).toBe('')
      network.restore()
      await example.button('Try again').click()
      await example.untilSaid(countTo(20))
      expect(await example.ended()).toBe(countTo(20))
      expect(await example.alert.count()).toBe(0)
    },
  )
})

/** What a model may write, and a page may break. */
const MARKDOWN = `# How an answer travels

1. The **model** produces a token.
2. The \`agent\` turns it into an event.

- [x] Ask for a long answer

> A connection is only a reader.[^1]

| Question | Answer | Why |
|:---------|:------:|-----|
| Does a second tab cost a second answer? | no | both read the same log |

\`\`\`ts
// follows a run
const parts = await read({ after: 0, signal }).map((entry) => entry.data ?? 'nothing').join('')
\`\`\`

[^1]: It can break.
`

describe('markdown', () => {
  test.each(['light', 'dark'] as const)('has enough contrast in %s colours', async (colorScheme) => {
    const example = await openExample(server, 'buffered', { colorScheme })
    await answersWith(example, MARKDOWN)
    await example.send('Write a long answer in markdown')
    await example.page.locator('.hl-comment').waitFor()
    const problems = await seriousProblems(example.page)
    expect(problems.filter((problem) => problem.startsWith('color-contrast'))).toEqual([])
    await example.page.screenshot({ path: screenshotPath(`hook-markdown-${colorScheme}`), fullPage: true })
  })

  test('has words that stay whole, its boxes beside their text, and its buttons apart from it', async () => {
    const example = await openExample(server, 'buffered', { viewport: { width: 360, height: 640 } })
    await answersWith(example, MARKDOWN)
    await example.send('Write a long answer in markdown')
    await example.page.locator('.footnotes').waitFor()
    const box = async (selector: string) => {
      const found = await example.page.locator(`.answer ${selector}`).first().boundingBox()
      if (!found) throw new Error(`${selector} is not shown.`)
      return { ...found, right: found.x + found.width }
    }
    const style = (selector: string, name: string) =>
      example.page
        .locator(`.answer ${selector}`)
        .evaluate((it, name) => getComputedStyle(it).getPropertyValue(name), name)
    const lines = (selector: string) =>
      example.page.locator(`.answer ${selector}`).evaluateAll((all) =>
        all.map((it) => {
          const text = document.createRange()
          text.selectNodeContents(it)
          return text.getClientRects().length
        }),
      )
    expect(await lines('th')).toEqual([1, 1, 1])
    const [header, language, copy] = [await box('.code-header'), await box('.code-language'), await box('.code-copy')]
    expect(copy.x - language.right).toBeGreaterThan(header.width / 2)
    expect(await style('.task', 'list-style-type')).toBe('none')
    const [task, checkbox] = [await box('.task'), await box('.task input')]
    expect(Math.abs(checkbox.right - task.x)).toBeLessThan(10)
    expect(await style('ol:not(.footnotes *) > li:first-child > p', 'margin-block')).toBe('0px')
    expect(await style('blockquote', 'border-inline-start-width')).toBe('3px')
  })
})

test('the example of the README asks, goes on after a reload, and stops', async () => {
  const { page, button, problems } = await openExample(server, 'index')
  await button('Ask').click()
  await page.getByRole('heading', { name: 'How an answer travels' }).waitFor()
  await page.reload()
  await page.getByRole('heading', { name: 'The path of a token' }).waitFor()
  await button('Stop').click()
  await button('Ask').waitFor()
  expect(problems).toEqual([])
})

describe('useStreamingResponse', () => {
  test('goes on where the connection was cut, word for word, and counts once', async () => {
    const network = await networkTo(server)
    const example = await openExample(network, 'streaming-response')
    await example.send('Count to 100')
    await example.untilSaid(countTo(20))
    network.cut()
    await example.untilSaid(countTo(50))
    network.cut('end')
    await example.untilSaid(countTo(100))
    expect(await example.ended()).toBe(countTo(100))
    expect(await example.fact('Tokens')).toBe('100')
    expect(Number(await example.fact('Tokens per second'))).toBeGreaterThan(0)
    expect(await example.fact('Time to first token')).toMatch(/^\d+\.\d\d s$/)
    expect(await example.alert.count()).toBe(0)
  })
})

describe('useWebSocketStreaming', () => {
  test('holds the text back while it is paused, and misses nothing', async () => {
    const example = await openExample(server, 'web-socket')
    await example.send('Count to 1000')
    await example.untilSaid('1 2 3')
    expect(await example.fact('connectionState')).toBe('open')
    await example.button('Pause').click()
    await expect.poll(() => example.fact('isPaused')).toBe('true')
    const held = await example.said()
    // Time in which some sixty tokens would have come.
    await example.page.waitForTimeout(1500)
    expect(await example.said()).toBe(held)
    await example.button('Resume').click()
    await example.untilSaid(countTo(100))
    await example.button('Stop').click()
    expect(countTo(1000).startsWith(await example.ended())).toBe(true)
  })

  test('goes on where the socket was cut', async () => {
    const network = await networkTo(server)
    const example = await openExample(network, 'web-socket')
    await example.send('Count to 100')
    await example.untilSaid(countTo(20))
    network.cut()
    await example.untilSaid(countTo(100))
    expect(await example.ended()).toBe(countTo(100))
  })
})

describe('useBufferedStreaming', () => {
  test('shows markdown in larger pieces, changed in the middle of the answer', async () => {
    const example = await openExample(server, 'buffered')
    await example.send('Write a long answer in markdown')
    await example.page.getByRole('heading', { name: 'The path of a token' }).waitFor()
    await example.page.getByLabel('Buffer').selectOption('50 tokens')
    await expect.poll(() => example.fact('tokens shown at once')).toBe('50')
    await example.page.locator('.answer pre code').first().waitFor()
    expect(await example.said()).toMatch(/^How an answer travels\n/)
    await example.button('Stop').click()
    await example.ended()
    expect(await example.alert.count()).toBe(0)
  })
})

describe('useResilientStreaming', () => {
  test('survives a reload in the middle of the answer', async () => {
    const example = await openExample(server, 'resilient')
    await example.send('Count to 100')
    await example.untilSaid(countTo(20))
    const messageId = await example.fact('messageId')
    await example.page.reload()
    await example.untilSaid(countTo(100))
    expect(await example.ended()).toBe(countTo(100))
    expect(await example.fact('messageId')).toBe(messageId)
    await example.page.reload()
    expect(await example.said()).toBe('')
  })

  test('survives a reload before the request was answered, and the model runs once', async () => {
    const network = await networkTo(server)
    const example = await openExample(network, 'resilient')
    const posts: string[] = []
    example.page.on('request', (request) => {
      if (request.method() === 'POST') posts.push(JSON.parse(request.postData() ?? '{}').message_id)
    })
    await example.page.route('**/api/stream/**', (route) => route.abort(), { times: 1 })
    await example.send('Count to 60')
    await expect.poll(() => posts.length).toBe(1)
    await example.page.reload()
    await example.untilSaid(countTo(60))
    expect(await example.ended()).toBe(countTo(60))
    expect(new Set(posts).size).toBe(1)
  })

  test('waits while the browser is offline, and goes on by itself', async () => {
    const network = await networkTo(server)
    const example = await openExample(network, 'resilient')
    await example.send('Count to 100')
    await example.untilSaid(countTo(20))
    await example.context.setOffline(true)
    network.cut()
    await expect.poll(() => example.fact('connectionState')).toBe('offline')
    const attempt = await example.fact('attempt')
    expect(attempt).toBe('0')
    await example.context.setOffline(false)
    await example.untilSaid(countTo(100))
    expect(await example.ended()).toBe(countTo(100))
  })

  test('counts the tries while the server is away', async () => {
    const network = await networkTo(server)
    const example = await openExample(network, 'resilient')
    await example.send('Count to 100')
    await example.untilSaid(countTo(20))
    network.behave({ refuse: true })
    network.cut()
    await expect.poll(() => example.fact('attempt')).toBe('2')
    expect(await example.fact('connectionState')).toBe('reconnecting')
    network.restore()
    await example.untilSaid(countTo(100))
    expect(await example.ended()).toBe(countTo(100))
    expect(await example.fact('attempt')).toBe('0')
  })

  test('outlasts a server that is away for twenty seconds', async () => {
    const network = await networkTo(server)
    const example = await openExample(network, 'resilient', { hasClock: true })
    await example.send('Count to 100')
    await example.untilSaid(countTo(20))
    network.behave({ refuse: true })
    network.cut()
    let leastMs = 0
    for (let attempt = 1; leastMs < 20_000; attempt++) {
      await expect.poll(() => example.fact('attempt')).toBe(String(attempt))
      const waitMs = 500 * 2 ** (attempt - 1)
      leastMs += waitMs * 0.8
      await example.page.clock.fastForward(waitMs * 1.2)
    }
    await expect.poll(() => example.fact('attempt')).toBe('7')
    network.restore()
    await example.page.clock.fastForward(60_000)
    await example.untilSaid(countTo(100))
    expect(await example.ended()).toBe(countTo(100))
  })

  test('after kill -9 and a restart what had been said stays, and can be asked anew, by a page that comes back, too', async () => {
    const first = await startServer()
    const network = await networkTo(first)
    const example = await openExample(network, 'resilient')
    await example.send('Count to 90')
    await example.untilSaid(countTo(20))
    network.behave({ hold: true })
    await first.kill()
    network.cut()
    const said = await example.said()
    await example.page.goto('about:blank')
    await startServer(first)
    network.restore()
    await example.page.goto(`${network.url}/resilient.html`)
    await example.alert.waitFor({ timeout: 60_000 })
    expect((await example.ended()).startsWith(said)).toBe(true)
    await example.button('Try again').click()
    await example.untilSaid(countTo(90))
    expect(await example.ended()).toBe(countTo(90))
  })
})

describe('useHybridStreaming', () => {
  test('polls where streams are replaced by a web page, and asks for the whole where polls are, too', async () => {
    const example = await openExample(server, 'hybrid')
    const login = { status: 200, contentType: 'text/html', body: '<h1>Log in</h1>' }
    await example.page.route(/\/api\/stream\/|\/stream\b/, (route) => route.fulfill(login))
    await example.send('Count to 30')
    await expect.poll(() => example.fact('method')).toBe('polling')
    await example.untilSaid(countTo(30))
    expect(await example.ended()).toBe(countTo(30))
    await example.page.route(/\/api\/message\/[^/]+(\?.*)?$/, (route) => route.fulfill(login))
    await example.send('Count to 12')
    await expect.poll(() => example.fact('method')).toBe('whole')
    await example.untilSaid(countTo(12))
  })
})

describe('useDebouncedStream', () => {
  /** The messages that are sent from now on. */
  function messagesOf({ page }: ExamplePage): readonly string[] {
    const messages: string[] = []
    page.on('request', (request) => {
      if (request.url().includes('/api/stream/')) messages.push(JSON.parse(request.postData() ?? '{}').message)
    })
    return messages
  }

  test('answers what is typed last, and nothing before', async () => {
    const example = await openExample(server, 'debounced')
    const messages = messagesOf(example)
    const input = example.page.getByRole('textbox')
    await input.pressSequentially('Count to 30', { delay: 20 })
    await example.untilSaid('1 2 3')
    await input.pressSequentially('0', { delay: 20 })
    await example.untilSaid(countTo(40))
    expect(messages).toEqual(['Count to 30', 'Count to 300'])
    expect(example.problems).toEqual([])
  })

  test('sends nothing of a field that was emptied before the pause was over', async () => {
    const example = await openExample(server, 'debounced', { hasClock: true })
    const messages = messagesOf(example)
    const input = example.page.getByRole('textbox')
    await example.page.clock.pauseAt(Date.now() + 60_000)
    await input.fill('Count to 12')
    await input.fill('')
    await example.page.clock.runFor(1000)
    await example.page.clock.resume()
    await input.fill('Count to 3')
    await example.untilSaid('1 2 3')
    expect(messages).toEqual(['Count to 3'])
  })

  test('tries again where the server was gone', async () => {
    const network = await networkTo(server)
    const example = await openExample(network, 'debounced')
    network.behave({ refuse: true })
    network.cut()
    await example.page.getByRole('textbox').fill('Count to 12')
    await example.alert.waitFor({ timeout: 60_000 })
    network.restore()
    await example.button('Try again').click()
    await example.untilSaid(countTo(12))
    expect(await example.alert.count()).toBe(0)
  })
})

describe('useStreamStore', () => {
  test('is fed by hand, too', async () => {
    const example = await openExample(server, 'store')
    await example.send('Count to 12')
    await example.untilSaid(countTo(12))
    await example.ended()
    await example.button('Add a token by hand').click()
    await example.untilSaid('12one more token')
    expect(await example.fact('tokens')).toBe('13')
    await example.button('Reset').click()
    await expect.poll(() => example.said()).toBe('')
  })
})

describe('useConversation', () => {
  test('remembers what was said, and goes on where the connection was cut', async () => {
    const network = await networkTo(server)
    const example = await openExample(network, 'conversation')
    await example.send('Count to 12')
    await example.untilSaid(countTo(12))
    await example.ended()
    await example.send('Count to 60')
    await example.untilSaid(countTo(20))
    network.cut()
    await example.untilSaid(countTo(60))
    expect(await example.ended()).toBe(['Count to 12', countTo(12), 'Count to 60', countTo(60)].join('\n\n'))
    await example.button('New chat').click()
    await expect.poll(() => example.said()).toBe('')
  })

  test('opens the thread again after a reload, and goes on with its answer', async () => {
    const example = await openExample(server, 'conversation')
    await example.send('Count to 60')
    await example.untilSaid(countTo(20))
    await example.page.reload()
    await example.untilSaid(countTo(60))
    expect(await example.ended()).toBe(['Count to 60', countTo(60)].join('\n\n'))
    await example.button('New chat').click()
    await expect.poll(() => example.said()).toBe('')
    await example.page.reload()
    await example.page.getByRole('heading', { level: 1 }).waitFor()
    expect(await example.said()).toBe('')
    expect(example.problems).toEqual([])
  })

  test('tells that the server is gone, and tries again', async () => {
    const network = await networkTo(server)
    const example = await openExample(network, 'conversation')
    network.behave({ refuse: true })
    network.cut()
    await example.send('Count to 12')
    await example.alert.waitFor({ timeout: 60_000 })
    network.restore()
    await example.button('Try again').click()
    await example.untilSaid(countTo(12))
    expect(await example.alert.count()).toBe(0)
  })
})
