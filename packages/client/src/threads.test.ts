import type { ThreadItem, ThreadStreamEvent } from '@millrace/protocol'
import { applyEvent } from '@millrace/protocol'
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Conversation, ConversationOptions } from './conversation.ts'
import { createConversation } from './create-conversation.ts'
import { httpTransport } from './http.ts'
import { resuming } from './resuming.ts'
import {
  added,
  answer,
  created,
  delta,
  done,
  ended,
  mayStop,
  numbered,
  page,
  plain,
  spoken,
  texts,
  thread,
  toolCall,
  userMessage,
} from './testing/answers.ts'
import { until } from './testing/until.ts'
import { type Call, type WireServer, wireServer } from './testing/wire-server.ts'
import { Transcript } from './transcript.ts'

const hi = { content: [{ type: 'input_text' as const, text: 'Hi' }] }
const STORED = [userMessage('msg_1', 'Hi'), answer('msg_2', 'Hello there.')]

let server: WireServer
const conversations: Conversation[] = []
afterEach(async () => {
  for (const conversation of conversations.splice(0)) conversation.dispose()
  await server.close()
})

function open(options: Partial<ConversationOptions> = {}) {
  const transport = resuming(httpTransport({ url: server.url }), { baseMs: 1 })
  const conversation = createConversation({ transport, channel: null, ...options })
  conversations.push(conversation)
  const told: string[] = []
  conversation.on((notice) => told.push('threadId' in notice ? `${notice.type} ${notice.threadId}` : notice.type))
  return { conversation, told, shown: () => texts(conversation.getSnapshot().items) }
}

const none = (call: Call) => call.response.writeHead(204).end()
const types = () => server.calls.map(({ type }) => type)

