import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startBrowser, type TestBrowser } from './testing/browser.ts'
import { gate } from './testing/gate.ts'
import { mount, send, toldNames } from './testing/mount.ts'

let browser: TestBrowser
beforeAll(async () => {
  browser = await startBrowser()
}, 60_000)
afterAll(() => browser.close())

describe('loading', () => {
  test('the script defines the element and leaves no global behind', async () => {
    const { page, problems } = await browser.open({ html: '<!doctype html><title>x</title>' })
    const before = await page.evaluate(() => Object.keys(window))
    await page.addScriptTag({ url: '/chatkit.js' })
    expect(await page.evaluate(() => customElements.get('openai-chatkit') !== undefined)).toBe(true)
    expect(await page.evaluate(() => Object.keys(window))).toEqual(before)
    expect(problems).toEqual([])
  })

  test('loading it twice changes nothing', async () => {
    const { page, problems } = await browser.open()
    await page.addScriptTag({ url: '/chatkit.js' })
    await mount(page)
    expect(await page.locator('openai-chatkit').getByRole('textbox').count()).toBe(1)
    expect(problems).toEqual([])
  })

  test('markup that was there first is upgraded, and its options may come before or after', async () => {
    const { page } = await browser.open({ html: '<!doctype html><title>x</title><openai-chatkit></openai-chatkit>' })
    await page.addScriptTag({ url: '/chatkit.js' })
    await page.evaluate(() => {
      const chat = document.querySelector('openai-chatkit')
      chat?.setOptions({ api: { url: '/chatkit', domainKey: 'x' } })
    })
    await page.getByRole('heading', { name: 'What can I help with today?' }).waitFor()
  })

  test('options set before the element is in the page start the chat once it is', async () => {
    const { page } = await browser.open()
    await page.evaluate(() => {
      const chat = document.createElement('openai-chatkit')
      window.told = []
      chat.addEventListener('chatkit.ready', () => window.told.push({ name: 'ready', detail: null }))
      chat.setOptions({ api: { url: '/chatkit', domainKey: 'x' } })
      document.body.append(chat)
      // What React's strict mode does: the same options again at once.
      chat.setOptions({ api: { url: '/chatkit', domainKey: 'x' } })
    })
    await page.getByRole('textbox').waitFor()
    await page.waitForFunction(() => window.told.length > 0)
    expect(await toldNames(page)).toEqual(['ready'])
  })

  test('a listener attached in a later task still hears of the start', async () => {
    const { page } = await browser.open()
    const heard = await page.evaluate(
      () =>
        new Promise<boolean>((resolve) => {
          const chat = document.createElement('openai-chatkit')
          document.body.append(chat)
          chat.setOptions({ api: { url: '/chatkit', domainKey: 'x' } })
          const channel = new MessageChannel()
          channel.port1.onmessage = () => chat.addEventListener('chatkit.ready', () => resolve(true))
          channel.port2.postMessage(null)
        }),
    )
    expect(heard).toBe(true)
  })

  test('a thread given as initial is loaded once, even when the options are set twice', async () => {
    const { page, server } = await browser.open()
    server.addThread('thr_a', 'About mills', [
      {
        type: 'user_message',
        content: [{ type: 'input_text', text: 'hello' }],
        attachments: [],
        inference_options: {},
      },
    ])
    await mount(page, { initialThread: 'thr_a' })
    await page.evaluate(() =>
      window.chat.setOptions({ api: { url: '/chatkit', domainKey: 'test' }, initialThread: 'thr_a' }),
    )
    await page.getByRole('heading', { name: 'About mills' }).waitFor()
    await page.getByText('hello', { exact: true }).waitFor()
    expect(server.of('threads.get_by_id')).toHaveLength(1)
    expect(await toldNames(page)).toEqual(['ready', 'thread.load.start', 'thread.change', 'thread.load.end'])
  })

  test('two chats on a page do not disturb each other', async () => {
    const { page, server } = await browser.open()
    await mount(page)
    await page.evaluate(() => {
      const second = document.createElement('openai-chatkit')
      second.id = 'second'
      document.body.append(second)
      second.setOptions({
        api: { url: '/chatkit', domainKey: 'x' },
        composer: { placeholder: 'Second' },
        theme: 'dark',
      })
    })
    await page.locator('#second').getByPlaceholder('Second').waitFor()
    await page.locator('openai-chatkit').first().getByRole('textbox').fill('one')
    await page.keyboard.press('Enter')
    await page.locator('openai-chatkit').first().getByText('Hello!', { exact: true }).waitFor()
    expect(await page.locator('#second').getByText('Hello!').count()).toBe(0)
    expect(server.of('threads.create')).toHaveLength(1)
  })

  test('styles of the page do not reach in; custom properties and parts do', async () => {
    const { page } = await browser.open({
      files: {
        '/page.css': {
          type: 'text/css',
          body: '* { color: red; text-transform: uppercase } button { display: none } openai-chatkit::part(composer) { border-color: rgb(1, 2, 3) }',
        },
      },
    })
    await mount(page)
    const look = await page.evaluate(() => {
      const root = window.chat.shadowRoot
      const part = (name: string) => getComputedStyle(root?.querySelector(`[part~="${name}"]`) ?? document.body)
      return {
        send: part('send-button').display,
        border: part('composer').borderTopColor,
        color: part('greeting').color,
      }
    })
    expect(look).toMatchObject({ send: 'grid', border: 'rgb(1, 2, 3)' })
    expect(look.color).not.toBe('rgb(255, 0, 0)')
  })
})

