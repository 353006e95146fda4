import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildMath, startBrowser, type TestBrowser } from './testing/browser.ts'
import { createdAt, type Json } from './testing/chat-server.ts'
import { gate } from './testing/gate.ts'
import { mount, send } from './testing/mount.ts'

let browser: TestBrowser
beforeAll(async () => {
  browser = await startBrowser()
}, 60_000)
afterAll(() => browser.close())

type Files = NonNullable<Parameters<TestBrowser['open']>[0]>['files']

const user = (text: string, more: Json = {}) => ({
  type: 'user_message',
  content: [{ type: 'input_text', text }],
  attachments: [],
  inference_options: {},
  ...more,
})
const assistant = (text: string, annotations: Json[] = []) => ({
  type: 'assistant_message',
  content: [{ type: 'output_text', text, annotations }],
})
const cite = (number: number, index?: number) => ({
  type: 'annotation',
  index,
  source: {
    type: 'url',
    title: `Page ${number}`,
    url: `https://example.com/${number}`,
    description: `About ${number}`,
  },
})

async function openThread(items: Json[], options: Json = {}, more: Json = {}, files: Files = {}) {
  const opened = await browser.open({ files })
  opened.server.addThread('thr_a', 'Thread', items, more)
  await mount(opened.page, { initialThread: 'thr_a', ...options })
  await opened.page.getByRole('heading', { name: 'Thread' }).waitFor()
  return opened
}

describe('text', () => {
  test('an answer is markdown: heading, list, table, quote, link, and code with a working copy button', async () => {
    const { page, problems } = await openThread([
      user('q'),
      assistant(
        '# Title\n\n- one\n- two\n\n> said\n\n[site](https://example.com/)\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n```js\nconst x = 1\n```',
      ),
    ])
    const answer = page.locator('.assistant-message')
    await answer.getByRole('heading', { name: 'Title' }).waitFor()
    expect(await answer.locator('li').count()).toBe(2)
    expect(await answer.locator('blockquote').textContent()).toContain('said')
    expect(await answer.locator('td').count()).toBe(2)
    const link = answer.getByRole('link', { name: 'site' })
    expect([await link.getAttribute('target'), await link.getAttribute('rel')]).toEqual([
      '_blank',
      'noopener noreferrer',
    ])
    await answer.locator('.code-block').getByRole('button', { name: 'Copy' }).click()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('const x = 1')
    expect(problems).toEqual([])
  })

  describe('formulas', () => {
    const formulas = assistant('Of \\(x^2\\) it costs $5 and $6:\n\n$$\\frac{a}{b}$$')

    test('are drawn, with what is fetched for the first one; prices are prices', async () => {
      const files = { '/chatkit-math.js': { type: 'text/javascript', body: await buildMath() } }
      const { page, problems } = await openThread([user('q'), formulas], {}, {}, files)
      await expect.poll(() => page.locator('.markdown math').count()).toBe(2)
      expect(await page.locator('.math-display math mfrac').count()).toBe(1)
      expect(await page.locator('.markdown p').first().textContent()).toContain('$5 and $6')
      expect(problems).toEqual([])
    })

    test('are read as they were written where that can not be fetched', async () => {
      const { page } = await openThread([user('q'), formulas])
      await page.waitForFunction(() => performance.getEntriesByName(`${location.origin}/chatkit-math.js`).length === 1)
      expect(await page.locator('.math').allTextContents()).toEqual(['x^2', '\\frac{a}{b}'])
    })
  })

  test('nothing in an answer runs', async () => {
    const { page } = await openThread([
      user('q'),
      assistant('<img src=x onerror="window.hit=1">\n\n[click](javascript:window.hit=1) <script>window.hit=1</script>'),
    ])
    await page.locator('.assistant-message').waitFor()
    expect(
      await page
        .locator('.assistant-message a[href^="javascript"], .assistant-message script, .assistant-message img')
        .count(),
    ).toBe(0)
    expect(await page.evaluate(() => 'hit' in window)).toBe(false)
  })

  test('a deep link is told and goes nowhere', async () => {
    const { page } = await openThread([user('q'), assistant('[doc](chatkit-link://document?id=7)')])
    const before = page.url()
    await page.getByRole('link', { name: 'doc' }).click()
    expect(await page.evaluate(() => window.told.find((event) => event.name === 'deeplink')?.detail)).toEqual({
      name: 'document',
      data: { id: '7' },
    })
    expect(page.url()).toBe(before)
  })

  test('an image of another site waits for a click, one of an allowed domain does not', async () => {
    const { page } = await openThread(
      [user('q'), assistant('![cat](https://blocked.invalid/cat.png) ![dog](https://allowed.invalid/dog.png)')],
      {},
      { allowed_image_domains: ['allowed.invalid'] },
    )
    await page.getByRole('button', { name: 'cat' }).waitFor()
    expect(await page.locator('.markdown img').getAttribute('src')).toBe('https://allowed.invalid/dog.png')
  })

  test('a user message is literal: marks, line ends, tags, a quote, attachments', async () => {
    const image = 'data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=='
    const { page } = await openThread([
      user('', {
        content: [
          { type: 'input_text', text: '**x**\nfor ' },
          { type: 'input_tag', id: 't1', text: 'Central', data: { line: 'red' }, interactive: true },
        ],
        quoted_text: 'the quote',
        attachments: [
          { type: 'image', id: 'a1', name: 'cat.gif', mime_type: 'image/gif', preview_url: image },
          { type: 'file', id: 'a2', name: 'plan.pdf', mime_type: 'application/pdf' },
        ],
      }),
    ])
    const message = page.locator('.user-message')
    expect(await message.locator('.bubble-text').textContent()).toBe('**x**\nfor Central')
    expect(await message.locator('blockquote').textContent()).toBe('the quote')
    expect(await message.getByRole('img', { name: 'cat.gif' }).getAttribute('src')).toBe(image)
    await message.getByText('plan.pdf').waitFor()
    expect(await message.locator('.tag').textContent()).toBe('Central')
  })
})

