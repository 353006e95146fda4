import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startBrowser, type TestBrowser } from './testing/browser.ts'
import { createdAt, type Json, json } from './testing/chat-server.ts'
import { gate } from './testing/gate.ts'
import { mount, send } from './testing/mount.ts'

let browser: TestBrowser
beforeAll(async () => {
  browser = await startBrowser()
}, 60_000)
afterAll(() => browser.close())

const user = {
  type: 'user_message',
  content: [{ type: 'input_text', text: 'q' }],
  attachments: [],
  inference_options: {},
}
const card = (...children: Json[]) => ({ type: 'Card', children })

async function openWidget(widget: Json, options: Json = {}, setUp?: () => void) {
  const opened = await browser.open()
  opened.server.addThread('thr_a', 'Widget', [user, { type: 'widget', id: 'w1', widget }])
  await mount(opened.page, { initialThread: 'thr_a', ...options }, setUp)
  await opened.page.locator('.widget').waitFor()
  return opened
}

describe('actions', () => {
  test('a button shows that its action runs, and the new widget takes the place of the old one', async () => {
    const { page, server } = await openWidget(
      card({ type: 'Button', label: 'Book', onClickAction: { type: 'book', payload: { id: 7 } } }),
    )
    const next = gate()
    server.respond = async (answer) => {
      await next.wait()
      answer.send({
        type: 'thread.item.replaced',
        item: {
          id: 'w1',
          thread_id: 'thr_a',
          created_at: createdAt,
          type: 'widget',
          widget: card({ type: 'Text', value: 'Booked' }),
        },
      })
    }
    const button = page.getByRole('button', { name: 'Book' })
    await button.click()
    await expect.poll(() => button.getAttribute('aria-busy')).toBe('true')
    expect(server.of('threads.custom_action')[0]?.params).toEqual({
      thread_id: 'thr_a',
      item_id: 'w1',
      action: { type: 'book', payload: { id: 7 } },
    })
    next.open()
    await page.locator('.widget').getByText('Booked').waitFor()
    expect(await page.locator('.widget').count()).toBe(1)
  })

  test('an action of the page runs there and nowhere else, and loads until its promise settles', async () => {
    const { page, server } = await openWidget(
      card({ type: 'Button', label: 'Open', onClickAction: { type: 'open', payload: { id: 1 }, handler: 'client' } }),
      {},
      () => {
        window.extra = {
          widgets: {
            onAction: async (action, item) => {
              window.told.push({ name: 'action', detail: { action, id: item.id, type: item.widget.type } })
              await new Promise((resolve) => addEventListener('finish', resolve, { once: true }))
            },
          },
        }
      },
    )
    const before = server.requests.length
    const button = page.getByRole('button', { name: 'Open' })
    await button.click()
    await expect.poll(() => button.getAttribute('aria-busy')).toBe('true')
    expect(await page.evaluate(() => window.told.find((event) => event.name === 'action')?.detail)).toEqual({
      action: { type: 'open', payload: { id: 1 } },
      id: 'w1',
      type: 'Card',
    })
    await page.evaluate(() => window.dispatchEvent(new Event('finish')))
    await expect.poll(() => button.getAttribute('aria-busy')).toBe('false')
    expect(server.requests).toHaveLength(before)
  })

  test('while an answer streams, streaming actions do nothing and the others work', async () => {
    const { page, server } = await openWidget(
      card(
        { type: 'Button', label: 'Stream', onClickAction: { type: 'a' } },
        { type: 'Button', label: 'Sync', onClickAction: { type: 'b', streaming: false } },
      ),
    )
    server.respond = async (answer) => {
      answer.say('busy', { isOpen: true })
      await answer.closed
    }
    server.intercept = (request, response) => {
      if (request.type !== 'threads.sync_custom_action') return undefined
      json(response, {
        updated_item: {
          id: 'w1',
          thread_id: 'thr_a',
          created_at: createdAt,
          type: 'widget',
          widget: card({ type: 'Text', value: 'Synced' }),
        },
      })
      return true
    }
    await send(page, 'go')
    await page.getByText('busy', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Stream' }).click()
    await page.getByRole('button', { name: 'Sync' }).click()
    await page.locator('.widget').getByText('Synced').waitFor()
    expect(server.of('threads.custom_action')).toHaveLength(0)
  })

  test('the row of a list is pressed by mouse and keyboard; one without an action is not', async () => {
    const { page, server } = await openWidget({
      type: 'ListView',
      limit: 2,
      children: [1, 2, 3].map((number) => ({
        type: 'ListViewItem',
        key: `${number}`,
        ...(number < 3 && { onClickAction: { type: 'pick', payload: { number } } }),
        children: [{ type: 'Text', value: `Row ${number}` }],
      })),
    })
    expect(await page.locator('.w-list-item').count()).toBe(2)
    await page.getByRole('button', { name: 'Show 1 more' }).click()
    expect(await page.locator('.w-list-item').count()).toBe(3)
    expect(await page.getByRole('button', { name: 'Row 3' }).count()).toBe(0)
    await page.getByRole('button', { name: 'Row 2' }).focus()
    await page.keyboard.press('Enter')
    await expect
      .poll(() => server.of('threads.custom_action')[0]?.params.action)
      .toEqual({ type: 'pick', payload: { number: 2 } })
  })

  test('a changed control sends its value under its name', async () => {
    const { page, server } = await openWidget(
      card({
        type: 'Select',
        name: 'seat',
        options: [
          { value: 'a', label: 'Aisle' },
          { value: 'w', label: 'Window' },
        ],
        onChangeAction: { type: 'seat', payload: { flight: 9 } },
      }),
    )
    await page.getByRole('combobox', { name: 'seat' }).selectOption('w')
    await expect
      .poll(() => server.of('threads.custom_action')[0]?.params.action)
      .toEqual({ type: 'seat', payload: { flight: 9, seat: 'w' } })
  })
})

describe('forms', () => {
  const form = (action: Json = {}) =>
    card({
      type: 'Form',
      onSubmitAction: { type: 'save', ...action },
      children: [
        { type: 'Label', value: 'Title', fieldName: 'todo.title' },
        { type: 'Input', name: 'todo.title', required: true, pattern: '[a-z]+' },
        { type: 'Textarea', name: 'note', defaultValue: 'none' },
        { type: 'Select', name: 'list', options: [{ value: 'home', label: 'Home' }], defaultValue: 'home' },
        { type: 'Checkbox', name: 'urgent', label: 'Urgent' },
        {
          type: 'RadioGroup',
          name: 'when',
          options: [
            { value: 'now', label: 'Now' },
            { value: 'later', label: 'Later' },
          ],
          defaultValue: 'later',
        },
        { type: 'Text', value: 'me', editable: { name: 'who' } },
        { type: 'Button', label: 'Save', submit: true },
      ],
    })

  test('an invalid form sends nothing; a valid one nests its values', async () => {
    const { page, server } = await openWidget(form({ payload: { source: 'test' } }))
    const save = page.getByRole('button', { name: 'Save' })
    await save.click()
    const title = page.getByRole('textbox', { name: 'Title' })
    await title.fill('UPPER')
    await save.click()
    expect(server.of('threads.custom_action')).toHaveLength(0)
    await title.fill('milk')
    await page.getByRole('checkbox', { name: 'Urgent' }).check()
    await page.getByRole('radio', { name: 'Now' }).check()
    await title.press('Enter')
    await expect
      .poll(() => server.of('threads.custom_action')[0]?.params.action)
      .toEqual({
        type: 'save',
        payload: {
          source: 'test',
          todo: { title: 'milk' },
          note: 'none',
          list: 'home',
          urgent: true,
          when: 'now',
          who: 'me',
        },
      })
  })

  test('a value that the payload sets already is left out and reported', async () => {
    const { page, server } = await openWidget(form({ payload: { note: 'fixed' } }))
    await page.getByRole('textbox', { name: 'Title' }).fill('milk')
    await page.getByRole('button', { name: 'Save' }).click()
    await expect
      .poll(() => server.of('threads.custom_action')[0]?.params.action)
      .toMatchObject({ payload: { note: 'fixed' } })
    expect(
      await page.evaluate(() =>
        window.told.filter((event) => event.name === 'error').map((event) => String(event.detail)),
      ),
    ).toEqual([expect.stringContaining('"note" was left out')])
  })

  test('a card as a form gives its fields to confirm', async () => {
    const { page, server } = await openWidget({
      type: 'Card',
      asForm: true,
      children: [{ type: 'Input', name: 'name', required: true }],
      confirm: { label: 'OK', action: { type: 'ok' } },
      cancel: { label: 'No', action: { type: 'no' } },
    })
    await page.getByRole('button', { name: 'OK' }).click()
    expect(server.of('threads.custom_action')).toHaveLength(0)
    await page.getByRole('textbox', { name: 'name' }).fill('Ada')
    await page.getByRole('button', { name: 'OK' }).click()
    await expect
      .poll(() => server.of('threads.custom_action')[0]?.params.action)
      .toEqual({ type: 'ok', payload: { name: 'Ada' } })
  })

  test('what is being typed survives an update of the widget', async () => {
    const { page, server } = await browser.open()
    const next = gate()
    const widget = (status: string) =>
      card({ type: 'Text', value: status }, { type: 'Input', name: 'city', key: 'city' })
    server.respond = async (answer) => {
      answer.send({
        type: 'thread.item.added',
        item: { id: 'w', thread_id: answer.threadId, created_at: createdAt, type: 'widget', widget: widget('before') },
      })
      await next.wait()
      answer.send({
        type: 'thread.item.updated',
        item_id: 'w',
        update: {
          type: 'widget.root.updated',
          widget: card(
            { type: 'Badge', label: 'new' },
            { type: 'Text', value: 'after' },
            { type: 'Input', name: 'city', key: 'city' },
          ),
        },
      })
    }
    await mount(page)
    await send(page, 'go')
    const input = page.getByRole('textbox', { name: 'city' })
    await input.fill('Lis')
    next.open()
    await page.locator('.widget').getByText('after').waitFor()
    expect(await input.inputValue()).toBe('Lis')
    await page.keyboard.type('bon')
    expect(await input.inputValue()).toBe('Lisbon')
  })
})

test('text of a widget streams into its node', async () => {
  const { page, server } = await browser.open()
  server.respond = (answer) => {
    answer.send({
      type: 'thread.item.added',
      item: {
        id: 'w',
        thread_id: answer.threadId,
        created_at: createdAt,
        type: 'widget',
        widget: card({ type: 'Markdown', id: 'm', value: '', streaming: true }),
      },
    })
    for (const delta of ['Hel', 'lo **you', '**'])
      answer.send({
        type: 'thread.item.updated',
        item_id: 'w',
        update: { type: 'widget.streaming_text.value_delta', component_id: 'm', delta, done: delta === '**' },
      })
  }
  await mount(page)
  await send(page, 'go')
  await expect.poll(() => page.locator('.widget strong').textContent()).toBe('you')
})

test('unknown nodes draw their children, nodes written by hand are read tolerantly, and nothing loads by style', async () => {
  const { page, problems } = await openWidget(
    card(
      { type: 'Hologram', children: [{ type: 'Text', value: 'inside' }] },
      { type: 'Badge', label: 'round', pill: 'true' },
      {
        type: 'Box',
        background: 'url(https://example.com/track.png)',
        children: [{ type: 'Text', value: 'safe', color: { light: 'blue-500', dark: 'blue-300' } }],
      },
      { type: 'Text' },
      { type: 'Image', src: 'javascript:alert(1)' },
      { type: 'Select', name: 'empty', options: null },
      { type: 'Icon', name: 'no-such-icon' },
    ),
  )
  await page.getByText('inside', { exact: true }).waitFor()
  expect(await page.locator('.w-badge.pill').count()).toBe(1)
  expect(await page.locator('.widget img').count()).toBe(0)
  expect(problems).toEqual([])
})

test('theme switches the colours of its subtree', async () => {
  const { page } = await openWidget({
    type: 'Card',
    theme: 'dark',
    children: [{ type: 'Text', value: 'night', color: { light: '#010101', dark: '#fefefe' } }],
  })
  const color = await page.getByText('night', { exact: true }).evaluate((text) => getComputedStyle(text).color)
  expect(color).toBe('rgb(254, 254, 254)')
})