describe('opening a thread', () => {
  test('asks for its run first and loads it second', async () => {
    server = await wireServer({
      'runs.resume': none,
      'threads.get_by_id': (call) => call.json(thread('thr_1', STORED)),
    })
    const { conversation, told, shown } = open()
    const opening = conversation.openThread('thr_1')
    expect(conversation.getSnapshot()).toMatchObject({ threadId: 'thr_1', isLoading: true, items: [] })
    await opening
    expect(types()).toEqual(['runs.resume', 'threads.get_by_id'])
    expect(server.calls[0]?.params).toEqual({ thread_id: 'thr_1', after: 0 })
    expect(shown()).toEqual(['user: Hi', 'assistant: Hello there.'])
    expect(conversation.getSnapshot()).toMatchObject({ isLoading: false, hasOlder: false, thread: { id: 'thr_1' } })
    expect(told).toEqual(['thread.load.start thr_1', 'thread.change thr_1', 'thread.load.end thr_1'])
  })

  test('a server that does not know of runs is asked for them once', async () => {
    server = await wireServer({
      'runs.resume': (call) => call.text(500, 'text/plain', 'Internal Server Error'),
      'threads.get_by_id': (call) => call.json(thread('thr_1', STORED)),
    })
    const { conversation, shown } = open()
    await conversation.openThread('thr_1')
    await conversation.openThread('thr_1')
    expect(types()).toEqual(['runs.resume', 'threads.get_by_id', 'threads.get_by_id'])
    expect(shown()).toHaveLength(2)
  })

  test('an answer that has ended meanwhile is in the thread, its run is not read', async () => {
    server = await wireServer({
      'runs.resume': (call) => void call.open('run_1', 'completed').write(...numbered(spoken('msg_2', 'Hello there.'))),
      'threads.get_by_id': (call) => call.json(thread('thr_1', STORED)),
    })
    const { conversation, told, shown } = open()
    await conversation.openThread('thr_1')
    expect(shown()).toEqual(['user: Hi', 'assistant: Hello there.'])
    expect(told).not.toContain('response.start')
    await until(() => server.calls[0]?.isAborted)
  })

  test('in mid-answer, after whatever event, it shows the answer so far and goes on', async () => {
    const log = numbered([
      created(),
      done(userMessage('msg_1', 'Hi')),
      mayStop(),
      ...spoken('msg_2', 'one two three'),
      ended(),
    ])
    server = await wireServer({})
    for (let at = 1; at < log.length; at++) {
      const stored: ThreadItem[] = at < 2 ? [] : [userMessage('msg_1', 'Hi')]
      if (at >= log.length - 1) stored.push(answer('msg_2', 'one two three'))
      let call: Call | undefined
      server.on['runs.resume'] = (opened) => {
        call = opened.open('run_1', 'running').write(...log.slice(0, at))
      }
      server.on['threads.get_by_id'] = (got) => got.json(thread('thr_1', stored))
      const { conversation, told, shown } = open()
      await conversation.openThread('thr_1')
      expect(conversation.getSnapshot().isResponding).toBe(true)
      call?.end(...log.slice(at))
      await until(() => !conversation.getSnapshot().isResponding)
      expect(shown()).toEqual(['user: Hi', 'assistant: one two three'])
      expect(told.slice(-2)).toEqual(['response.start', 'response.end'])
    }
  })

  test('a finished item is not written anew while the run is told from its start', async () => {
    const log = numbered([created(), done(userMessage('msg_1', 'Hi')), mayStop(), ...spoken('msg_2', 'one two three')])
    let call: Call | undefined
    server = await wireServer({
      'runs.resume': (opened) => {
        call = opened.open('run_1', 'running')
      },
      'threads.get_by_id': (got) =>
        got.json(thread('thr_1', [userMessage('msg_1', 'Hi'), answer('msg_2', 'one two three')])),
    })
    const { conversation, shown } = open()
    await conversation.openThread('thr_1')
    const seen = new Set<string>()
    conversation.subscribe(() => seen.add(shown().join(' | ')))
    for (const entry of log) {
      call?.write(entry)
      await new Promise((resolve) => setTimeout(resolve, 3))
    }
    await until(() => conversation.getSnapshot().canStop)
    expect([...seen]).toEqual(['user: Hi | assistant: one two three'])
  })

  test('one that does not exist leaves the former on screen', async () => {
    server = await wireServer({
      'runs.resume': none,
      'threads.get_by_id': (call) =>
        call.params.thread_id === 'thr_1' ? call.json(thread('thr_1', STORED)) : call.fail(404, 'not_found'),
    })
    const { conversation, told, shown } = open()
    await conversation.openThread('thr_1')
    await expect(conversation.openThread('thr_9')).rejects.toMatchObject({ code: 'not_found' })
    expect(conversation.getSnapshot()).toMatchObject({ threadId: 'thr_1', isLoading: false, error: null })
    expect(shown()).toHaveLength(2)
    expect(told.slice(-3)).toEqual(['thread.load.start thr_9', 'error', 'thread.load.end thr_9'])
  })

  test('one that can not be loaded now is loaded by retry', async () => {
    server = await wireServer({
      'runs.resume': none,
      'threads.get_by_id': (call) => call.text(500, 'text/plain', 'oops'),
    })
    const { conversation, shown } = open()
    await expect(conversation.openThread('thr_1')).rejects.toMatchObject({ code: 'server_error' })
    expect(conversation.getSnapshot()).toMatchObject({ threadId: 'thr_1', error: { allowRetry: true } })
    server.on['threads.get_by_id'] = (call) => call.json(thread('thr_1', STORED))
    await conversation.retry()
    expect(shown()).toHaveLength(2)
    expect(conversation.getSnapshot().error).toBeNull()
  })

  test('of two choices in a row only the second shows', async () => {
    let slow: Call | undefined
    server = await wireServer({
      'runs.resume': none,
      'threads.get_by_id': (call) => {
        if (call.params.thread_id === 'thr_1') slow = call
        else call.json(thread('thr_2', [userMessage('msg_7', 'Second', 'thr_2')]))
      },
    })
    const { conversation, told, shown } = open()
    const first = conversation.openThread('thr_1')
    await until(() => slow)
    await conversation.openThread('thr_2')
    await until(() => slow?.isAborted)
    await first
    expect(shown()).toEqual(['user: Second'])
    expect(told.filter((event) => event.startsWith('thread.change'))).toEqual(['thread.change thr_2'])
  })

  test('a message sent while it loads waits for it', async () => {
    let get: Call | undefined
    server = await wireServer({
      'runs.resume': none,
      'threads.get_by_id': (call) => {
        get = call
      },
      'threads.add_user_message': (call) => call.open().end(...plain([done(userMessage('msg_3', 'More')), mayStop()])),
    })
    const { conversation, shown } = open()
    const opening = conversation.openThread('thr_1')
    const sending = conversation.send(hi)
    await until(() => get)
    get?.json(thread('thr_1', STORED))
    await Promise.all([opening, sending])
    expect(shown()).toEqual(['user: Hi', 'assistant: Hello there.', 'user: More'])
  })

  test('another one, or a new chat, leaves a running answer to itself', async () => {
    server = await wireServer({
      'threads.create': (call) =>
        void call.open('run_1').write(...numbered([created(), done(userMessage('msg_1', 'Hi'))])),
    })
    const { conversation, told, shown } = open()
    await conversation.send(hi)
    await conversation.openThread(null)
    await until(() => server.calls[0]?.isAborted)
    expect(types()).toEqual(['threads.create'])
    expect(shown()).toEqual([])
    expect(conversation.getSnapshot()).toMatchObject({ threadId: null, isResponding: false, error: null })
    expect(told).toEqual(['response.start', 'thread.change thr_1', 'response.end', 'thread.change null'])
  })

  test('hidden items make pages short, so it reads on until there is something to see', async () => {
    const pages = [page([], 'h1'), page([answer('msg_9', 'Newest')], 'h2'), page([userMessage('msg_8', 'Older')])]
    server = await wireServer({
      'runs.resume': none,
      'threads.get_by_id': (call) => call.json(thread('thr_1', [], { items: page([], 'h0') })),
      'items.list': (call) => call.json(pages.shift()),
    })
    const { conversation, shown } = open({ pageSize: 4 })
    await conversation.openThread('thr_1')
    expect(shown()).toEqual(['user: Older', 'assistant: Newest'])
    expect(server.calls.at(-1)?.params).toEqual({ thread_id: 'thr_1', order: 'desc', limit: 4, after: 'h2' })
  })
})

