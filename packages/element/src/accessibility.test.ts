/// <reference types="node" />
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startBrowser, type TestBrowser } from './testing/browser.ts'
import { createdAt } from './testing/chat-server.ts'
import { mount, send, toldNames } from './testing/mount.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
let browser: TestBrowser
beforeAll(async () => {
  browser = await startBrowser()
}, 60_000)
afterAll(() => browser.close())

interface Violation {
  id: string
  impact: string
  nodes: { html: string }[]
}

declare global {
  interface Window {
    axe: { run(root: Element, options: object): Promise<{ violations: Violation[] }> }
  }
}

/** Violations inside the chat, worst ones only; the page around it is the test's. */
async function violations(page: Page): Promise<string[]> {
  // A fading line has its contrast measured at a moment of the fade.
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await page.evaluate(axe)
  return page.evaluate(async () => {
    const { violations: found } = await window.axe.run(window.chat, { resultTypes: ['violations'] })
    return found
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
  })
}

const user = {
  type: 'user_message',
  content: [{ type: 'input_text', text: 'Show me everything' }],
  attachments: [],
  inference_options: {},
}
const markdown =
  '# A\n\nText with `code`, a [link](https://example.com/) and **more**.\n\n- one\n  - two\n\n- [x] done\n\n```js\n// comment\nconst answer = "42" + 1 // a line that is so long that it does not fit into the width of a phone at all\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n> quote'
const everything = [
  user,
  {
    type: 'workflow',
    workflow: {
      type: 'custom',
      expanded: true,
      summary: { title: 'Worked' },
      tasks: [
        { type: 'custom', title: 'Task', content: 'Text', status_indicator: 'complete' },
        {
          type: 'web_search',
          title: 'Search',
          queries: ['q'],
          sources: [{ type: 'url', title: 's', url: 'https://example.com/' }],
          status_indicator: 'loading',
        },
      ],
    },
  },
  {
    type: 'assistant_message',
    content: [
      {
        type: 'output_text',
        text: markdown,
        annotations: [
          { type: 'annotation', source: { type: 'url', title: 'Source', url: 'https://example.com/' }, index: 3 },
        ],
      },
    ],
  },
  {
    type: 'widget',
    widget: {
      type: 'Card',
      status: { text: 'Status', icon: 'globe' },
      children: [
        { type: 'Title', value: 'Title' },
        { type: 'Caption', value: 'Caption' },
        { type: 'Text', value: 'Tertiary', color: 'tertiary' },
        ...['secondary', 'success', 'danger', 'warning', 'info', 'discovery'].flatMap((color) =>
          ['soft', 'solid', 'outline'].map((variant) => ({
            type: 'Badge',
            key: `${color}${variant}`,
            label: color,
            color,
            variant,
          })),
        ),
        ...['primary', 'secondary', 'info', 'discovery', 'success', 'caution', 'warning', 'danger'].flatMap((color) =>
          ['solid', 'soft', 'outline', 'ghost'].map((variant) => ({
            type: 'Button',
            key: `${color}${variant}`,
            label: color,
            color,
            variant,
          })),
        ),
        { type: 'Label', value: 'Name', fieldName: 'name' },
        { type: 'Input', name: 'name', placeholder: 'Ada' },
        { type: 'Textarea', name: 'text' },
        { type: 'Select', name: 'select', options: [{ value: 'a', label: 'A' }] },
        { type: 'Checkbox', name: 'check', label: 'Check' },
        { type: 'RadioGroup', name: 'radio', ariaLabel: 'Radio', options: [{ value: 'a', label: 'A' }] },
        { type: 'Button', iconStart: 'plus' },
      ],
    },
  },
]