describe('sources', () => {
  test('markers stand at their place, show their source, and are listed under the message', async () => {
    const { page } = await openThread([
      user('q'),
      assistant('🦊 foxes jump. They sleep.', [cite(1, 13), cite(2, 13), cite(3)]),
    ])
    const answer = page.locator('.assistant-message')
    expect(await answer.locator('.markdown').textContent()).toBe('🦊 foxes jump.12 They sleep.3')
    const marker = answer.getByRole('link', { name: 'Source 2: Page 2' })
    expect(await marker.getAttribute('href')).toBe('https://example.com/2')
    await marker.hover()
    await page.getByRole('tooltip').getByText('About 2').waitFor()
    await page.mouse.move(0, 0)
    await expect.poll(() => page.getByRole('tooltip').count()).toBe(0)
    await marker.focus()
    await page.getByRole('tooltip').waitFor()
    expect(await answer.locator('.sources li').first().isVisible()).toBe(false)
    await answer.getByText('3 sources').click()
    expect(await answer.locator('.sources li').count()).toBe(3)
  })

  test('markers that streamed stay when a part is done without them', async () => {
    const { page, server } = await browser.open()
    const next = gate()
    server.respond = async (answer) => {
      answer.say(['It rains.\n\n', 'And more'], { id: 'm', isOpen: true })
      const update = (content: Json) => ({
        type: 'thread.item.updated',
        item_id: 'm',
        update: { content_index: 0, ...content },
      })
      answer.send(
        update({
          type: 'assistant_message.content_part.annotation_added',
          annotation_index: 0,
          annotation: cite(1, 9),
        }),
      )
      await next.wait()
      answer.send(
        update({
          type: 'assistant_message.content_part.done',
          content: { type: 'output_text', text: 'It rains.\n\nAnd more', annotations: [] },
        }),
      )
      await next.wait()
      answer.send({
        type: 'thread.item.done',
        item: {
          id: 'm',
          thread_id: answer.threadId,
          created_at: createdAt,
          ...assistant('It rains.\n\nAnd more', [cite(1, 9)]),
        },
      })
    }
    await mount(page)
    await send(page, 'q')
    const first = page.locator('.assistant-message .markdown > p').first()
    await expect.poll(() => first.textContent()).toBe('It rains.1')
    next.open()
    next.open()
    await page.waitForFunction(() => window.told.some((event) => event.name === 'response.end'))
    await expect.poll(() => first.textContent()).toBe('It rains.1')
    expect(await page.locator('.citation-number').count()).toBe(1)
  })
})

