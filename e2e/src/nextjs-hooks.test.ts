/** The pages of the Next.js example that show one hook each, and what all of its pages have to be. */
import type { Locator } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { axeSource, seriousProblems } from './harness/axe.ts'
import { breakableConnection } from './harness/breakable-connection.ts'
import { newBrowser, openChat, useChromium } from './harness/chromium.ts'
import { countTo } from './harness/demo.ts'
import { openHookPage } from './harness/hook-page.ts'
import { freePort, startMillrace } from './harness/millrace.ts'
import { type NextApp, startNextApp } from './harness/next-app.ts'
import { screenshotPath } from './harness/places.ts'

useChromium()

let app: NextApp

beforeAll(async () => {
  app = await startNextApp()
})

describe('the pages of the hooks', () => {
  test.each(['streaming', 'buffered', 'resilient', 'hybrid', 'store'])(
    '%s: streams, stops, and streams again',
    async (name) => {
      const hook = await openHookPage(app, name)
      await hook.send('Count to 1000')
      await hook.untilSaid('1 2 3 4 5')
      await hook.screenshot(`next-hook-${name}`)
      await hook.button('Stop').click()
      await hook.untilOver()
      const said = await hook.said()
      expect(countTo(1000).startsWith(said)).toBe(true)
      await hook.send('Count to 20')
      await hook.untilSaid(countTo(20))
      await hook.untilOver()
      expect(await hook.said()).toBe(countTo(20))
      expect(Number(await hook.fact('Tokens'))).toBeGreaterThanOrEqual(20)
      expect(hook.problems).toEqual([])
    },
  )

  test.each(['streaming', 'buffered', 'resilient', 'hybrid', 'store'])(
    '%s: says what failed, and goes on',
    async (name) => {
      const hook = await openHookPage(app, name)
      await hook.send('Fail with an error')
      await hook.untilError(/model/)
      await hook.untilOver()
      expect(await hook.said()).toContain('Here is the beginning of an answer.')
      await hook.screenshot(`next-hook-${name}-error`)
      await hook.send('Count to 3')
      await hook.untilSaid(countTo(3))
      await hook.untilOver()
      expect(await hook.page.locator('.hook').getByRole('alert').count()).toBe(0)
    },
  )

  test('streaming: draws markdown while it comes', async () => {
    const hook = await openHookPage(app, 'streaming')
    await hook.send('Write a long answer in markdown')
    await hook.page.locator('.answer table').waitFor({ timeout: 30_000 })
    await hook.screenshot('next-hook-streaming-markdown')
    await hook.button('Stop').click()
    await hook.untilOver()
    expect(await hook.page.locator('.answer h1').innerText()).toBe('How an answer travels')
    expect(hook.problems).toEqual([])
  })

  test('buffered: another buffer in the middle of an answer loses nothing', async () => {
    const hook = await openHookPage(app, 'buffered')
    await hook.page.getByLabel('Buffer').selectOption('unlimited')
    await hook.send('Count to 150')
    await hook.untilSaid('1 2 3')
    expect(await hook.fact('Tokens at once')).toBe('1')
    await hook.page.getByLabel('Buffer').selectOption('high_latency')
    await expect.poll(() => hook.fact('Tokens at once')).toBe('20')
    await hook.untilSaid(countTo(150))
    await hook.untilOver()
    expect(await hook.said()).toBe(countTo(150))
  })

  test('resilient: goes on after a reload, and after a lost connection', async () => {
    const connection = await breakableConnection(app.url)
    const hook = await openHookPage(connection, 'resilient')
    await hook.send('Count to 200')
    await hook.untilSaid(countTo(20))
    await hook.page.reload()
    await hook.untilSaid(countTo(40))
    connection.cut()
    await hook.untilSaid(countTo(200))
    await hook.untilOver()
    expect(await hook.said()).toBe(countTo(200))
    expect(await hook.fact('Outcome')).toBe('completed')
  })

  test('resilient: a killed process leaves what it had said, and a page that can be used', async () => {
    const first = await startNextApp()
    const connection = await breakableConnection(first.url)
    const hook = await openHookPage(connection, 'resilient')
    await hook.send('Count to 200')
    await hook.untilSaid(countTo(30))
    await first.kill()
    connection.hold()
    const seen = await hook.said()
    await startNextApp({ port: first.port, folder: first.folder })
    connection.restore()
    await hook.untilError(/interrupt/i)
    await hook.untilOver()
    const kept = await hook.said()
    expect(kept.startsWith(seen)).toBe(true)
    expect(countTo(200).startsWith(kept)).toBe(true)
    await hook.screenshot('next-hook-resilient-interrupted')
    await hook.button('Try again').click()
    await hook.untilSaid(countTo(200))
    await hook.untilOver()
    expect(await hook.said()).toBe(countTo(200))
  })

  test.each(['streaming', 'buffered'])(
    '%s: what was lost in the middle of the answer goes on where somebody tries again, without a second run',
    async (name) => {
      const connection = await breakableConnection(app.url)
      const hook = await openHookPage(connection, name)
      const asked: string[] = []
      hook.page.on('request', (request) => {
        const body = JSON.parse(request.postData() ?? '{}')
        if (body.message) asked.push(body.message_id)
      })
      await hook.send('Count to 100')
      await hook.untilSaid(countTo(20))
      connection.break()
      await expect.poll(() => hook.fact('Connection')).toBe('reconnecting')
      await hook.untilError(/try again/i)
      const kept = await hook.said()
      connection.restore()
      await hook.button('Try again').click()
      await hook.untilSaid(countTo(100))
      await hook.untilOver()
      expect(kept.startsWith(countTo(20))).toBe(true)
      expect(await hook.said()).toBe(countTo(100))
      expect(new Set(asked).size).toBe(1)
    },
  )

  test('debounced: answers the last of what was typed', async () => {
    const hook = await openHookPage(app, 'debounced')
    await hook.page.getByLabel('Message').pressSequentially('Count to 12', { delay: 20 })
    await hook.untilSaid(countTo(12))
    await hook.screenshot('next-hook-debounced')
    await hook.page.getByLabel('Message').fill('Count to 5')
    await expect.poll(hook.said).toBe(countTo(5))
    expect(hook.problems).toEqual([])
  })

  test('conversation: remembers what was said, goes on after a reload in the middle of an answer, and begins anew', async () => {
    const hook = await openHookPage(app, 'conversation')
    await hook.send('Count to 12')
    await hook.untilSaid(countTo(12))
    await hook.untilOver()
    await hook.send('Count to 100')
    await hook.untilSaid(countTo(20))
    await hook.page.reload()
    await hook.untilSaid(countTo(100))
    await hook.untilOver()
    expect(await hook.said()).toBe(['Count to 12', countTo(12), 'Count to 100', countTo(100)].join('\n\n'))
    expect(await hook.fact('Connection')).toBe('online')
    await hook.screenshot('next-hook-conversation')
    await hook.button('New chat').click()
    await expect.poll(hook.said).toBe('')
    expect(hook.problems).toEqual([])
  })

  test('conversation: says what failed, and tries again', async () => {
    const connection = await breakableConnection(app.url)
    const hook = await openHookPage(connection, 'conversation')
    connection.break()
    await hook.send('Count to 12')
    await hook.untilError(/try again/i)
    await hook.screenshot('next-hook-conversation-error')
    connection.restore()
    await hook.button('Try again').click()
    await hook.untilSaid(countTo(12))
    expect(await hook.page.locator('.hook').getByRole('alert').count()).toBe(0)
  })

  test('a guest whose cookie is gone is told to reload, and is somebody new then', async () => {
    const hook = await openHookPage(app, 'streaming', { hasPrefetch: false })
    await hook.page.context().clearCookies()
    await hook.send('Count to 3')
    await hook.untilError(/Reload the page/)
    await hook.page.reload()
    await hook.send('Count to 3')
    await hook.untilSaid(countTo(3))
  })

  test('websocket: says that it needs a server, and works with one that is named', async () => {
    const without = await openHookPage(app, 'websocket')
    await without.page.getByText('NEXT_PUBLIC_API_URL=').waitFor()
    expect(await without.button('Send').isDisabled()).toBe(true)
    const colour = (control: Locator) => control.evaluate((it) => getComputedStyle(it).color)
    expect(await colour(without.page.getByLabel('Message'))).toBe(await colour(without.button('Send')))
    await without.screenshot('next-hook-websocket-off')
    const port = await freePort()
    const server = await startMillrace({ environment: { CORS_ORIGINS: `http://127.0.0.1:${port}` } })
    const named = await startNextApp({ port, environment: { NEXT_PUBLIC_API_URL: `${server.url}/` } })
    const hook = await openHookPage(named, 'websocket')
    await hook.send('Count to 100')
    await hook.untilSaid('1 2 3')
    await hook.button('Pause').click()
    await hook.button('Resume').waitFor()
    await hook.screenshot('next-hook-websocket')
    await hook.button('Resume').click()
    await hook.untilSaid(countTo(100))
    await hook.untilOver()
    expect(await hook.said()).toBe(countTo(100))
  })

  test('a Millrace server that is named answers the other pages too', async () => {
    const port = await freePort()
    const server = await startMillrace({ environment: { CORS_ORIGINS: `http://127.0.0.1:${port}` } })
    const named = await startNextApp({ port, environment: { NEXT_PUBLIC_API_URL: server.url } })
    for (const name of ['streaming', 'store']) {
      const hook = await openHookPage(named, name)
      await hook.send('Count to 10')
      await hook.untilSaid(countTo(10))
      await hook.untilOver()
    }
    const chat = await openChat(`${named.url}/chat`)
    expect(await chat.ask('Count to 10')).toBe(countTo(10))
    await expect
      .poll(() => server.logLines().filter(({ msg, outcome }) => msg === 'run ended' && outcome === 'completed').length)
      .toBe(3)
  })
})