describe.each(['light', 'dark'])('%s', (theme) => {
  test('no view has a serious accessibility fault', async () => {
    const { page, server } = await browser.open()
    server.addThread('thr_a', 'Everything', everything)
    server.respond = (answer) =>
      void answer.send(
        { type: 'notice', level: 'info', title: 'Note', message: 'A [link](https://example.com/)' },
        { type: 'error', code: 'custom', message: 'It failed.', allow_retry: true },
      )
    await mount(page, {
      theme,
      api: { url: '/chatkit', domainKey: 'x', uploadStrategy: { type: 'two_phase' } },
      composer: {
        attachments: { enabled: true },
        tools: [{ id: 't', label: 'Tool', icon: 'globe', pinned: true }],
        models: [{ id: 'm', label: 'Model' }],
      },
      startScreen: { prompts: [{ label: 'Ask', prompt: 'ask', icon: 'bolt' }] },
      threadItemActions: { feedback: true, retry: true },
      disclaimer: { text: 'Small [print](https://example.com/)' },
    })
    const found: Record<string, string[]> = { start: await violations(page) }
    await page.getByRole('button', { name: 'Add files or choose a tool' }).click()
    found.menu = await violations(page)
    await page.keyboard.press('Escape')
    await page.evaluate(() =>
      window.chat.setComposerValue({
        text: 'x',
        reply: 'quote',
        selectedToolId: 't',
        files: [new File(['x'], 'a.txt', { type: 'text/plain' })],
      }),
    )
    await page.locator('.file-chip.ready').waitFor()
    found.composer = await violations(page)
    await page.getByRole('button', { name: 'Send message' }).click()
    await page.getByRole('button', { name: 'Retry' }).waitFor()
    found.error = await violations(page)
    await page.getByRole('button', { name: 'History' }).click()
    await page.getByText('Everything').waitFor()
    found.history = await violations(page)
    await page.getByText('Everything').click()
    await page.locator('.widget').waitFor()
    found.thread = await violations(page)
    await page.setViewportSize({ width: 360, height: 740 })
    found.narrow = await violations(page)
    expect(found).toEqual({ start: [], menu: [], composer: [], error: [], history: [], thread: [], narrow: [] })
  })
})

describe('by keyboard alone', () => {
  test('a message is sent, the history opened, a thread chosen and a form filled', async () => {
    const { page, server } = await browser.open()
    server.addThread('thr_form', 'A form', [
      user,
      {
        type: 'widget',
        widget: {
          type: 'Card',
          children: [
            {
              type: 'Form',
              onSubmitAction: { type: 'save' },
              children: [
                { type: 'Input', name: 'name' },
                { type: 'Button', label: 'Save', submit: true },
              ],
            },
          ],
        },
      },
    ])
    await mount(page)
    const active = () =>
      page.evaluate(() => {
        const element = window.chat.shadowRoot?.activeElement
        return element?.getAttribute('aria-label') ?? element?.textContent ?? ''
      })
    const tabTo = async (name: string) => {
      for (let step = 0; step < 30 && !(await active()).includes(name); step++) await page.keyboard.press('Tab')
      expect(await active()).toContain(name)
    }
    await tabTo('Message the AI')
    await page.keyboard.type('hello')
    await page.keyboard.press('Enter')
    await page.getByText('Hello!', { exact: true }).waitFor()
    await tabTo('History')
    await page.keyboard.press('Enter')
    await page.getByText('A form').waitFor()
    await tabTo('A form')
    await page.keyboard.press('Enter')
    await page.locator('.widget').waitFor()
    await tabTo('name')
    await page.keyboard.type('Ada')
    await page.keyboard.press('Enter')
    await expect
      .poll(() => server.of('threads.custom_action')[0]?.params.action)
      .toEqual({ type: 'save', payload: { name: 'Ada' } })
  })

  test('the focus is always seen', async () => {
    const { page } = await browser.open()
    await mount(page, { startScreen: { prompts: [{ label: 'Ask', prompt: 'ask' }] } })
    for (const name of ['History', 'Ask']) {
      const button = page.getByRole('button', { name })
      await button.focus()
      await page.keyboard.press('Shift+Tab')
      await page.keyboard.press('Tab')
      const style = await button.evaluate((element) => getComputedStyle(element).outlineWidth)
      expect(Number.parseFloat(style)).toBeGreaterThanOrEqual(2)
    }
  })

  test('Escape reaches the page when nothing is open in the chat', async () => {
    const { page } = await browser.open()
    await mount(page)
    await page.evaluate(() =>
      document.addEventListener('keydown', (event) => window.told.push({ name: `key ${event.key}`, detail: null })),
    )
    await page.getByRole('button', { name: 'History' }).click()
    await page.keyboard.press('Escape')
    expect(await toldNames(page)).not.toContain('key Escape')
    await page.getByRole('textbox').focus()
    await page.keyboard.press('Escape')
    expect(await toldNames(page)).toContain('key Escape')
  })
})