describe('work', () => {
  const thought = (content: string) => ({ type: 'thought', title: 'Weighing it', content })
  const workflow = (tasks: Json[], more: Json = {}) => ({
    type: 'workflow',
    workflow: { type: 'reasoning', tasks, expanded: false, ...more },
  })

  test('thoughts stream under a live title, collapse to a duration, and open again', async () => {
    const { page, server } = await browser.open()
    const next = gate()
    server.respond = async (answer) => {
      const item = (more: Json) => ({ id: 'wf', thread_id: answer.threadId, created_at: createdAt, ...more })
      answer.send({ type: 'thread.item.added', item: item(workflow([])) })
      answer.send({
        type: 'thread.item.updated',
        item_id: 'wf',
        update: { type: 'workflow.task.added', task_index: 0, task: thought('First') },
      })
      answer.send({
        type: 'thread.item.updated',
        item_id: 'wf',
        update: { type: 'workflow.task.updated', task_index: 0, task: thought('First this, then that.') },
      })
      await next.wait()
      answer.send({
        type: 'thread.item.done',
        item: item(workflow([thought('First this, then that.')], { summary: { duration: 7 } })),
      })
      answer.say('So it is.')
    }
    await mount(page)
    await send(page, 'think')
    await page.getByRole('button', { name: 'Weighing it', expanded: true }).waitFor()
    await page.getByText('First this, then that.', { exact: true }).waitFor()
    next.open()
    const summary = page.getByRole('button', { name: 'Thought for 7 s' })
    await summary.waitFor()
    expect(await summary.getAttribute('aria-expanded')).toBe('false')
    expect(await page.getByText('First this, then that.', { exact: true }).isVisible()).toBe(false)
    await summary.click()
    await page.getByText('First this, then that.', { exact: true }).waitFor()
    await page.evaluate(() => window.chat.fetchUpdates())
    await page.getByRole('button', { name: 'Thought for 7 s', expanded: true }).waitFor()
  })

  test('all five kinds of task and all indicators are drawn, opened where the server says so', async () => {
    const { page, problems } = await openThread([
      user('q'),
      workflow(
        [
          { type: 'custom', title: 'Collect', icon: 'chart', content: 'Two **files**.', status_indicator: 'complete' },
          {
            type: 'web_search',
            title_query: 'mills',
            queries: ['water mill'],
            sources: [{ type: 'url', title: 'x', url: 'https://www.example.com/a' }],
            status_indicator: 'loading',
          },
          { type: 'thought', content: 'It fits.' },
          { type: 'file', title: 'Read', sources: [{ type: 'file', title: 'plan.md', filename: 'plan.md' }] },
          { type: 'image', title: 'Drew' },
        ],
        { type: 'custom', expanded: true, summary: { title: 'Read sources', icon: 'book-open' } },
      ),
      { type: 'task', task: { type: 'custom', title: 'Standing alone', status_indicator: 'loading' } },
    ])
    await page.getByRole('button', { name: 'Read sources', expanded: true }).waitFor()
    const tasks = page.locator('.tasks')
    for (const text of [
      'Collect',
      'Searching for “mills”',
      'water mill',
      'example.com',
      'It fits.',
      'Read',
      'plan.md',
      'Drew',
    ]) {
      await tasks.getByText(text, { exact: true }).waitFor()
    }
    expect(await tasks.getByRole('img', { name: 'Done' }).count()).toBe(1)
    expect(await tasks.getByRole('img', { name: 'Loading…' }).count()).toBe(1)
    await page.getByText('Standing alone').waitFor()
    expect(await page.locator('.task-item').getByRole('img').count()).toBe(0)
    expect(problems).toEqual([])
  })

  test('a generated image takes its place step by step and can be shown large', async () => {
    const { page, server } = await browser.open()
    const next = gate()
    const url = (color: string) =>
      `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><rect width="1" height="1" fill="${color}"/></svg>`)}`
    server.respond = async (answer) => {
      const item = (more: Json) => ({
        id: 'img',
        thread_id: answer.threadId,
        created_at: createdAt,
        type: 'generated_image',
        ...more,
      })
      answer.send({ type: 'thread.item.added', item: item({}) })
      await next.wait()
      answer.send({
        type: 'thread.item.updated',
        item_id: 'img',
        update: { type: 'generated_image.updated', image: { id: 'i', url: url('gray') }, progress: 0.5 },
      })
      await next.wait()
      answer.send({ type: 'thread.item.done', item: item({ image: { id: 'i', url: url('green') } }) })
    }
    await mount(page)
    await send(page, 'draw')
    const box = page.locator('.generated-image')
    await box.waitFor()
    const size = (await box.boundingBox())?.height
    next.open()
    await page.getByRole('progressbar', { name: 'Drawing, 50%' }).waitFor()
    next.open()
    await expect.poll(() => box.locator('img').getAttribute('src')).toContain('green')
    expect((await box.boundingBox())?.height).toBe(size)
    await box.click()
    await page.getByRole('dialog').getByRole('link', { name: 'Download' }).waitFor()
    await page.keyboard.press('Escape')
    expect(await page.getByRole('dialog').count()).toBe(0)
  })
})

test('the newest of many items show at once, older ones come in above without a jump', async () => {
  const items = Array.from({ length: 60 }, (_, index) => [
    user(`question ${index}`),
    assistant(`Answer ${index}.\n\n${'Some words. '.repeat(20)}`),
  ]).flat()
  const { page } = await openThread(items)
  await page.getByText('Answer 59.', { exact: true }).waitFor()
  expect(await page.getByText('question 0', { exact: true }).count()).toBe(0)
  const tracked = () =>
    page.evaluate(() => {
      const root = window.chat.shadowRoot
      const scroller = root?.querySelector('.scroller')
      const turn = [...(root?.querySelectorAll('.turn') ?? [])].find((candidate) =>
        candidate.textContent?.includes('question 40'),
      )
      return Math.round((turn?.getBoundingClientRect().top ?? 0) - (scroller?.getBoundingClientRect().top ?? 0))
    })
  const turns = () => page.locator('.turn').count()
  const before = await turns()
  const placed = await page.evaluate(() => {
    const scroller = window.chat.shadowRoot?.querySelector('.scroller')
    if (scroller) scroller.scrollTop = 350
    return scroller?.scrollTop
  })
  expect(placed).toBe(350)
  const top = await tracked()
  await expect.poll(turns).toBeGreaterThan(before)
  await expect.poll(async () => Math.abs((await tracked()) - top)).toBeLessThan(3)
})

test('the copy button takes the answer as it was written', async () => {
  const { page } = await openThread([
    user('q'),
    assistant('**bold** one'),
    { type: 'widget', widget: { type: 'Card', children: [] }, copy_text: 'from the widget' },
    assistant('two'),
  ])
  await page.getByRole('button', { name: 'Copy' }).click()
  await page.getByRole('button', { name: 'Copied' }).waitFor()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('**bold** one\n\nfrom the widget\n\ntwo')
})

test('feedback names the items of the turn and stays pressed', async () => {
  const { page, server } = await openThread(
    [user('q'), assistant('a'), { type: 'widget', widget: { type: 'Card', children: [] } }],
    { threadItemActions: { feedback: true } },
  )
  const good = page.getByRole('button', { name: 'Good response' })
  await good.click()
  await expect.poll(() => good.getAttribute('aria-pressed')).toBe('true')
  expect(server.of('items.feedback')[0]?.params).toEqual({
    thread_id: 'thr_a',
    item_ids: ['thr_a_i1', 'thr_a_i2'],
    kind: 'positive',
  })
})

test('retry under an answer drops what came after its message at once', async () => {
  const { page, server } = await openThread([user('first'), assistant('one'), user('second'), assistant('two')], {
    threadItemActions: { retry: true },
  })
  server.respond = async (answer) => {
    answer.say('better')
  }
  await page.getByRole('button', { name: 'Try again' }).first().click()
  await page.getByText('better', { exact: true }).waitFor()
  expect(await page.locator('.user-message .bubble-text').allTextContents()).toEqual(['first'])
  expect(server.of('threads.retry_after_item')[0]?.params).toEqual({ thread_id: 'thr_a', item_id: 'thr_a_i0' })
})