describe('news from elsewhere', () => {
  test('fetchUpdates keeps what did not change as it is, and what was scrolled to', async () => {
    const items = Array.from({ length: 12 }, (_, index) => userMessage(`msg_${index}`, `${index}`))
    let stored = items.slice(0, 10)
    server = await wireServer({
      'runs.resume': none,
      'threads.get_by_id': (call) =>
        call.json(thread('thr_1', [], { title: `${stored.length}`, items: page([], 'x') })),
      'items.list': (call) => {
        const newestFirst = stored.toReversed()
        const from = call.params.after ? newestFirst.findIndex(({ id }) => id === call.params.after) + 1 : 0
        call.json(page(newestFirst.slice(from, from + 4), newestFirst[from + 3]?.id))
      },
    })
    const { conversation, shown } = open({ pageSize: 4 })
    await conversation.openThread('thr_1')
    await conversation.loadOlder()
    expect(shown()).toHaveLength(8)
    const before = conversation.getSnapshot().items
    stored = items
    await conversation.fetchUpdates()
    expect(shown()).toEqual(items.slice(2).map((_, index) => `user: ${index + 2}`))
    expect(conversation.getSnapshot().thread?.title).toBe('12')
    for (const item of before) expect(conversation.getSnapshot().items).toContain(item)
  })

  test('two tabs: one sends, the other follows it live; stop in the other stops it in both', async () => {
    const channel = `test ${Math.random()}`
    const stored = [userMessage('msg_1', 'Hi')]
    const streams: Call[] = []
    const log = numbered([done(userMessage('msg_3', 'Go')), mayStop(), ...spoken('msg_4', 'one two three')])
    let end: ReturnType<typeof ended> | undefined
    let isRunning = false
    server = await wireServer({
      'runs.resume': (call) =>
        isRunning ? void streams.push(call.open('run_2', 'running').write(...log.slice(0, 4))) : none(call),
      'threads.get_by_id': (call) => call.json(thread('thr_1', stored)),
      'threads.add_user_message': (call) => {
        isRunning = true
        stored.push(userMessage('msg_3', 'Go'))
        streams.push(call.open('run_2').write(...log.slice(0, 4)))
      },
      'runs.stop': (call) => {
        end = ended('stopped', undefined, 'run_2')
        for (const stream of streams)
          stream.end({ seq: 5, event: done(answer('msg_4', 'one ')) }, { seq: 6, event: end })
        call.json({ run_id: 'run_2', status: 'stopped' })
      },
    })
    const first = open({ channel })
    const second = open({ channel })
    await Promise.all([first.conversation.openThread('thr_1'), second.conversation.openThread('thr_1')])
    await first.conversation.send(hi)
    await until(() => second.shown().includes('assistant: one '))
    expect(second.shown()).toEqual(['user: Hi', 'user: Go', 'assistant: one '])
    await second.conversation.stop()
    await until(() => !first.conversation.getSnapshot().isResponding)
    for (const tab of [first, second]) {
      expect(tab.shown()).toEqual(['user: Hi', 'user: Go', 'assistant: one '])
      expect(tab.conversation.getSnapshot()).toMatchObject({ isResponding: false, error: null })
      expect(tab.told.filter((event) => event.startsWith('response'))).toEqual(['response.start', 'response.end'])
    }
  })

  test('a follower leaves a client tool call to the tab that started the run, and looks after it when that one is gone', async () => {
    const call = toolCall('tc_1', 'get_time', {})
    server = await wireServer({
      'runs.resume': (resume) => resume.open('run_1', 'running').end(...numbered([mayStop(), done(call), ended()])),
      'threads.get_by_id': (get) => get.json(thread('thr_1', [userMessage('msg_1', 'Hi')])),
    })
    const { conversation, shown } = open()
    const handler = vi.fn(() => 'noon')
    conversation.setClientTools(handler)
    await conversation.openThread('thr_1')
    await until(() => !conversation.getSnapshot().isResponding)
    expect(handler).not.toHaveBeenCalled()
    server.on['runs.resume'] = (resume) => void resume.open('run_1', 'completed')
    server.on['threads.get_by_id'] = (get) => get.json(thread('thr_1', [userMessage('msg_1', 'Hi'), call]))
    server.on['threads.add_client_tool_output'] = (output) =>
      output
        .open('run_2')
        .end(...numbered([mayStop(), ...spoken('msg_3', 'Noon.'), ended('completed', undefined, 'run_2')]))
    await until(() => shown().includes('assistant: Noon.'))
    expect(handler).toHaveBeenCalledTimes(1)
  })

  test('an answer that ended and was forgotten while the connection was away is read from the thread', async () => {
    server = await wireServer({
      'threads.create': (call) =>
        call.open('run_1').end(...numbered([created(), done(userMessage('msg_1', 'Hi')), mayStop()])),
      'runs.resume': none,
      'threads.get_by_id': (call) => call.json(thread('thr_1', STORED)),
    })
    const { conversation, told, shown } = open()
    await conversation.send(hi)
    await until(() => shown().includes('assistant: Hello there.'))
    expect(conversation.getSnapshot()).toMatchObject({ isResponding: false, error: null })
    expect(told).toEqual(['response.start', 'thread.change thr_1', 'response.end'])
  })

  test('an error about a lost connection goes when the answer turns out to be there', async () => {
    server = await wireServer({
      'threads.create': (call) =>
        call.open('run_1').end(...numbered([created(), done(userMessage('msg_1', 'Hi')), mayStop()])),
      'runs.resume': (call) => call.cut(),
      'threads.get_by_id': (call) => call.json(thread('thr_1', STORED)),
    })
    const { conversation, shown } = open()
    await conversation.send(hi)
    await until(() => conversation.getSnapshot().error)
    expect(conversation.getSnapshot().error).toMatchObject({
      code: 'unavailable',
      allowRetry: true,
      retryItemId: 'msg_1',
    })
    server.on['runs.resume'] = none
    await conversation.fetchUpdates()
    expect(shown()).toEqual(['user: Hi', 'assistant: Hello there.'])
    expect(conversation.getSnapshot().error).toBeNull()
  })

  test('client effects of a run that is read again are not told again', async () => {
    const effect: ThreadStreamEvent = { type: 'client_effect', name: 'confetti', data: {} }
    const log = numbered([created(), done(userMessage('msg_1', 'Hi')), mayStop(), effect])
    server = await wireServer({
      'threads.create': (call) => void call.open('run_1').write(...log),
      'runs.resume': (call) =>
        call.open('run_1', 'running').end(...log, { seq: 5, event: effect }, { seq: 6, event: ended() }),
      'threads.get_by_id': (call) => call.json(thread('thr_1', [userMessage('msg_1', 'Hi')])),
    })
    const { conversation, told } = open()
    await conversation.send(hi)
    await until(() => told.includes('effect'))
    await conversation.openThread(null)
    await conversation.openThread('thr_1')
    await until(() => !conversation.getSnapshot().isResponding)
    expect(told.filter((event) => event === 'effect')).toHaveLength(2)
  })
})

