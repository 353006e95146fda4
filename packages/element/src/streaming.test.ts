import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startBrowser, type TestBrowser } from './testing/browser.ts'
import { createdAt, json } from './testing/chat-server.ts'
import { gate } from './testing/gate.ts'
import { mount, send, toldNames } from './testing/mount.ts'

let browser: TestBrowser
beforeAll(async () => {
  browser = await startBrowser()
}, 60_000)
afterAll(() => browser.close())

const ended = (page: Page, times = 1) =>
  page.waitForFunction((count) => window.told.filter((event) => event.name === 'response.end').length === count, times)
const delta = (id: string, text: string) => ({
  type: 'thread.item.updated',
  item_id: id,
  update: { type: 'assistant_message.content_part.text_delta', content_index: 0, delta: text },
})

describe('sending', () => {
  test('the first message makes a thread with exactly the recorded body; its bubble shows once', async () => {
    const { page, server, problems } = await browser.open()
    await mount(page)
    await send(page, 'Hello *there*')
    await ended(page)
    expect(server.requests.map((request) => request.type)).toEqual(['threads.create'])
    expect(server.requests[0]?.params).toEqual({
      input: {
        content: [{ type: 'input_text', text: 'Hello *there*' }],
        quoted_text: '',
        attachments: [],
        inference_options: {},
      },
    })
    expect(await page.locator('.user-message').count()).toBe(1)
    expect(await toldNames(page)).toEqual(['ready', 'response.start', 'thread.change', 'response.end'])
    expect(problems).toEqual([])
  })

  test('the second message goes to the same thread', async () => {
    const { page, server } = await browser.open()
    await mount(page)
    await send(page, 'one')
    await ended(page)
    await send(page, 'two')
    await ended(page, 2)
    expect(server.of('threads.add_user_message')[0]?.params.thread_id).toBe('thr_1')
    expect(await page.locator('.user-message .bubble-text').allTextContents()).toEqual(['one', 'two'])
  })

  test('a sent message stands at the top and its answer grows below it without moving the page', async () => {
    const { page, server } = await browser.open()
    const items = Array.from({ length: 12 }, (_, index) => [
      {
        type: 'user_message',
        content: [{ type: 'input_text', text: `question ${index}` }],
        attachments: [],
        inference_options: {},
      },
      {
        type: 'assistant_message',
        content: [{ type: 'output_text', text: 'A few words.\n\n'.repeat(6), annotations: [] }],
      },
    ]).flat()
    server.addThread('thr_a', 'Long', items)
    server.respond = async (answer) => {
      answer.say('', { id: 'm', isOpen: true })
      for (let index = 0; index < 60; index++) {
        answer.send(delta('m', `Paragraph ${index} with some words in it.\n\n`))
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    }
    await mount(page, { initialThread: 'thr_a' })
    await page.getByText('question 11', { exact: true }).waitFor()
    await send(page, 'the new one')
    const top = () =>
      page.evaluate(() => {
        const root = window.chat.shadowRoot
        const bubble = [...(root?.querySelectorAll('.turn') ?? [])].at(-1)
        const scroller = root?.querySelector('.scroller')
        return Math.round((bubble?.getBoundingClientRect().top ?? 0) - (scroller?.getBoundingClientRect().top ?? 0)) + 0
      })
    await expect.poll(top).toBe(0)
    await ended(page)
    expect(await top()).toBe(0)
    await page.getByRole('button', { name: 'Go to the latest message' }).click()
    await expect.poll(top).toBeLessThan(-500)
  })

  test('with autoScroll the bottom is followed, unless the reader has scrolled away', async () => {
    const { page, server } = await browser.open()
    const next = gate()
    server.respond = async (answer) => {
      answer.say('', { id: 'm', isOpen: true })
      for (let index = 0; index < 60; index++) answer.send(delta('m', `Paragraph ${index}.\n\n`))
      await next.wait()
      for (let index = 60; index < 120; index++) answer.send(delta('m', `Paragraph ${index}.\n\n`))
    }
    await mount(page, { thread: { autoScroll: true } })
    await send(page, 'long please')
    await page.getByText('Paragraph 59.', { exact: true }).waitFor()
    const place = () =>
      page.evaluate(() => {
        const scroller = window.chat.shadowRoot?.querySelector('.scroller')
        return scroller
          ? { top: scroller.scrollTop, below: scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight }
          : { top: -1, below: -1 }
      })
    await expect.poll(async () => (await place()).below).toBeLessThan(5)
    await page.mouse.move(500, 300)
    await page.mouse.wheel(0, -600)
    await expect.poll(async () => (await place()).below).toBeGreaterThan(300)
    const { top } = await place()
    next.open()
    await page.getByText('Paragraph 119.', { exact: true }).waitFor({ state: 'attached' })
    await ended(page)
    expect(Math.abs((await place()).top - top)).toBeLessThan(2)
  })
})

describe('the answer', () => {
  test('a working line shows before the first token, and a progress line takes its place', async () => {
    const { page, server } = await browser.open()
    const next = gate()
    server.respond = async (answer) => {
      await next.wait()
      answer.send({ type: 'progress_update', text: 'Reading the file', icon: 'document' })
      await next.wait()
      answer.send({ type: 'progress_update', text: 'Counting words' })
      await next.wait()
      answer.say('42 words')
    }
    await mount(page)
    await send(page, 'go')
    await page.locator('.progress-line').getByText('Working…').waitFor()
    next.open()
    await page.getByText('Reading the file').waitFor()
    expect(await page.locator('.progress-line svg').count()).toBe(1)
    next.open()
    await page.getByText('Counting words').waitFor()
    expect(await page.locator('.progress-line').count()).toBe(1)
    next.open()
    await page.getByText('42 words', { exact: true }).waitFor()
    expect(await page.locator('.progress-line').count()).toBe(0)
  })

  test('two thousand deltas in a second are shown whole, and the page stays responsive', async () => {
    const { page, server } = await browser.open()
    server.respond = async (answer) => {
      answer.say('', { id: 'm', isOpen: true })
      for (let index = 0; index < 2000; index += 20) {
        answer.send(...Array.from({ length: 20 }, (_, offset) => delta('m', `w${index + offset} `)))
        await new Promise((resolve) => setTimeout(resolve, 8))
      }
    }
    await mount(page)
    await page.evaluate(() => {
      new PerformanceObserver((list) => {
        for (const task of list.getEntries()) window.told.push({ name: 'long task', detail: task.duration })
      }).observe({ type: 'longtask' })
    })
    await send(page, 'many')
    await ended(page)
    const text = await page.locator('.assistant-message .markdown').textContent()
    expect(text?.trim().split(' ')).toHaveLength(2000)
    const longest = await page.evaluate(() =>
      Math.max(0, ...window.told.filter((event) => event.name === 'long task').map((event) => Number(event.detail))),
    )
    expect(longest).toBeLessThan(200)
  })

  test('a token touches only the block it belongs to', async () => {
    const { page, server } = await browser.open()
    const next = gate()
    server.respond = async (answer) => {
      answer.say('First block.\n\nSecond block', { id: 'm', isOpen: true })
      await next.wait()
      for (const word of ' goes on and on'.split(' ')) answer.send(delta('m', ` ${word}`))
    }
    await mount(page)
    await send(page, 'go')
    await page.getByText('Second block', { exact: true }).waitFor()
    await page.evaluate(() => {
      const root = window.chat.shadowRoot
      const last = root?.querySelector('.assistant-message .markdown')?.lastElementChild
      new MutationObserver((records) => {
        for (const record of records) {
          const isInside = last?.contains(record.target) || record.target === last?.parentElement
          const isQuiet = record.target instanceof Element && record.target.closest('[role="status"]')
          if (!isInside && !isQuiet)
            window.told.push({
              name: 'touched',
              detail: String((record.target as Element).className ?? record.target.nodeName),
            })
        }
      }).observe(root?.querySelector('.transcript') ?? document.body, {
        childList: true,
        characterData: true,
        subtree: true,
      })
    })
    next.open()
    await page.getByText('goes on and on').first().waitFor()
    expect((await page.evaluate(() => window.told)).filter((event) => event.name === 'touched')).toEqual([])
  })

  test('Stop closes the connection and keeps what was said', async () => {
    const { page, server } = await browser.open()
    let isClosed = false
    server.respond = async (answer) => {
      answer.say('so far', { isOpen: true })
      await answer.closed
      isClosed = true
    }
    await mount(page)
    await send(page, 'go')
    await page.getByText('so far', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Stop response' }).click()
    await ended(page)
    await expect.poll(() => isClosed).toBe(true)
    await page.getByText('so far', { exact: true }).waitFor()
    expect(await page.getByRole('alert').count()).toBe(0)
    expect(await toldNames(page)).not.toContain('error')
  })

  test('an answer that may not be stopped has no stop button, and none can be sent meanwhile', async () => {
    const { page, server } = await browser.open()
    server.respond = async (answer) => {
      answer.send({ type: 'stream_options', stream_options: { allow_cancel: false } })
      answer.say('unstoppable', { isOpen: true })
      await answer.closed
    }
    await mount(page)
    await send(page, 'go')
    await page.getByText('unstoppable', { exact: true }).waitFor()
    await page.getByRole('textbox').fill('more')
    expect(await page.getByRole('button', { name: 'Stop response' }).count()).toBe(0)
    expect(await page.getByRole('button', { name: 'Send message' }).isDisabled()).toBe(true)
    await page.keyboard.press('Enter')
    expect(server.of('threads.add_user_message')).toHaveLength(0)
    expect(await page.getByRole('textbox').inputValue()).toBe('more')
  })

  test('unknown events and items are left out, the rest is shown', async () => {
    const { page, server, problems } = await browser.open()
    server.respond = (answer) => {
      answer.send({ type: 'thread.sparkle', value: 1 })
      answer.item({ type: 'hologram', light: true })
      answer.say('still here')
    }
    await mount(page)
    await send(page, 'go')
    await page.getByText('still here', { exact: true }).waitFor()
    expect(problems).toEqual([])
  })

  test('a new title shows, and the transcript stays', async () => {
    const { page, server } = await browser.open()
    server.respond = (answer) => {
      answer.say('done')
      answer.send({
        type: 'thread.updated',
        thread: {
          id: answer.threadId,
          created_at: createdAt,
          title: 'A fine title',
          status: { type: 'active' },
          metadata: {},
          items: { data: [], has_more: false },
        },
      })
    }
    await mount(page)
    await send(page, 'go')
    await page.getByRole('heading', { name: 'A fine title' }).waitFor()
    await page.getByText('done', { exact: true }).waitFor()
  })

  test('a client effect is told and draws nothing', async () => {
    const { page, server } = await browser.open()
    server.respond = (answer) => void answer.send({ type: 'client_effect', name: 'confetti', data: { amount: 3 } })
    await mount(page)
    await send(page, 'go')
    await ended(page)
    expect(await page.evaluate(() => window.told.find((event) => event.name === 'effect')?.detail)).toEqual({
      name: 'confetti',
      data: { amount: 3 },
    })
  })

  test('a notice shows its title and a working link until it is dismissed', async () => {
    const { page, server } = await browser.open()
    server.respond = (answer) =>
      void answer.send({
        type: 'notice',
        level: 'warning',
        title: 'Careful',
        message: 'See [the page](https://example.com/).',
      })
    await mount(page)
    await send(page, 'go')
    await page.getByText('Careful').waitFor()
    expect(await page.getByRole('link', { name: 'the page' }).getAttribute('href')).toBe('https://example.com/')
    await page.getByRole('button', { name: 'Dismiss' }).click()
    await expect.poll(() => page.getByText('Careful').count()).toBe(0)
  })
})

describe('failures', () => {
  test('a message of the app shows as it is, without Retry where none is allowed', async () => {
    const { page, server } = await browser.open()
    server.respond = (answer) =>
      void answer.send({ type: 'error', code: 'custom', message: 'Out of paper.', allow_retry: false })
    await mount(page)
    await send(page, 'print')
    await page.getByRole('alert').filter({ hasText: 'Out of paper.' }).waitFor()
    expect(await page.getByRole('button', { name: 'Retry' }).count()).toBe(0)
    await page.getByRole('textbox').fill('usable')
    expect(await page.getByRole('button', { name: 'Send message' }).isEnabled()).toBe(true)
    expect(await toldNames(page)).toEqual(['ready', 'response.start', 'thread.change', 'error', 'response.end'])
  })

  test('Retry under an error names the user message and drops what came after it', async () => {
    const { page, server } = await browser.open()
    let tries = 0
    server.respond = (answer) => {
      if (tries++ === 0) answer.say('half an ans').send({ type: 'error', code: 'stream.error', allow_retry: true })
      else answer.say('the whole answer')
    }
    await mount(page)
    await send(page, 'go')
    await page.getByRole('button', { name: 'Retry' }).click()
    await page.getByText('the whole answer', { exact: true }).waitFor()
    expect(await page.getByText('half an ans', { exact: true }).count()).toBe(0)
    const userId = server.threads.get('thr_1')?.items[0]?.id
    expect(server.of('threads.retry_after_item')[0]?.params).toEqual({ thread_id: 'thr_1', item_id: userId })
    expect(await page.getByRole('alert').count()).toBe(0)
  })

  test('a server that refuses for good gives the draft back', async () => {
    const { page, server } = await browser.open()
    server.intercept = (request, response) => {
      if (request.type !== 'threads.create') return undefined
      json(
        response,
        { type: 'error', error: 'The message is too long.', code: 'invalid_request', param: 'message' },
        400,
      )
      return true
    }
    await mount(page)
    await send(page, 'my precious words')
    await page.getByRole('alert').filter({ hasText: 'The message is too long.' }).waitFor()
    expect(await page.getByRole('textbox').inputValue()).toBe('my precious words')
    expect(await page.locator('.user-message').count()).toBe(0)
  })

  test('a broken connection ends the response with an error, and the composer is usable', async () => {
    const { page, server } = await browser.open()
    const next = gate()
    server.respond = async (answer) => {
      answer.say('cut he', { isOpen: true })
      await next.wait()
      answer.cut()
    }
    await mount(page)
    await send(page, 'go')
    await page.getByText('cut he', { exact: true }).waitFor()
    next.open()
    await ended(page)
    await page.getByRole('button', { name: 'Retry' }).waitFor()
    await page.getByText('cut he', { exact: true }).waitFor()
    await page.getByRole('textbox').fill('next')
    expect(await page.getByRole('button', { name: 'Send message' }).isEnabled()).toBe(true)
  })
})

describe('client tools', () => {
  const call = {
    type: 'client_tool_call',
    status: 'pending',
    call_id: 'call_1',
    name: 'get_title',
    arguments: { of: 'page' },
  }

  test('the handler runs once, its value goes back, and the composer stays locked until the answer', async () => {
    const { page, server } = await browser.open()
    server.respond = (answer, request) => {
      if (request.type === 'threads.add_client_tool_output') answer.say('The title is Test.')
      else answer.item(call)
    }
    await mount(page, {}, () => {
      window.extra = {
        onClientTool: async (given) => {
          window.told.push({ name: 'tool', detail: given })
          return { title: document.title }
        },
      }
    })
    await send(page, 'title?')
    await page.getByText('The title is Test.', { exact: true }).waitFor()
    await ended(page)
    expect(server.of('threads.add_client_tool_output')[0]?.params).toEqual({
      thread_id: 'thr_1',
      result: { title: 'Test' },
    })
    expect(
      await page.evaluate(() => window.told.filter((event) => event.name === 'tool').map((event) => event.detail)),
    ).toEqual([{ name: 'get_title', params: { of: 'page' } }])
    expect(await toldNames(page)).toEqual(['ready', 'response.start', 'thread.change', 'tool', 'response.end'])
  })

  test('a handler that throws tells the model so', async () => {
    const { page, server } = await browser.open()
    server.respond = (answer, request) => {
      if (request.type === 'threads.add_client_tool_output') answer.say('Sorry.')
      else answer.item(call)
    }
    await mount(page, {}, () => {
      window.extra = {
        onClientTool: () => {
          throw new Error('no title today')
        },
      }
    })
    await send(page, 'title?')
    await page.getByText('Sorry.', { exact: true }).waitFor()
    expect(JSON.stringify(server.of('threads.add_client_tool_output')[0]?.params.result)).toContain('no title today')
  })
})
