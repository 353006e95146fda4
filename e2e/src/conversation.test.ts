/** The client's conversation against the real server, over real sockets: no part is a stand-in but the assistant. */

import type { AddressInfo } from 'node:net'
import { connect, createServer as createTcpServer, type Socket } from 'node:net'
import {
  type Conversation,
  type ConversationOptions,
  createConversation,
  httpTransport,
  resuming,
} from '@millrace/client'
import {
  ChatKitServer,
  type ChatKitServerOptions,
  createApp,
  MemoryRunLog,
  MemoryStore,
  type Respond,
} from '@millrace/server'
import { type Served, serve } from '@millrace/server/node'
import { afterEach, describe, expect, test } from 'vitest'

interface User {
  userId: string
}

const WORDS = 'one two three four five six seven eight nine ten '.split(/(?<= )/)
const hi = { content: [{ type: 'input_text' as const, text: 'Hi' }] }

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** Says the words; waits after each of them until `gate` lets it. */
function says(words: readonly string[], gate: (index: number) => Promise<unknown> = async () => {}): Respond<User> {
  return async function* (turn) {
    const id = turn.generateId('message')
    const item = {
      type: 'assistant_message' as const,
      id,
      thread_id: turn.thread.id,
      created_at: turn.now().toISOString(),
    }
    yield { type: 'thread.item.added', item: { ...item, content: [] } }
    for (const [index, delta] of words.entries()) {
      await Promise.race([gate(index), aborted(turn.signal)])
      const update = { type: 'assistant_message.content_part.text_delta' as const, content_index: 0, delta }
      yield { type: 'thread.item.updated', item_id: id, update }
    }
    yield {
      type: 'thread.item.done',
      item: { ...item, content: [{ type: 'output_text', text: words.join(''), annotations: [] }] },
    }
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
}

/** A point that the assistant reaches and waits at until the test opens it. */
function barrier() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open, opened }
}

async function start(respond: Respond<User>, options: Partial<ChatKitServerOptions<User>> = {}) {
  let script = respond
  const store = new MemoryStore<User>()
  const server = new ChatKitServer<User>({
    store,
    log: new MemoryRunLog(),
    respond: (turn) => script(turn),
    ...options,
  })
  const served: Served = await serve(createApp({ server, isLoopback: true }), { port: 0 })
  closing.push(
    () => served.close(),
    () => server.close(0),
  )
  return {
    url: `${served.url}/chatkit`,
    port: served.port,
    respond(next: Respond<User>) {
      script = next
    },
  }
}

function open(url: string, options: Partial<ConversationOptions> = {}) {
  const transport = resuming(httpTransport({ url }), { baseMs: 5 })
  const conversation = createConversation({ transport, channel: null, ...options })
  closing.push(() => conversation.dispose())
  const told: string[] = []
  const errors: Error[] = []
  conversation.on((notice) => {
    told.push(notice.type)
    if (notice.type === 'error') errors.push(notice.error)
  })
  return { conversation, told, errors, shown: () => texts(conversation) }
}

function texts(conversation: Conversation): string[] {
  return conversation.getSnapshot().items.map((item) => {
    const text = 'content' in item && Array.isArray(item.content) ? item.content.map((part) => part.text).join('') : ''
    return `${item.type}: ${text}`
  })
}

async function until(condition: () => unknown): Promise<void> {
  await expect.poll(condition, { timeout: 3000, interval: 5 }).toBeTruthy()
}

const ends = (conversation: Conversation) => until(() => !conversation.getSnapshot().isResponding)