describe('options', () => {
  test('a theme that changes while an answer streams keeps the answer and the draft', async () => {
    const { page, server } = await browser.open()
    const next = gate()
    server.respond = async (answer) => {
      answer.say('first half', { id: 'm', isOpen: true })
      await next.wait()
      answer.send({
        type: 'thread.item.updated',
        item_id: 'm',
        update: { type: 'assistant_message.content_part.text_delta', content_index: 0, delta: ', second half' },
      })
    }
    await mount(page)
    await send(page, 'go')
    await page.getByText('first half', { exact: true }).waitFor()
    await page.getByRole('textbox').fill('my draft')
    const before = await page.evaluate(
      () => getComputedStyle(window.chat.shadowRoot?.querySelector('.ck') ?? document.body).backgroundColor,
    )
    await page.evaluate(() => window.chat.setOptions({ api: { url: '/chatkit', domainKey: 'x' }, theme: 'dark' }))
    const after = await page.evaluate(
      () => getComputedStyle(window.chat.shadowRoot?.querySelector('.ck') ?? document.body).backgroundColor,
    )
    expect(after).not.toBe(before)
    next.open()
    await page.getByText('first half, second half', { exact: true }).waitFor()
    expect(await page.getByRole('textbox').inputValue()).toBe('my draft')
  })

  test('a key that is left out is back at its default', async () => {
    const { page } = await browser.open()
    await mount(page, { startScreen: { greeting: 'Welcome back' }, composer: { placeholder: 'Ask' } })
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor()
    await page.evaluate(() => window.chat.setOptions({ api: { url: '/chatkit', domainKey: 'x' } }))
    await page.getByRole('heading', { name: 'What can I help with today?' }).waitFor()
    await page.getByPlaceholder('Message the AI').waitFor()
  })

  test('what can not be used is named, and the chat shows all the same', async () => {
    const { page } = await browser.open()
    await mount(page, { threads: {}, composer: { placeholder: 3 } })
    await page.getByRole('textbox').waitFor()
    const errors = await page.evaluate(() =>
      window.told.filter((event) => event.name === 'error').map((event) => String(event.detail)),
    )
    expect(errors.join()).toContain('threads is not an option')
    expect(errors.join()).toContain('composer.placeholder should be a string')
  })

  test('a missing api is named by its path, and sending says so', async () => {
    const { page } = await browser.open()
    await mount(page, { api: null })
    await send(page, 'hello')
    await page.getByRole('alert').filter({ hasText: 'api.url' }).waitFor()
    const errors = await page.evaluate(() =>
      window.told.filter((event) => event.name === 'error').map((event) => String(event.detail)),
    )
    expect(errors[0]).toContain('api is required')
  })

  test('a fetch of the page gets plain headers and a signal, and the newest one is used', async () => {
    const { page, server } = await browser.open()
    await mount(page, {}, () => {
      window.extra = {
        api: {
          url: '/chatkit',
          domainKey: 'x',
          fetch: (url, init) => fetch(url, { ...init, headers: { ...init?.headers, authorization: 'Bearer one' } }),
        },
      }
    })
    await send(page, 'hello')
    await page.getByText('Hello!', { exact: true }).waitFor()
    await page.evaluate(() =>
      window.chat.setOptions({
        api: {
          url: '/chatkit',
          domainKey: 'x',
          fetch: (url, init) => fetch(url, { ...init, headers: { ...init?.headers, authorization: 'Bearer two' } }),
        },
      }),
    )
    await send(page, 'again')
    await expect.poll(() => server.of('threads.add_user_message')[0]?.headers.authorization).toBe('Bearer two')
    expect(server.of('threads.create')[0]?.headers).toMatchObject({
      authorization: 'Bearer one',
      'content-type': 'application/json',
      'accept-language': 'en',
    })
  })

  test('a fixed header title, header buttons and a disclaimer show as given', async () => {
    const { page } = await browser.open()
    await mount(
      page,
      { header: { title: { text: 'Support' } }, disclaimer: { text: 'Read the [terms](https://example.com/).' } },
      () => {
        window.extra = {
          header: {
            title: { text: 'Support' },
            rightAction: { icon: 'settings-cog', onClick: () => window.told.push({ name: 'clicked', detail: null }) },
          },
        }
      },
    )
    await page.getByRole('heading', { name: 'Support' }).waitFor()
    await page.getByRole('button', { name: 'Settings cog' }).click()
    expect(await toldNames(page)).toContain('clicked')
    await page.getByText('Read the').waitFor()
  })
})