describe('every page', () => {
  const pages = [
    '',
    'chat',
    ...['streaming', 'buffered', 'resilient', 'hybrid', 'debounced', 'store', 'websocket', 'conversation'].map(
      (name) => `hooks/${name}`,
    ),
  ]

  test.each(['light', 'dark'] as const)('has no accessibility violation in %s colours', async (colorScheme) => {
    const browser = await newBrowser({ colorScheme, initScript: axeSource })
    for (const path of pages) {
      const { page, problems } = await browser.newTab()
      await page.goto(`${app.url}/${path}`)
      await page.locator('h1').first().waitFor()
      expect({ path, found: await seriousProblems(page) }).toEqual({ path, found: [] })
      expect({ path, problems }).toEqual({ path, problems: [] })
      await page.screenshot({ path: screenshotPath(`next-${path.replace('/', '-') || 'home'}-${colorScheme}`) })
    }
  })

  test('needs no scrolling sideways on 360 pixels', async () => {
    const browser = await newBrowser({ viewport: { width: 360, height: 640 } })
    for (const path of pages) {
      const { page } = await browser.newTab()
      await page.goto(`${app.url}/${path}`)
      await page.locator('h1').first().waitFor()
      const overflow = await page.evaluate(() =>
        Math.max(
          ...[document.documentElement, ...document.querySelectorAll('main, .hook')].map(
            (box) => box.scrollWidth - box.clientWidth,
          ),
        ),
      )
      expect({ path, overflow }).toEqual({ path, overflow: 0 })
      const current = await page.locator('.site [aria-current]').boundingBox()
      const { x = -1, width = 0 } = current ?? {}
      expect({ path, isSeen: x >= 0 && x + width <= 360 }).toEqual({ path, isSeen: true })
      await page.screenshot({ path: screenshotPath(`next-${path.replace('/', '-') || 'home'}-narrow`) })
    }
  })
})
