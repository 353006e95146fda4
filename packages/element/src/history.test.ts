import { afterAll, beforeAll, expect, test } from 'vitest'
import { startBrowser, type TestBrowser } from './testing/browser.ts'
import { type Json, json } from './testing/chat-server.ts'
import { gate } from './testing/gate.ts'
import { mount, send, toldNames } from './testing/mount.ts'

let browser: TestBrowser
beforeAll(async () => {
  browser = await startBrowser()
}, 60_000)
afterAll(() => browser.close())

const said = (text: string) => ({
  type: 'assistant_message',
  content: [{ type: 'output_text', text, annotations: [] }],
})

async function withThreads(options: Json = {}) {
  const opened = await browser.open()
  opened.server.addThread('thr_a', 'About apples', [said('An apple.')])
  opened.server.addThread('thr_b', 'About bread', [said('A loaf.')])
  opened.server.addThread('thr_c', undefined, [said('Nothing yet.')])
  await mount(opened.page, options)
  return opened
}

test('it lists threads newest first, and Escape closes it and gives the focus back', async () => {
  const { page, server } = await withThreads()
  await page.getByRole('button', { name: 'History' }).click()
  const rows = page.getByRole('region', { name: 'History' }).locator('.history-title')
  await expect.poll(() => rows.allTextContents()).toEqual(['New thread', 'About bread', 'About apples'])
  expect(server.of('threads.list')).toHaveLength(1)
  await page.keyboard.press('Escape')
  expect(await page.getByRole('region', { name: 'History' }).count()).toBe(0)
  await expect
    .poll(() => page.evaluate(() => window.chat.shadowRoot?.activeElement?.getAttribute('aria-label')))
    .toBe('History')
  expect(await toldNames(page)).toEqual(['ready', 'history.open', 'history.close'])
})

test('a chosen thread is loaded and told of once', async () => {
  const { page, server } = await withThreads()
  await page.getByRole('button', { name: 'History' }).click()
  await page.getByRole('button', { name: 'About bread' }).first().click()
  await page.getByText('A loaf.', { exact: true }).waitFor()
  await page.getByRole('heading', { name: 'About bread' }).waitFor()
  expect(server.of('threads.get_by_id').map((request) => request.params)).toEqual([{ thread_id: 'thr_b' }])
  expect((await toldNames(page)).sort()).toEqual([
    'history.close',
    'history.open',
    'ready',
    'thread.change',
    'thread.load.end',
    'thread.load.start',
  ])
})

test('of two threads chosen while the first one loads, only the second shows', async () => {
  const { page, server } = await withThreads()
  const next = gate()
  server.intercept = (request, response) => {
    if (request.type !== 'threads.get_by_id' || request.params.thread_id !== 'thr_a') return undefined
    void next.wait().then(() =>
      json(response, {
        ...server.threads.get('thr_a')?.thread,
        items: { data: server.threads.get('thr_a')?.items, has_more: false },
      }),
    )
    return true
  }
  const choose = async (title: string) => {
    await page.getByRole('button', { name: 'History' }).click()
    await page.getByRole('button', { name: title }).first().click()
  }
  await choose('About apples')
  await choose('About bread')
  await page.getByText('A loaf.', { exact: true }).waitFor()
  next.open()
  await send(page, 'go on')
  await page.getByText('Hello!', { exact: true }).waitFor()
  expect(await page.getByText('An apple.', { exact: true }).count()).toBe(0)
  expect(server.of('threads.add_user_message')[0]?.params.thread_id).toBe('thr_b')
})

test('a thread is renamed by keyboard', async () => {
  const { page, server } = await withThreads()
  await page.getByRole('button', { name: 'History' }).click()
  await page.getByRole('button', { name: 'Actions for “About apples”' }).focus()
  await page.keyboard.press('Enter')
  await page.locator('[role=menuitem]:focus').waitFor()
  await page.keyboard.press('Enter')
  await page.locator('input:focus').waitFor()
  await page.keyboard.type('About pears')
  await page.keyboard.press('Enter')
  await page.getByText('About pears').waitFor()
  expect(server.of('threads.update')[0]?.params).toEqual({ thread_id: 'thr_a', title: 'About pears' })
})

