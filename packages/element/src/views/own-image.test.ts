import { afterAll, beforeAll, expect, test } from 'vitest'
import { startBrowser, type TestBrowser } from '../testing/browser.ts'
import { mount } from '../testing/mount.ts'

let browser: TestBrowser
beforeAll(async () => {
  browser = await startBrowser()
}, 60_000)
afterAll(() => browser.close())

const PIXEL = Buffer.from('R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==', 'base64')

const HOSTED = '<!doctype html><title>x</title><script src="/chatkit.js" data-api-url="/chatkit"></script>'

/** A thread with one image, which the server shows only to who has the key; `asked` are the keys that were shown to it. */
async function guarded(options: Parameters<TestBrowser['open']>[0] = {}, address = '/preview.gif') {
  const opened = await browser.open(options)
  const asked: (string | undefined)[] = []
  await opened.page.route('**/preview.gif', async (route) => {
    const { authorization } = route.request().headers()
    asked.push(authorization)
    if (authorization === 'Bearer key') await route.fulfill({ contentType: 'image/gif', body: PIXEL })
    else await route.fulfill({ status: 401, contentType: 'application/json', body: '{}' })
  })
  const url = new URL(address, opened.server.url).href
  const attachment = { type: 'image', id: 'a1', name: 'cat.gif', mime_type: 'image/gif', preview_url: url }
  const content = [{ type: 'input_text', text: 'Look' }]
  opened.server.addThread('thr_a', 'Thread', [
    { type: 'user_message', content, attachments: [attachment], inference_options: {} },
  ])
  const image = opened.page.locator('.user-message').getByRole('img', { name: 'cat.gif' })
  const isShown = () => image.evaluate((img) => img instanceof HTMLImageElement && img.naturalWidth > 0)
  return { ...opened, url, asked, image, isShown }
}

test('an image of the API is asked for as the page asks the API, and shown from memory', async () => {
  const { page, image, asked, isShown, problems } = await guarded()
  await mount(page, { initialThread: 'thr_a' }, () => {
    window.extra = {
      api: {
        url: '/chatkit',
        domainKey: 'test',
        fetch: (url, init) => fetch(url, { ...init, headers: { ...init?.headers, authorization: 'Bearer key' } }),
      },
    }
  })
  await expect.poll(isShown).toBe(true)
  expect(await image.getAttribute('src')).toMatch(/^blob:/)
  expect(asked).toEqual(['Bearer key'])
  expect(problems).toEqual([])
})

test('in hosted mode it is asked for with the client secret', async () => {
  const { page, asked, isShown } = await guarded({ html: HOSTED })
  await mount(page, { initialThread: 'thr_a' }, () => {
    window.extra = { api: { getClientSecret: async () => 'key' } }
  })
  await expect.poll(isShown).toBe(true)
  expect(asked).toEqual(['Bearer key'])
})

test('the key goes to nobody else', async () => {
  const { page, asked, url, image } = await guarded({}, 'http://127.0.0.1:1/preview.gif')
  await mount(page, { initialThread: 'thr_a' }, () => {
    window.extra = {
      api: {
        url: '/chatkit',
        domainKey: 'test',
        fetch: (to, init) => fetch(to, { ...init, headers: { ...init?.headers, authorization: 'Bearer key' } }),
      },
    }
  })
  await expect.poll(() => image.getAttribute('src')).toBe(url)
  expect(asked.filter((key) => key !== undefined)).toEqual([])
})

test('a page whose fetch knows the API alone still shows images that need no key', async () => {
  const { page, url, image } = await guarded()
  await mount(page, { initialThread: 'thr_a' }, () => {
    window.extra = {
      api: {
        url: '/chatkit',
        domainKey: 'test',
        fetch: (to, init) =>
          String(to).endsWith('/chatkit') ? fetch(to, init) : Promise.resolve(Response.json({ type: 'error' })),
      },
    }
  })
  await expect.poll(() => image.getAttribute('src')).toBe(url)
})

test('without a fetch of its own the browser loads it', async () => {
  const { page, url, image } = await guarded()
  await mount(page, { initialThread: 'thr_a' })
  await expect.poll(() => image.getAttribute('src')).toBe(url)
})