/** A proxy that breaks each connection once it has carried so many bytes of answer as `cuts` says; later ones live. */
async function cuttingProxy(port: number, cuts: number[]) {
  const sockets = new Set<Socket>()
  const proxy = createTcpServer((inner) => {
    const outer = connect(port, '127.0.0.1')
    let left = cuts.shift() ?? Number.POSITIVE_INFINITY
    for (const socket of [inner, outer]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        inner.destroy()
        outer.destroy()
      })
    }
    inner.pipe(outer)
    outer.on('data', (chunk: Buffer) => {
      inner.write(chunk.subarray(0, left))
      left -= chunk.length
      if (left <= 0) setTimeout(() => inner.destroy(), 2)
    })
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    for (const socket of sockets) socket.destroy()
    proxy.close()
  })
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/chatkit`
}

describe('a conversation with the real server', () => {
  test('holds what the server stores, turn after turn', async () => {
    const { url } = await start(says(WORDS))
    const { conversation, told, shown } = open(url)
    await conversation.send(hi)
    await ends(conversation)
    await conversation.send(hi)
    await ends(conversation)
    expect(shown()).toEqual([
      'user_message: Hi',
      `assistant_message: ${WORDS.join('')}`,
      'user_message: Hi',
      `assistant_message: ${WORDS.join('')}`,
    ])
    expect(told).toEqual(['response.start', 'thread.change', 'response.end', 'response.start', 'response.end'])
    const reopened = open(url)
    await reopened.conversation.openThread(conversation.getSnapshot().threadId)
    expect(reopened.conversation.getSnapshot().items).toEqual(conversation.getSnapshot().items)
    await conversation.loadThreads()
    expect(conversation.getSnapshot().threads).toHaveLength(1)
  })

  test('survives a connection that breaks anywhere in the answer', async () => {
    // the first bytes are the headers: before they are there, nobody knows that the server keeps runs
    for (const bytes of [700, 900, 1100, 1300, 1500, 1900, 2300]) {
      const { port } = await start(says(WORDS, () => new Promise((resolve) => setTimeout(resolve, 1))))
      const cuts = [bytes, 400, 800]
      const { conversation, errors, shown } = open(await cuttingProxy(port, cuts))
      await conversation.send(hi)
      await ends(conversation)
      expect(cuts.length).toBeLessThan(2)
      expect(errors).toEqual([])
      expect(shown()).toEqual(['user_message: Hi', `assistant_message: ${WORDS.join('')}`])
    }
  })

  test('goes on after a reload in mid-answer', async () => {
    const gate = barrier()
    const { url } = await start(says(WORDS, (index) => (index === 5 ? gate.opened : Promise.resolve())))
    const before = open(url)
    await before.conversation.send(hi)
    await until(() => before.shown()[1]?.endsWith('five '))
    const { threadId } = before.conversation.getSnapshot()
    before.conversation.dispose()
    const { conversation, shown } = open(url)
    await conversation.openThread(threadId)
    await until(() => shown()[1] === `assistant_message: ${WORDS.slice(0, 5).join('')}`)
    expect(conversation.getSnapshot()).toMatchObject({ isResponding: true, canStop: true })
    gate.open()
    await ends(conversation)
    expect(shown()).toEqual(['user_message: Hi', `assistant_message: ${WORDS.join('')}`])
  })

  test('is followed live by a second tab, and stop in one stops both', async () => {
    const channel = `tabs ${Math.random()}`
    const { url, respond } = await start(says(['Welcome.']))
    const first = open(url, { channel })
    const second = open(url, { channel })
    await first.conversation.send(hi)
    await ends(first.conversation)
    await second.conversation.openThread(first.conversation.getSnapshot().threadId)
    const gate = barrier()
    respond(says(WORDS, (index) => (index === 3 ? gate.opened : Promise.resolve())))
    await first.conversation.send(hi)
    await until(() => second.shown()[3]?.endsWith('three '))
    expect(second.conversation.getSnapshot().isResponding).toBe(true)
    await second.conversation.stop()
    await ends(first.conversation)
    for (const tab of [first, second]) {
      expect(tab.shown()[3]).toBe('assistant_message: one two three ')
      expect(tab.conversation.getSnapshot()).toMatchObject({ isResponding: false, error: null })
      expect(tab.errors).toEqual([])
    }
    const reopened = open(url)
    await reopened.conversation.openThread(first.conversation.getSnapshot().threadId)
    expect(reopened.shown()).toEqual(first.shown())
  })

  test('meets a run of another client: joins it, and the message goes back', async () => {
    const { url, respond } = await start(says(['Welcome.']))
    const first = open(url)
    const second = open(url)
    await first.conversation.send(hi)
    await ends(first.conversation)
    await second.conversation.openThread(first.conversation.getSnapshot().threadId)
    const gate = barrier()
    respond(says(WORDS, (index) => (index === 3 ? gate.opened : Promise.resolve())))
    await first.conversation.send(hi)
    await expect(second.conversation.send({ content: [{ type: 'input_text', text: 'Mine' }] })).rejects.toMatchObject({
      code: 'run_in_progress',
    })
    await until(() => second.shown()[3]?.endsWith('three '))
    expect(second.shown()).not.toContain('user_message: Mine')
    expect(second.conversation.getSnapshot().error).toMatchObject({ code: 'run_in_progress' })
    gate.open()
    await ends(second.conversation)
    expect(second.shown()).toEqual(first.shown())
  })

  test('shows a failure by its cause, keeps what had been said, and retries', async () => {
    const { url, respond } = await start(async function* (turn) {
      for await (const event of says(['Well, '])(turn)) if (event.type !== 'thread.item.done') yield event
      throw new Error('secret detail')
    })
    const { conversation, shown, errors } = open(url)
    await conversation.send(hi)
    await ends(conversation)
    const { error } = conversation.getSnapshot()
    expect(error).toMatchObject({ allowRetry: true, retryItemId: conversation.getSnapshot().items[0]?.id })
    expect(error?.message).toBeTruthy()
    expect(error?.message).not.toContain('secret')
    expect(errors).toHaveLength(1)
    expect(shown()[1]).toBe('assistant_message: Well, ')
    respond(says(['All ', 'good.']))
    await conversation.retry()
    expect(shown()).toEqual(['user_message: Hi', 'assistant_message: All good.'])
    expect(conversation.getSnapshot().error).toBeNull()
    await conversation.fetchUpdates()
    expect(shown()).toEqual(['user_message: Hi', 'assistant_message: All good.'])
  })

  test('a retry that fails before it says anything keeps the former answer', async () => {
    const { url, respond } = await start(says(['Former.']))
    const { conversation, shown } = open(url)
    await conversation.send(hi)
    await ends(conversation)
    respond(async function* () {
      yield { type: 'progress_update', text: 'Trying' }
      throw new Error('no')
    })
    await conversation.retry()
    expect(shown()).toEqual(['user_message: Hi', 'assistant_message: Former.'])
    await conversation.fetchUpdates()
    expect(shown()).toEqual(['user_message: Hi', 'assistant_message: Former.'])
  })

  test('answers a client tool', async () => {
    const { url, respond } = await start(async function* (turn) {
      const item = { id: turn.generateId('tool_call'), thread_id: turn.thread.id, created_at: turn.now().toISOString() }
      const call = { call_id: 'call_1', name: 'get_time', arguments: { zone: 'UTC' }, status: 'pending' as const }
      yield { type: 'thread.item.done', item: { ...item, type: 'client_tool_call', ...call } }
    })
    const { conversation, shown, told } = open(url)
    conversation.setClientTools(({ params }) => {
      respond(says([`Noon in ${params.zone}.`]))
      return { time: '12:00' }
    })
    await conversation.send(hi)
    await ends(conversation)
    expect(shown()).toEqual(['user_message: Hi', 'client_tool_call: ', 'assistant_message: Noon in UTC.'])
    expect(told).toEqual(['response.start', 'thread.change', 'response.end'])
    expect(conversation.getSnapshot().items[1]).toMatchObject({ status: 'completed', output: { time: '12:00' } })
  })

  test('an unknown thread and a deleted one', async () => {
    const { url } = await start(says(['Hello.']))
    const { conversation, shown } = open(url)
    await conversation.send(hi)
    await ends(conversation)
    const { threadId } = conversation.getSnapshot()
    await expect(conversation.openThread('thr_nowhere')).rejects.toMatchObject({ code: 'not_found' })
    expect(shown()).toHaveLength(2)
    await conversation.renameThread(threadId ?? '', 'Renamed')
    expect(conversation.getSnapshot().thread?.title).toBe('Renamed')
    await conversation.deleteThread(threadId ?? '')
    expect(conversation.getSnapshot()).toMatchObject({ threadId: null, items: [], threads: [] })
    await expect(conversation.openThread(threadId)).rejects.toMatchObject({ code: 'not_found' })
  })
})