test('a rename that fails is taken back', async () => {
  const { page, server } = await withThreads()
  server.intercept = (request, response) => {
    if (request.type !== 'threads.update') return undefined
    json(response, { type: 'error', error: 'No.', code: 'forbidden', param: null }, 403)
    return true
  }
  await page.getByRole('button', { name: 'History' }).click()
  await page.getByRole('button', { name: 'Actions for “About apples”' }).click()
  await page.getByRole('menuitem', { name: 'Rename' }).click()
  await page.getByRole('textbox', { name: 'New title' }).fill('About pears')
  await page.keyboard.press('Enter')
  await expect.poll(() => toldNames(page)).toContain('error')
  await page.getByText('About apples').waitFor()
  expect(await page.getByText('About pears').count()).toBe(0)
})

test('deleting asks first; of the open thread it leaves a new chat', async () => {
  const { page, server } = await withThreads({ initialThread: 'thr_a' })
  await page.getByText('An apple.', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'History' }).click()
  await page.getByRole('button', { name: 'Actions for “About apples”' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  expect(server.of('threads.delete')).toHaveLength(0)
  await page.getByRole('button', { name: 'Delete' }).click()
  await expect.poll(() => server.of('threads.delete')[0]?.params).toEqual({ thread_id: 'thr_a' })
  await expect.poll(() => page.getByRole('button', { name: 'About apples' }).count()).toBe(0)
  await page.keyboard.press('Escape')
  await page.getByRole('heading', { name: 'What can I help with today?' }).waitFor()
  const changes = await page.evaluate(() =>
    window.told.filter((event) => event.name === 'thread.change').map((event) => event.detail),
  )
  expect(changes).toEqual([{ threadId: 'thr_a' }, { threadId: null }])
})

test('New chat asks nothing of the server and is told', async () => {
  const { page, server } = await withThreads({ initialThread: 'thr_a' })
  await page.getByText('An apple.', { exact: true }).waitFor()
  const requests = server.requests.length
  await page.getByRole('button', { name: 'New chat' }).click()
  await page.getByRole('heading', { name: 'What can I help with today?' }).waitFor()
  expect(server.requests).toHaveLength(requests)
  expect(
    await page.evaluate(() => window.told.filter((event) => event.name === 'thread.change').at(-1)?.detail),
  ).toEqual({ threadId: null })
  await expect.poll(() => page.evaluate(() => window.chat.shadowRoot?.activeElement?.tagName)).toBe('TEXTAREA')
})

test('a long history is read on', async () => {
  const { page, server } = await browser.open()
  for (let index = 0; index < 120; index++) server.addThread(`thr_${index}`, `Thread ${index}`, [])
  await mount(page)
  await page.getByRole('button', { name: 'History' }).click()
  await page.getByText('Thread 119', { exact: true }).waitFor()
  const more = page.getByRole('button', { name: 'Show older conversations' })
  const rows = page.locator('.history-row')
  let shown = await rows.count()
  while (shown < 120) {
    await more.click()
    await expect.poll(() => rows.count()).toBeGreaterThan(shown)
    shown = await rows.count()
  }
  await page.getByText('Thread 0', { exact: true }).waitFor()
  await expect.poll(() => more.count()).toBe(0)
})

test('switched off, it has no button, and asking for it does no harm', async () => {
  const { page, server } = await withThreads({ history: { enabled: false } })
  expect(await page.getByRole('button', { name: 'History' }).count()).toBe(0)
  await page.evaluate(() => window.chat.showHistory())
  expect(server.requests).toHaveLength(0)
  expect(await toldNames(page)).toEqual(['ready'])
})

test('rows have no menu where neither renaming nor deleting is wanted', async () => {
  const { page } = await withThreads({ history: { showDelete: false, showRename: false } })
  await page.evaluate(() => window.chat.showHistory())
  await page.getByText('About bread').waitFor()
  expect(await page.getByRole('button', { name: /Actions for/ }).count()).toBe(0)
})

test('with a thread to begin with, the start screen does not flash up before it', async () => {
  const { page, server } = await browser.open()
  server.addThread('thr_a', 'About apples', [said('An apple.')])
  // Looks at every change from the element's first rendering on.
  await mount(page, { initialThread: 'thr_a' }, () => {
    const attach = Element.prototype.attachShadow
    Element.prototype.attachShadow = function (init) {
      const root = attach.call(this, init)
      new MutationObserver(() => {
        if (root.querySelector('.start-screen')) document.body.dataset.flashed = 'yes'
      }).observe(root, { childList: true, subtree: true })
      return root
    }
  })
  await page.getByText('An apple.', { exact: true }).waitFor()
  expect(await page.evaluate(() => document.body.dataset.flashed)).toBeUndefined()
})
