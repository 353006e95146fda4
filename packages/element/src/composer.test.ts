import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startBrowser, type TestBrowser } from './testing/browser.ts'
import { type Json, json } from './testing/chat-server.ts'
import { mount, send, toldNames } from './testing/mount.ts'

let browser: TestBrowser
beforeAll(async () => {
  browser = await startBrowser()
}, 60_000)
afterAll(() => browser.close())

const twoPhase = { api: { url: '/chatkit', domainKey: 'x', uploadStrategy: { type: 'two_phase' } } }
const withFiles = (more: Json = {}) => ({ ...twoPhase, composer: { attachments: { enabled: true, ...more } } })
const text = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('some notes') }

describe('writing', () => {
  test('Shift+Enter breaks the line, the input grows, and Enter sends', async () => {
    const { page, server } = await browser.open()
    await mount(page)
    const input = page.getByRole('textbox')
    await input.click()
    const height = (await input.boundingBox())?.height ?? 0
    await page.keyboard.type('one')
    await page.keyboard.press('Shift+Enter')
    await page.keyboard.type('two')
    expect((await input.boundingBox())?.height).toBeGreaterThan(height)
    expect(server.requests).toHaveLength(0)
    await page.keyboard.press('Enter')
    await expect
      .poll(() => server.of('threads.create')[0]?.params)
      .toMatchObject({ input: { content: [{ type: 'input_text', text: 'one\ntwo' }] } })
    expect(await input.inputValue()).toBe('')
  })

  test('an Enter of an input method sends nothing', async () => {
    const { page, server } = await browser.open()
    await mount(page)
    await page.getByRole('textbox').fill('にほん')
    await page.getByRole('textbox').dispatchEvent('keydown', { key: 'Enter', isComposing: true })
    await page.getByRole('textbox').dispatchEvent('keydown', { key: 'Enter', keyCode: 229 })
    expect(server.requests).toHaveLength(0)
    expect(await page.getByRole('textbox').inputValue()).toBe('にほん')
  })

  test('nothing can be sent where there is nothing to send', async () => {
    const { page, server } = await browser.open()
    await mount(page)
    const button = page.getByRole('button', { name: 'Send message' })
    expect(await button.isDisabled()).toBe(true)
    await page.getByRole('textbox').fill('   ')
    expect(await button.isDisabled()).toBe(true)
    await page.keyboard.press('Enter')
    expect(server.requests).toHaveLength(0)
    await page.getByRole('textbox').fill('x')
    expect(await button.isEnabled()).toBe(true)
  })

  test('prompts are sent as text or as the parts they are', async () => {
    const { page, server } = await browser.open()
    const tag = { type: 'input_tag', id: 's1', text: 'Central', group: 'Stations' }
    await mount(page, {
      startScreen: {
        prompts: [
          { label: 'Plain', prompt: 'Tell me' },
          { label: 'Rich', prompt: [{ type: 'input_text', text: 'Go to ' }, tag] },
        ],
      },
    })
    await page.getByRole('button', { name: 'Rich' }).click()
    await expect
      .poll(() => server.of('threads.create')[0]?.params)
      .toMatchObject({
        input: {
          content: [
            { type: 'input_text', text: 'Go to ' },
            { ...tag, data: {} },
          ],
        },
      })
    await page.getByText('Central', { exact: true }).waitFor()
  })
})