describe('methods', () => {
  test('one called before the start runs once the chat is ready', async () => {
    const { page, server } = await browser.open()
    await page.evaluate(() => {
      const chat = document.createElement('openai-chatkit')
      window.chat = chat
      document.body.append(chat)
      void chat.sendUserMessage({ text: 'early' })
      chat.setOptions({ api: { url: '/chatkit', domainKey: 'x' } })
    })
    await page.getByText('Hello!', { exact: true }).waitFor()
    expect(server.of('threads.create')).toHaveLength(1)
  })

  test('a message sent while an answer streams is refused, and nothing goes out', async () => {
    const { page, server } = await browser.open()
    server.respond = async (answer) => {
      answer.say('working', { isOpen: true })
      await answer.closed
    }
    await mount(page)
    await send(page, 'go')
    await page.getByText('working', { exact: true }).waitFor()
    const outcome = await page.evaluate(() =>
      window.chat.sendUserMessage({ text: 'too early' }).then(
        () => 'sent',
        (error) => String(error),
      ),
    )
    expect(outcome).toContain('while a response streams')
    expect(server.of('threads.add_user_message')).toHaveLength(0)
  })

  test('sendUserMessage sends its options and leaves the composer as it is', async () => {
    const { page, server } = await browser.open()
    await mount(page, {
      composer: {
        tools: [{ id: 'search', label: 'Search', icon: 'globe' }],
        models: [{ id: 'small', label: 'Small', default: true }],
      },
    })
    await page.getByRole('textbox').fill('draft')
    await page.evaluate(() =>
      window.chat.sendUserMessage({ text: 'hi', reply: 'quoted', toolChoice: { id: 'other' }, model: 'large' }),
    )
    expect(server.of('threads.create')[0]?.params).toEqual({
      input: {
        content: [{ type: 'input_text', text: 'hi' }],
        quoted_text: 'quoted',
        attachments: [],
        inference_options: { tool_choice: { id: 'other' }, model: 'large' },
      },
    })
    expect(await page.getByRole('textbox').inputValue()).toBe('draft')
    expect(await toldNames(page)).not.toContain('tool.change')
  })

  test('setThreadId of a missing thread rejects and keeps the view', async () => {
    const { page } = await browser.open()
    await mount(page)
    await send(page, 'hello')
    await page.getByText('Hello!', { exact: true }).waitFor()
    await page.waitForFunction(() => window.told.some((event) => event.name === 'response.end'))
    const outcome = await page.evaluate(() =>
      window.chat.setThreadId('thr_nowhere').then(
        () => 'opened',
        (error) => String(error),
      ),
    )
    expect(outcome).toContain('no such thread')
    await page.getByText('Hello!', { exact: true }).waitFor()
    expect(await toldNames(page)).toContain('error')
  })

  test('a custom action without a thread says what to do', async () => {
    const { page } = await browser.open()
    await mount(page)
    const outcome = await page.evaluate(() =>
      window.chat.sendCustomAction({ type: 'x' }).then(
        () => 'sent',
        (error) => String(error),
      ),
    )
    expect(outcome).toContain('needs an open thread')
  })

  test('the newest state of a thread is fetched on request', async () => {
    const { page, server } = await browser.open()
    server.addThread('thr_a', 'Before', [])
    await mount(page, { initialThread: 'thr_a' })
    await page.getByRole('heading', { name: 'Before' }).waitFor()
    server.addThread('thr_a', 'After', [
      { type: 'assistant_message', content: [{ type: 'output_text', text: 'news', annotations: [] }] },
    ])
    await page.evaluate(() => window.chat.fetchUpdates())
    await page.getByRole('heading', { name: 'After' }).waitFor()
    await page.getByText('news', { exact: true }).waitFor()
  })

  test('removed while it streams, it closes its connection; moved, it keeps the thread', async () => {
    const { page, server } = await browser.open()
    let isClosed = false
    server.respond = async (answer) => {
      answer.say('still here', { isOpen: true })
      await answer.closed
      isClosed = true
    }
    await mount(page)
    await send(page, 'go')
    await page.getByText('still here', { exact: true }).waitFor()
    await page.evaluate(() => {
      const box = document.createElement('div')
      box.style.height = '100%'
      document.body.append(box)
      box.append(window.chat)
    })
    await page.getByText('still here', { exact: true }).waitFor()
    expect(isClosed).toBe(false)
    await page.evaluate(() => window.chat.remove())
    await expect.poll(() => isClosed).toBe(true)
  })
})