describe('the list of threads', () => {
  const rows = (...ids: string[]) => ids.map((id) => thread(id, [], { title: `Title ${id}` }))
  const listed = (conversation: Conversation) =>
    conversation.getSnapshot().threads.map(({ id, title }) => `${id} ${title}`)

  test('is loaded by page, newest first', async () => {
    server = await wireServer({
      'threads.list': (call) =>
        call.json(call.params.after ? page(rows('thr_1')) : page(rows('thr_3', 'thr_2'), 'thr_2')),
    })
    const { conversation } = open()
    const loading = conversation.loadThreads()
    expect(conversation.getSnapshot().isLoadingThreads).toBe(true)
    await loading
    expect(conversation.getSnapshot()).toMatchObject({ hasMoreThreads: true, isLoadingThreads: false })
    await conversation.loadThreads(true)
    expect(listed(conversation)).toEqual(['thr_3 Title thr_3', 'thr_2 Title thr_2', 'thr_1 Title thr_1'])
    expect(conversation.getSnapshot().hasMoreThreads).toBe(false)
    expect(server.calls.map(({ params }) => params)).toEqual([
      { limit: 30, order: 'desc' },
      { limit: 30, order: 'desc', after: 'thr_2' },
    ])
  })

  test('a new title shows at once and is taken back when the server refuses it', async () => {
    server = await wireServer({
      'threads.list': (call) => call.json(page(rows('thr_1'))),
      'threads.update': (call) => call.json(thread('thr_1', [], { title: String(call.params.title) })),
    })
    const { conversation } = open()
    await conversation.loadThreads()
    const renaming = conversation.renameThread('thr_1', 'New')
    expect(listed(conversation)).toEqual(['thr_1 New'])
    await renaming
    server.on['threads.update'] = (call) => call.fail(403, 'forbidden')
    await expect(conversation.renameThread('thr_1', 'Newer')).rejects.toMatchObject({ code: 'forbidden' })
    expect(listed(conversation)).toEqual(['thr_1 New'])
  })

  test('deleting the open thread shows a new chat; where it fails, all is back', async () => {
    server = await wireServer({
      'runs.resume': none,
      'threads.list': (call) => call.json(page(rows('thr_2', 'thr_1'))),
      'threads.get_by_id': (call) => call.json(thread('thr_1', STORED)),
      'threads.delete': (call) => call.fail(403, 'forbidden'),
    })
    const { conversation, told, shown } = open()
    await conversation.loadThreads()
    await conversation.openThread('thr_1')
    const deleting = conversation.deleteThread('thr_1')
    expect(conversation.getSnapshot()).toMatchObject({ threadId: null, items: [] })
    await expect(deleting).rejects.toMatchObject({ code: 'forbidden' })
    expect(listed(conversation)).toHaveLength(2)
    expect(shown()).toHaveLength(2)
    expect(conversation.getSnapshot().threadId).toBe('thr_1')
    server.on['threads.delete'] = (call) => call.json({})
    await conversation.deleteThread('thr_1')
    expect(listed(conversation)).toEqual(['thr_2 Title thr_2'])
    expect(told.at(-1)).toBe('thread.change null')
  })
})