describe('tools and models', () => {
  const tools = [
    {
      id: 'search',
      label: 'Search the web',
      icon: 'globe',
      shortLabel: 'Search',
      placeholderOverride: 'What to search',
    },
    { id: 'draw', label: 'Draw', icon: 'images', persistent: true, pinned: true },
  ]

  test('a tool serves one message: placeholder, chip, tool_choice, and the news of it', async () => {
    const { page, server } = await browser.open()
    await mount(page, { composer: { tools } })
    await page.getByRole('button', { name: 'Add files or choose a tool' }).click()
    expect(await page.getByRole('menuitemradio').allTextContents()).toEqual(['Search the web', 'Draw'])
    await page.keyboard.press('Enter')
    await page.getByPlaceholder('What to search').waitFor()
    await page.getByRole('button', { name: 'Stop using Search the web' }).waitFor()
    await send(page, 'mills')
    await expect
      .poll(() => server.of('threads.create')[0]?.params)
      .toMatchObject({ input: { inference_options: { tool_choice: { id: 'search' } } } })
    await page.getByPlaceholder('Message the AI').waitFor()
    const changes = await page.evaluate(() =>
      window.told.filter((event) => event.name === 'tool.change').map((event) => event.detail),
    )
    expect(changes).toEqual([{ toolId: 'search' }, { toolId: null }])
  })

  test('a persistent tool stays, until it leaves the options', async () => {
    const { page } = await browser.open()
    await mount(page, { composer: { tools } })
    await page.getByRole('button', { name: 'Draw', exact: true }).click()
    await send(page, 'a mill')
    await page.getByText('Hello!', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Stop using Draw' }).waitFor()
    await page.evaluate(() => window.chat.setOptions({ api: { url: '/chatkit', domainKey: 'x' } }))
    await expect.poll(() => page.getByRole('button', { name: 'Stop using Draw' }).count()).toBe(0)
  })

  test('the default model is sent; a disabled one can not be chosen', async () => {
    const { page, server } = await browser.open()
    await mount(page, {
      composer: {
        models: [
          { id: 's', label: 'Small' },
          { id: 'l', label: 'Large', default: true },
          { id: 'h', label: 'Huge', disabled: true },
        ],
      },
    })
    await page.getByRole('button', { name: 'Model: Large' }).click()
    expect(await page.getByRole('menuitemradio', { name: 'Huge' }).isDisabled()).toBe(true)
    expect(await page.getByRole('menuitemradio', { name: 'Large' }).getAttribute('aria-checked')).toBe('true')
    await page.keyboard.press('Escape')
    expect(await page.getByRole('menu').count()).toBe(0)
    await send(page, 'hi')
    await expect
      .poll(() => server.of('threads.create')[0]?.params)
      .toMatchObject({ input: { inference_options: { model: 'l' } } })
  })

  test('without attachments and tools there is no plus button', async () => {
    const { page } = await browser.open()
    await mount(page, { composer: { attachments: { enabled: false } } })
    await page.getByRole('textbox').waitFor()
    expect(await page.locator('.composer-lead button').count()).toBe(0)
  })
})

describe('attachments', () => {
  test('a file is announced, then uploaded as told, and its id goes with the message', async () => {
    const { page, server } = await browser.open()
    await mount(page, withFiles())
    await page.locator('input[type=file]').setInputFiles(text)
    await page.getByText('notes.txt').waitFor()
    await expect.poll(() => server.uploads.length).toBe(1)
    expect(server.of('attachments.create')[0]?.params).toEqual({ name: 'notes.txt', size: 10, mime_type: 'text/plain' })
    expect(server.uploads[0]).toMatchObject({ method: 'PUT', body: 'some notes' })
    await page.getByRole('button', { name: 'Send message' }).click()
    await expect
      .poll(() => server.of('threads.create')[0]?.params)
      .toMatchObject({ input: { content: [], attachments: ['atc_1'] } })
    expect(await page.locator('.composer .file-chip').count()).toBe(0)
  })

  test('a direct upload is one multipart request with the field "file"', async () => {
    const { page, server } = await browser.open()
    await mount(page, {
      ...withFiles(),
      api: { url: '/chatkit', domainKey: 'x', uploadStrategy: { type: 'direct', uploadUrl: '/files' } },
    })
    await page.locator('input[type=file]').setInputFiles(text)
    await expect.poll(() => server.uploads[0]?.url).toBe('/files')
    expect(server.uploads[0]?.type).toContain('multipart/form-data')
    expect(server.uploads[0]?.body).toContain('name="file"; filename="notes.txt"')
    expect(server.of('attachments.create')).toHaveLength(0)
  })

  test('a file that breaks a rule is refused by its name, without a request', async () => {
    const { page, server } = await browser.open()
    await mount(page, withFiles({ maxSize: { 'text/*': 4 }, maxCount: 1, accept: { 'text/plain': ['.txt'] } }))
    const picker = page.locator('input[type=file]')
    await picker.setInputFiles(text)
    await page.getByRole('alert').filter({ hasText: 'notes.txt is larger than 4 bytes' }).waitFor()
    await picker.setInputFiles({ ...text, name: 'photo.png', mimeType: 'image/png' })
    await page.getByRole('alert').filter({ hasText: 'photo.png is of a kind that is not accepted' }).waitFor()
    await picker.setInputFiles([
      { ...text, buffer: Buffer.from('ok') },
      { ...text, name: 'two.txt', buffer: Buffer.from('ok') },
    ])
    await page.getByRole('alert').filter({ hasText: 'at most 1 files' }).waitFor()
    expect(server.of('attachments.create')).toHaveLength(1)
    expect((await toldNames(page)).filter((name) => name === 'error')).toHaveLength(3)
  })

  test('a failed upload says so on its chip, can be tried again, and its removal is told', async () => {
    const { page, server } = await browser.open()
    let isBroken = true
    server.intercept = (request, response) => {
      if (!request.type.startsWith('upload') || !isBroken) return undefined
      json(response, { type: 'error', error: 'The disk is full.', code: 'server_error', param: null }, 500)
      return true
    }
    await mount(page, withFiles())
    await page.locator('input[type=file]').setInputFiles(text)
    await page.locator('.file-chip.failed').getByText('The disk is full.').waitFor()
    expect(await page.getByRole('button', { name: 'Send message' }).isDisabled()).toBe(true)
    isBroken = false
    await page.getByRole('button', { name: 'Upload notes.txt again' }).click()
    await page.locator('.file-chip.ready').waitFor()
    const deleted = server.of('attachments.delete').length
    await page.getByRole('button', { name: 'Remove notes.txt' }).click()
    await expect.poll(() => server.of('attachments.delete').length).toBe(deleted + 1)
    expect(await page.locator('.file-chip').count()).toBe(0)
  })

  test('pasted and dropped files become attachments', async () => {
    const { page, server } = await browser.open()
    await mount(page, withFiles())
    await page.getByRole('textbox').focus()
    await page.evaluate(() => {
      const data = new DataTransfer()
      data.items.add(new File(['pixels'], 'shot.png', { type: 'image/png' }))
      const root = window.chat.shadowRoot
      root
        ?.querySelector('textarea')
        ?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
      const dropped = new DataTransfer()
      dropped.items.add(new File(['words'], 'drop.txt', { type: 'text/plain' }))
      const body = root?.querySelector('.body')
      body?.dispatchEvent(new DragEvent('dragenter', { dataTransfer: dropped, bubbles: true, cancelable: true }))
      body?.dispatchEvent(new DragEvent('drop', { dataTransfer: dropped, bubbles: true, cancelable: true }))
    })
    await page.getByText('shot.png').waitFor()
    await page.getByText('drop.txt').waitFor()
    await expect.poll(() => server.of('attachments.create').length).toBe(2)
  })

  test('setComposerValue fills the composer and sends nothing', async () => {
    const { page, server } = await browser.open()
    await mount(page, withFiles())
    await page.evaluate(() =>
      window.chat.setComposerValue({
        text: 'look',
        reply: 'a quote',
        attachments: [{ type: 'file', id: 'ready_1', name: 'ready.txt', mime_type: 'text/plain' }],
        files: [new File(['x'], 'fresh.txt', { type: 'text/plain' })],
      }),
    )
    expect(await page.getByRole('textbox').inputValue()).toBe('look')
    await page.getByText('a quote').waitFor()
    await expect.poll(() => server.uploads.length).toBe(1)
    expect(server.of('threads.create')).toHaveLength(0)
    await page.locator('.file-chip.ready').nth(1).waitFor()
    await page.getByRole('button', { name: 'Send message' }).click()
    await expect
      .poll(() => server.of('threads.create')[0]?.params)
      .toMatchObject({ input: { quoted_text: 'a quote', attachments: ['ready_1', 'atc_1'] } })
  })
})

describe('what takes the composer over', () => {
  test('a locked thread says why, a closed one shows a banner, an active one is open again', async () => {
    const { page, server } = await browser.open()
    const status = (value: Json) => server.addThread('thr_a', 'T', [], { status: value })
    status({ type: 'locked', reason: 'Waiting for review' })
    await mount(page, { initialThread: 'thr_a' })
    await page.getByPlaceholder('Waiting for review').waitFor()
    expect(await page.getByRole('textbox').isDisabled()).toBe(true)
    status({ type: 'closed' })
    await page.evaluate(() => window.chat.fetchUpdates())
    await page.getByText('This conversation is closed.').waitFor()
    expect(await page.getByRole('textbox').count()).toBe(0)
    status({ type: 'active' })
    await page.evaluate(() => window.chat.fetchUpdates())
    await expect.poll(() => page.getByRole('textbox').isEnabled()).toBe(true)
  })

  test('questions replace it; their answers are sent and kept in the thread', async () => {
    const { page, server } = await browser.open()
    const questions = [
      {
        type: 'multiple_choice',
        id: 'q1',
        question: 'Which?',
        options: [{ value: 'Red' }, { value: 'Blue' }],
        multiple: true,
      },
      { type: 'freeform', id: 'q2', question: 'Why?', description: 'In a word' },
      { type: 'multiple_choice', id: 'q3', question: 'When?', options: [{ value: 'Now' }] },
    ]
    server.respond = (answer, request) => {
      const item = {
        id: 'si',
        thread_id: answer.threadId,
        created_at: '2026-01-01T12:00:00Z',
        type: 'structured_input',
      }
      if (request.type !== 'threads.add_structured_input')
        return void answer.item({ ...item, status: 'pending', inputs: questions })
      const given = (request.params.input as { answers: Record<string, Json> }).answers
      answer.send({
        type: 'thread.item.replaced',
        item: {
          ...item,
          status: 'answered',
          inputs: questions.map((question) => ({ ...question, answer: given[question.id] })),
        },
      })
    }
    await mount(page)
    await send(page, 'ask me')
    await page.getByRole('checkbox', { name: 'Blue' }).check()
    await page.getByRole('group', { name: 'Which?' }).getByRole('textbox', { name: 'Your answer' }).fill('Green')
    await page.getByRole('textbox', { name: 'Why?' }).fill('Because')
    expect(await page.getByPlaceholder('Message the AI').count()).toBe(0)
    await page.getByRole('button', { name: 'Submit' }).click()
    await page.locator('.input-record').getByText('Blue, Green').waitFor()
    expect(server.of('threads.add_structured_input')[0]?.params).toEqual({
      thread_id: 'thr_1',
      item_id: 'si',
      input: {
        status: 'answered',
        answers: {
          q1: { values: ['Blue', 'Green'], skipped: false },
          q2: { values: ['Because'], skipped: false },
          q3: { values: [], skipped: true },
        },
      },
    })
    await page.getByPlaceholder('Message the AI').waitFor()
  })
})