test('what a page throws in its own handler is reported, and the chat goes on', async () => {
  const { page } = await browser.open()
  await mount(page, {}, () => {
    window.extra = {
      header: {
        rightAction: {
          icon: 'menu',
          onClick: () => {
            throw new Error('page fault')
          },
        },
      },
    }
  })
  await page.getByRole('button', { name: 'Menu' }).click()
  await expect
    .poll(() => page.evaluate(() => window.told.map((event) => String(event.detail))))
    .toContain('Error: page fault')
  await send(page, 'hello')
  await page.getByText('Hello!', { exact: true }).waitFor()
})

test('in hosted mode the secret is asked for at once, sent along, and renewed when the server refuses it', async () => {
  const { page, server } = await browser.open({
    html: '<!doctype html><title>x</title><script src="/chatkit.js" data-api-url="/chatkit"></script>',
  })
  server.intercept = (request, response) => {
    if (request.headers.authorization !== 'Bearer old') return undefined
    response.writeHead(401).end()
    return true
  }
  await mount(page, {}, () => {
    window.extra = {
      api: {
        getClientSecret: async (current) => {
          window.told.push({ name: 'secret', detail: current })
          return current === null ? 'old' : 'new'
        },
      },
    }
  })
  const asked = () =>
    page.evaluate(() => window.told.filter((event) => event.name === 'secret').map((event) => event.detail))
  expect(await asked()).toEqual([null])
  await send(page, 'hello')
  await page.getByText('Hello!', { exact: true }).waitFor()
  expect(await asked()).toEqual([null, 'old'])
  expect(server.of('threads.create').map((request) => request.headers.authorization)).toEqual([
    'Bearer old',
    'Bearer new',
  ])
})

test('in hosted mode files go up with the secret, and the secret goes nowhere but to the API', async () => {
  const { page, server } = await browser.open({
    html: '<!doctype html><title>x</title><script src="/chatkit.js" data-api-url="/chatkit"></script>',
  })
  const carried: Record<string, string | undefined> = {}
  server.intercept = ({ type, headers }) => {
    carried[type] = headers.authorization
    return undefined
  }
  await mount(page, { composer: { attachments: { enabled: true } } }, () => {
    window.extra = { api: { getClientSecret: async () => 'key' } }
  })
  const file = { name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('a') }
  await page.locator('input[type=file]').setInputFiles(file)
  await expect.poll(() => Object.keys(carried)).toContain('upload /upload/atc_1')
  expect(carried['upload /upload/atc_1']).toBe('Bearer key')
  await page.evaluate(() => {
    const browserFetch = window.fetch
    window.fetch = (url, init) => {
      if (!String(url).startsWith('https://files.invalid/')) return browserFetch(url, init)
      window.told.push({ name: 'elsewhere', detail: new Headers(init?.headers).get('authorization') })
      return Promise.resolve(Response.json({ id: 'atc_2', type: 'file', name: 'b.txt', mime_type: 'text/plain' }))
    }
    const uploadStrategy = { type: 'direct', uploadUrl: 'https://files.invalid/upload' }
    const api = { getClientSecret: async () => 'key', uploadStrategy }
    const options = { api, composer: { attachments: { enabled: true } } }
    window.chat.setOptions(options as Parameters<typeof window.chat.setOptions>[0])
  })
  await page.locator('input[type=file]').setInputFiles({ ...file, name: 'b.txt' })
  const elsewhere = () => page.evaluate(() => window.told.filter((event) => event.name === 'elsewhere'))
  await expect.poll(elsewhere).toEqual([{ name: 'elsewhere', detail: null }])
})