test('a screen reader is told of the start, of whole sentences, and of the end', async () => {
  const { page, server } = await browser.open()
  server.respond = async (answer) => {
    answer.say('One sentence. And half of', { id: 'm', isOpen: true })
    await new Promise((resolve) => setTimeout(resolve, 2000))
    answer.send({
      type: 'thread.item.updated',
      item_id: 'm',
      update: { type: 'assistant_message.content_part.text_delta', content_index: 0, delta: ' another.' },
    })
    answer.send({
      type: 'thread.item.done',
      item: {
        id: 'm',
        thread_id: answer.threadId,
        created_at: createdAt,
        type: 'assistant_message',
        content: [{ type: 'output_text', text: 'One sentence. And half of another.', annotations: [] }],
      },
    })
  }
  await mount(page)
  await page.evaluate(() => {
    const region = window.chat.shadowRoot?.querySelector('[aria-live="polite"]')
    if (region)
      new MutationObserver(() => window.told.push({ name: 'announced', detail: region.textContent?.trim() })).observe(
        region,
        { childList: true },
      )
  })
  await send(page, 'go')
  await page.waitForFunction(() => window.told.some((event) => String(event.detail).includes('complete')))
  expect(
    await page.evaluate(() => window.told.filter((event) => event.name === 'announced').map((event) => event.detail)),
  ).toEqual(['Working…', 'One sentence.', 'And half of another. The response is complete.'])
})

describe('small screens', () => {
  test('at 320 pixels nothing is wider than the view', async () => {
    const { page, server } = await browser.open({ viewport: { width: 320, height: 568 } })
    server.addThread('thr_a', 'A very long title that can not possibly fit into such a narrow header', everything)
    await mount(page, {
      initialThread: 'thr_a',
      startScreen: { prompts: [{ label: 'A prompt with a rather long label in it', prompt: 'x' }] },
    })
    await page.locator('.widget').waitFor()
    const overflow = () =>
      page.evaluate(() => {
        const scroller = window.chat.shadowRoot?.querySelector('.scroller')
        return {
          page: document.documentElement.scrollWidth - innerWidth,
          thread: scroller ? scroller.scrollWidth - scroller.clientWidth : 0,
        }
      })
    expect(await overflow()).toEqual({ page: 0, thread: 0 })
    const composer = await page.locator('.composer').boundingBox()
    expect((composer?.y ?? 0) + (composer?.height ?? 0)).toBeLessThanOrEqual(568)
  })

  test('with a coarse pointer every button of the chat can be hit', async () => {
    const { page } = await browser.open({ viewport: { width: 360, height: 740 }, isTouch: true })
    await mount(page, {
      startScreen: { prompts: [{ label: 'Ask', prompt: 'ask' }] },
      composer: { tools: [{ id: 't', label: 'Tool', icon: 'globe' }] },
    })
    const small = await page.evaluate(() =>
      [...(window.chat.shadowRoot?.querySelectorAll('button') ?? [])]
        .map((button) => ({
          name: button.getAttribute('aria-label') ?? button.textContent,
          height: button.getBoundingClientRect().height,
        }))
        .filter(({ height }) => height < 44),
    )
    expect(small).toEqual([])
  })
})