describe('the transcript', () => {
  afterEach(() => {})
  const ids = ['a', 'b', 'c']
  const event = fc.oneof(
    fc.constantFrom(...ids).map((id) => added(answer(id, ''))),
    fc.tuple(fc.constantFrom(...ids), fc.string({ maxLength: 3 })).map(([id, text]) => delta(id, text)),
    fc.constantFrom(...ids).map((id): ThreadStreamEvent => ({ type: 'thread.item.removed', item_id: id })),
  )

  test("holds what the protocol's reducer makes of the same events", async () => {
    server = await wireServer({})
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), (events) => {
        const transcript = new Transcript()
        let reduced = thread('thr_1')
        for (const one of events) {
          reduced = applyEvent(reduced, one)
          if (one.type.startsWith('thread.item.')) transcript.apply(one as Parameters<Transcript['apply']>[0])
        }
        expect(transcript.items()).toEqual(reduced.items.data)
      }),
    )
  })

  test('a delta costs the same in a thread of 10,000 items as in one of 10', async () => {
    server = await wireServer({})
    const transcripts = [10, 10_000].map((count) => {
      const transcript = new Transcript()
      transcript.reset(Array.from({ length: count }, (_, index) => answer(`m${index}`, 'text')))
      transcript.put(answer('last', 'x'))
      return transcript
    })
    const one = delta('last', 'word ') as Parameters<Transcript['apply']>[0]
    const cost = (transcript: Transcript | undefined) => {
      const start = performance.now()
      for (let at = 0; at < 20_000; at++) transcript?.apply(one)
      return performance.now() - start
    }
    for (const transcript of transcripts) cost(transcript)
    const rounds = Array.from({ length: 5 }, () => transcripts.map(cost))
    const [few = 0, many = 0] = [0, 1].map((index) => Math.min(...rounds.map((round) => round[index] ?? 0)))
    // a copy of the items per delta would be hundreds of times as much
    expect(many / few).toBeLessThan(5)
  })
})
