import type { RunEndedEvent, ThreadStreamEvent } from '@millrace/protocol'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Conversation, ConversationOptions } from './conversation.ts'
import type { ConversationEvent } from './conversation-state.ts'
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
  removed,
  spoken,
  texts,
  thread,
  toolCall,
  userMessage,
} from './testing/answers.ts'
import { until } from './testing/until.ts'
import { type Call, type WireServer, wireServer } from './testing/wire-server.ts'

const TURN: ThreadStreamEvent[] = [
  created(),
  done(userMessage('msg_1', 'Hi')),
  mayStop(),
  ...spoken('msg_2', 'Hello there.'),
]
const hi = { content: [{ type: 'input_text' as const, text: 'Hi' }] }

let server: WireServer
const conversations: Conversation[] = []
afterEach(async () => {
  for (const conversation of conversations.splice(0)) conversation.dispose()
  await server.close()
})

interface Opened {
  conversation: Conversation
  /** Names of the events so far, with the thread where they have one. */
  told: string[]
  errors: Error[]
  notices: ConversationEvent[]
  shown(): string[]
}

function open(options: Partial<ConversationOptions> = {}): Opened {
  const transport = resuming(httpTransport({ url: server.url }), { baseMs: 1 })
  const conversation = createConversation({ transport, channel: null, ...options })
  conversations.push(conversation)
  const told: string[] = []
  const errors: Error[] = []
  const notices: ConversationEvent[] = []
  conversation.on((notice) => {
    notices.push(notice)
    told.push('threadId' in notice ? `${notice.type} ${notice.threadId}` : notice.type)
    if (notice.type === 'error') errors.push(notice.error)
  })
  return { conversation, told, errors, notices, shown: () => texts(conversation.getSnapshot().items) }
}

/** A whole run of a server that keeps runs. */
const run =
  (events: (ThreadStreamEvent | RunEndedEvent)[], end: RunEndedEvent = ended()) =>
  (call: Call) =>
    call.open(end.run_id).end(...numbered([...events, end]))

const ends = (conversation: Conversation) => until(() => !conversation.getSnapshot().isResponding)

describe('sending', () => {
  test('the first message makes a thread; what comes is told in order', async () => {
    server = await wireServer({ 'threads.create': run(TURN) })
    const { conversation, told, shown } = open()
    const sending = conversation.send(hi)
    await until(() => conversation.getSnapshot().items.length > 0)
    expect(conversation.getSnapshot().items[0]?.id).toMatch(/^local_/)
    await sending
    expect(conversation.getSnapshot().items[0]?.id).toBe('msg_1')
    await ends(conversation)
    expect(shown()).toEqual(['user: Hi', 'assistant: Hello there.'])
    expect(told).toEqual(['response.start', 'thread.change thr_1', 'response.end'])
    expect(conversation.getSnapshot()).toMatchObject({ threadId: 'thr_1', thread: { id: 'thr_1' }, error: null })
    expect(conversation.getSnapshot().threads.map(({ id }) => id)).toEqual(['thr_1'])
    expect(server.calls[0]?.body).toEqual({
      type: 'threads.create',
      params: { input: { ...hi, quoted_text: '', attachments: [], inference_options: {} } },
    })
  })

  test('the next one goes into the thread, with all that the composer holds', async () => {
    server = await wireServer({
      'threads.create': run(TURN),
      'threads.add_user_message': run(
        [done(userMessage('msg_3', 'And?')), mayStop(), ...spoken('msg_4', 'So.')],
        ended('completed', undefined, 'run_2'),
      ),
    })
    const { conversation, shown } = open()
    await conversation.send(hi)
    await ends(conversation)
    const attachment = { type: 'file' as const, id: 'atc_1', name: 'a.txt', mime_type: 'text/plain' }
    await conversation.send({
      content: [{ type: 'input_text', text: 'And?' }],
      quotedText: 'Hello',
      attachments: [attachment],
      inferenceOptions: { model: 'big' },
    })
    await ends(conversation)
    expect(shown()).toEqual(['user: Hi', 'assistant: Hello there.', 'user: And?', 'assistant: So.'])
    expect(server.calls[1]?.params).toEqual({
      thread_id: 'thr_1',
      input: {
        content: [{ type: 'input_text', text: 'And?' }],
        quoted_text: 'Hello',
        attachments: ['atc_1'],
        inference_options: { model: 'big' },
      },
    })
  })

  test('newThread starts a fresh one', async () => {
    server = await wireServer({ 'threads.create': run(TURN) })
    const { conversation, told, shown } = open()
    await conversation.send(hi)
    await ends(conversation)
    server.on['threads.create'] = run([created('thr_2'), done(userMessage('msg_9', 'Hi', 'thr_2')), mayStop()])
    await conversation.send({ ...hi, newThread: true })
    await ends(conversation)
    expect(shown()).toEqual(['user: Hi'])
    expect(told.filter((event) => event.startsWith('thread.change'))).toEqual([
      'thread.change thr_1',
      'thread.change null',
      'thread.change thr_2',
    ])
  })

  test('while an answer is written, a further message is refused and nothing is sent', async () => {
    server = await wireServer({
      'threads.create': (call) => void call.open('run_1').write(...numbered(TURN.slice(0, 4))),
    })
    const { conversation } = open()
    await conversation.send(hi)
    await expect(conversation.send(hi)).rejects.toMatchObject({ code: 'run_in_progress' })
    expect(server.calls).toHaveLength(1)
  })

  test('what nobody stored stays and is sent again under the same name', async () => {
    server = await wireServer({ 'threads.create': (call) => call.text(500, 'text/plain', 'Internal Server Error') })
    const { conversation, told, shown } = open()
    await expect(conversation.send(hi)).rejects.toMatchObject({ code: 'server_error' })
    expect(told).toEqual(['response.start', 'error', 'response.end'])
    const { error, items } = conversation.getSnapshot()
    expect(error).toMatchObject({ code: 'server_error', allowRetry: true, retryItemId: items[0]?.id })
    server.on['threads.create'] = run(TURN)
    await conversation.retry()
    await ends(conversation)
    expect(shown()).toEqual(['user: Hi', 'assistant: Hello there.'])
    expect(conversation.getSnapshot().error).toBeNull()
    const [first, second] = server.calls
    expect(second?.body).toEqual(first?.body)
    expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key'])
  })

  test('what was refused for good goes back to the composer', async () => {
    server = await wireServer({ 'threads.create': (call) => call.fail(403, 'thread_locked') })
    const { conversation, shown } = open()
    await expect(conversation.send(hi)).rejects.toMatchObject({ code: 'thread_locked' })
    expect(shown()).toEqual([])
    expect(conversation.getSnapshot().error).toMatchObject({ code: 'thread_locked', allowRetry: false })
  })

  test('a run in the way is shown, the message goes back to the composer', async () => {
    server = await wireServer({
      'runs.resume': (call) => call.response.writeHead(204).end(),
      'threads.get_by_id': (call) => call.json(thread('thr_1', [userMessage('msg_1', 'Hi')])),
    })
    const { conversation, shown } = open()
    await conversation.openThread('thr_1')
    server.on['threads.add_user_message'] = (call) => call.fail(409, 'run_in_progress', { run_id: 'run_1' })
    server.on['threads.get_by_id'] = (call) =>
      call.json(thread('thr_1', [userMessage('msg_1', 'Hi'), userMessage('msg_5', 'Other tab')]))
    server.on['runs.resume'] = (call) =>
      call
        .open('run_1', 'running')
        .write(...numbered([done(userMessage('msg_5', 'Other tab')), mayStop(), ...spoken('msg_6', 'Yes, other tab.')]))
    await expect(conversation.send(hi)).rejects.toMatchObject({ code: 'run_in_progress' })
    await until(() => shown().includes('assistant: Yes, other tab.'))
    expect(shown()).toEqual(['user: Hi', 'user: Other tab', 'assistant: Yes, other tab.'])
    expect(conversation.getSnapshot()).toMatchObject({
      isResponding: true,
      canStop: true,
      error: { code: 'run_in_progress' },
    })
  })
})

describe('reading an answer', () => {
  test('the same answer comes from a server without runs', async () => {
    server = await wireServer({ 'threads.create': (call) => call.open().end(...plain(TURN)) })
    const { conversation, told, shown } = open()
    await conversation.send(hi)
    await ends(conversation)
    expect(shown()).toEqual(['user: Hi', 'assistant: Hello there.'])
    expect(told).toEqual(['response.start', 'thread.change thr_1', 'response.end'])
  })

  test('cut after any entry, it is whole in the end and nothing is said of it', async () => {
    const log = numbered([...TURN, ended()])
    server = await wireServer({})
    for (let cut = 0; cut < log.length; cut++) {
      server.on['threads.create'] = (call) => {
        call.open('run_1').write(...log.slice(0, cut))
        setTimeout(() => call.cut(), 2)
      }
      server.on['runs.resume'] = (call) => call.open('run_1', 'running').end(...log.slice(Number(call.params.after)))
      const { conversation, told, shown } = open()
      await conversation.send(hi)
      await ends(conversation)
      expect(shown()).toEqual(['user: Hi', 'assistant: Hello there.'])
      expect(told).toEqual(['response.start', 'thread.change thr_1', 'response.end'])
      expect(conversation.getSnapshot().connection).toBe('online')
    }
  })

  test('waiting, progress and notices come and go', async () => {
    let call: Call | undefined
    server = await wireServer({
      'threads.create': (opened) => {
        call = opened.open('run_1').write(...numbered(TURN.slice(0, 3)))
      },
    })
    const { conversation } = open()
    await conversation.send(hi)
    await until(() => conversation.getSnapshot().canStop)
    expect(conversation.getSnapshot()).toMatchObject({ isResponding: true, isWaiting: true, progress: null })
    call?.write(
      { seq: 4, event: { type: 'progress_update', text: 'Searching', icon: 'search' } },
      { seq: 5, event: { type: 'notice', level: 'info', message: 'Note.' } },
    )
    await until(() => conversation.getSnapshot().progress)
    expect(conversation.getSnapshot().progress).toEqual({ text: 'Searching', icon: 'search' })
    expect(conversation.getSnapshot().notices).toEqual([{ type: 'notice', level: 'info', message: 'Note.' }])
    call?.write({ seq: 6, event: added(answer('msg_2', '')) })
    await until(() => conversation.getSnapshot().progress === null)
    expect(conversation.getSnapshot().isWaiting).toBe(true)
    call?.write({ seq: 7, event: delta('msg_2', 'Hello') })
    await until(() => !conversation.getSnapshot().isWaiting)
    conversation.dismissNotice(0)
    expect(conversation.getSnapshot().notices).toEqual([])
    call?.end({ seq: 8, event: done(answer('msg_2', 'Hello')) }, { seq: 9, event: ended() })
    await ends(conversation)
  })

  test('a client effect is told, a stop button is not shown where the server forbids it, unknown events pass', async () => {
    const effect: ThreadStreamEvent = { type: 'client_effect', name: 'confetti', data: { pieces: 7 } }
    const unknown = { type: 'thread.sang' } as unknown as ThreadStreamEvent
    server = await wireServer({
      'threads.create': (call) =>
        void call
          .open('run_1')
          .write(...numbered([...TURN.slice(0, 2), mayStop(false), effect, unknown, ...TURN.slice(3)])),
    })
    const { conversation, notices, shown } = open()
    await conversation.send(hi)
    await until(() => shown().includes('assistant: Hello there.'))
    expect(notices).toContainEqual({ type: 'effect', name: 'confetti', data: { pieces: 7 } })
    expect(conversation.getSnapshot().canStop).toBe(false)
  })

  test('a thread.updated changes the title and never the transcript', async () => {
    const updated: ThreadStreamEvent = { type: 'thread.updated', thread: thread('thr_1', [], { title: 'Greetings' }) }
    server = await wireServer({ 'threads.create': run([...TURN, updated]) })
    const { conversation, shown } = open()
    await conversation.send(hi)
    await ends(conversation)
    expect(conversation.getSnapshot().thread?.title).toBe('Greetings')
    expect(conversation.getSnapshot().threads[0]?.title).toBe('Greetings')
    expect(shown()).toHaveLength(2)
  })

  test('annotations that were streamed stay when the part is done without them', async () => {
    const annotation = {
      type: 'annotation' as const,
      source: { type: 'url' as const, title: 'T', url: 'https://example.com/' },
      index: 3,
    }
    const update = (
      change: Extract<ThreadStreamEvent, { type: 'thread.item.updated' }>['update'],
    ): ThreadStreamEvent => ({
      type: 'thread.item.updated',
      item_id: 'msg_2',
      update: change,
    })
    server = await wireServer({
      'threads.create': (call) =>
        void call.open('run_1').write(
          ...numbered([
            ...TURN.slice(0, 3),
            added(answer('msg_2', '')),
            delta('msg_2', 'Hello'),
            update({
              type: 'assistant_message.content_part.annotation_added',
              content_index: 0,
              annotation_index: 0,
              annotation,
            }),
            update({
              type: 'assistant_message.content_part.done',
              content_index: 0,
              content: { type: 'output_text', text: 'Hello!', annotations: [] },
            }),
          ]),
        ),
    })
    const { conversation, shown } = open()
    await conversation.send(hi)
    await until(() => shown().includes('assistant: Hello!'))
    expect(conversation.getSnapshot().items[1]).toMatchObject({ content: [{ annotations: [annotation] }] })
  })

  test('two turns whose answers share one id are both to be seen, and the page is warned', async () => {
    server = await wireServer({
      'threads.create': (call) => call.open().end(...plain([...TURN.slice(0, 3), ...spoken('__fake_id__', 'First.')])),
    })
    const { conversation, shown, errors } = open()
    await conversation.send(hi)
    await ends(conversation)
    server.on['threads.add_user_message'] = (call) =>
      call
        .open()
        .end(...plain([done(userMessage('msg_3', 'More')), mayStop(), ...spoken('__fake_id__', 'Second one.')]))
    await conversation.send(hi)
    await ends(conversation)
    expect(shown()).toEqual(['user: Hi', 'assistant: First.', 'user: More', 'assistant: Second one.'])
    expect(new Set(conversation.getSnapshot().items.map(({ id }) => id)).size).toBe(4)
    expect(errors.map(({ message }) => message)).toEqual([expect.stringContaining('__fake_id__')])
  })

  test('a burst of events is one notification', async () => {
    const words = Array.from({ length: 200 }, (_, index) => delta('msg_2', `w${index} `))
    server = await wireServer({ 'threads.create': run([...TURN.slice(0, 3), added(answer('msg_2', '')), ...words]) })
    const { conversation } = open()
    let notifications = 0
    conversation.subscribe(() => notifications++)
    await conversation.send(hi)
    await ends(conversation)
    expect(notifications).toBeLessThan(12)
  })

  test('a listener that throws breaks nothing and is told of', async () => {
    server = await wireServer({ 'threads.create': run(TURN) })
    const { conversation, errors, shown } = open()
    conversation.on((notice) => {
      if (notice.type === 'response.start') throw new Error('page bug')
    })
    await conversation.send(hi)
    await ends(conversation)
    expect(shown()).toHaveLength(2)
    expect(errors.map(({ message }) => message)).toEqual(['page bug'])
  })
})

describe('failures', () => {
  const failing = (end: RunEndedEvent, ...frames: ThreadStreamEvent[]) => run([...TURN.slice(0, 3), ...frames], end)

  test.each<[string, (call: Call) => void, unknown]>([
    [
      "the run's end says it more clearly than the frame",
      failing(ended('failed', { code: 'model_auth', message: 'Check OPENAI_API_KEY.', recoverable: false }), {
        type: 'error',
        code: 'stream.error',
        allow_retry: true,
      }),
      { code: 'model_auth', message: 'Check OPENAI_API_KEY.', allowRetry: false, retryItemId: 'msg_1' },
    ],
    [
      "the app's own text is shown as it is",
      failing(ended('failed', { code: 'server_error', message: 'It failed.', recoverable: true }), {
        type: 'error',
        code: 'custom',
        message: 'Out of cake.',
        allow_retry: false,
      }),
      { code: 'custom', message: 'Out of cake.', allowRetry: false, retryItemId: 'msg_1' },
    ],
    [
      'a server without runs sends a frame only',
      (call) =>
        call.open().end(...plain([...TURN.slice(0, 3), { type: 'error', code: 'stream.error', allow_retry: true }])),
      { code: 'stream.error', allowRetry: true, retryItemId: 'msg_1' },
    ],
    [
      'a producer that died',
      failing(ended('interrupted')),
      { code: 'interrupted', allowRetry: true, retryItemId: 'msg_1' },
    ],
    [
      'a connection that breaks and can not be resumed',
      (call) => {
        call.open().write(...plain(TURN.slice(0, 5)))
        setTimeout(() => call.cut(), 3)
      },
      expect.objectContaining({ code: 'unavailable', allowRetry: true, retryItemId: 'msg_1' }),
    ],
  ])('%s', async (_, serve, expected) => {
    server = await wireServer({ 'threads.create': serve })
    const { conversation, told } = open()
    await conversation.send(hi)
    await ends(conversation)
    expect(conversation.getSnapshot().error).toEqual(expected)
    expect(told.slice(-2)).toEqual(['error', 'response.end'])
    expect(told.filter((event) => event === 'response.end')).toHaveLength(1)
  })

  test('all items of a turn taken back, then an error: the message and the error remain', async () => {
    server = await wireServer({
      'threads.create': (call) =>
        call
          .open()
          .end(...plain([...TURN, removed('msg_2'), { type: 'error', code: 'stream.error', allow_retry: true }])),
    })
    const { conversation, shown } = open()
    await conversation.send(hi)
    await ends(conversation)
    expect(shown()).toEqual(['user: Hi'])
    expect(conversation.getSnapshot().error).not.toBeNull()
  })
})

describe('retry', () => {
  test('what came after the message goes at once, the new answer comes', async () => {
    server = await wireServer({ 'threads.create': (call) => call.open().end(...plain(TURN)) })
    const { conversation, shown } = open()
    await conversation.send(hi)
    await ends(conversation)
    let call: Call | undefined
    server.on['threads.retry_after_item'] = (opened) => {
      call = opened.open()
    }
    const retrying = conversation.retry('msg_2')
    expect(shown()).toEqual(['user: Hi'])
    await until(() => call)
    expect(call?.params).toEqual({ thread_id: 'thr_1', item_id: 'msg_1' })
    call?.end(...plain([mayStop(), ...spoken('msg_3', 'Hello again.')]))
    await retrying
    expect(shown()).toEqual(['user: Hi', 'assistant: Hello again.'])
  })

  test('where the server keeps runs, the old answer is back when the new one fails', async () => {
    server = await wireServer({ 'threads.create': run(TURN) })
    const { conversation, shown } = open()
    await conversation.send(hi)
    await ends(conversation)
    server.on['threads.retry_after_item'] = run(
      [mayStop()],
      ended('failed', { code: 'model_error', message: 'No.', recoverable: true }, 'run_2'),
    )
    await conversation.retry()
    expect(shown()).toEqual(['user: Hi', 'assistant: Hello there.'])
    server.on['threads.retry_after_item'] = run(
      [mayStop(), removed('msg_2'), ...spoken('msg_3', 'New.')],
      ended('completed', undefined, 'run_3'),
    )
    await conversation.retry()
    expect(shown()).toEqual(['user: Hi', 'assistant: New.'])
  })

  test('a retry that never reached the server gives the answer back', async () => {
    server = await wireServer({
      'threads.create': run(TURN),
      'threads.retry_after_item': (call) => call.fail(403, 'forbidden'),
    })
    const { conversation, shown } = open()
    await conversation.send(hi)
    await ends(conversation)
    await expect(conversation.retry()).rejects.toMatchObject({ code: 'forbidden' })
    expect(shown()).toEqual(['user: Hi', 'assistant: Hello there.'])
  })
})

describe('stop', () => {
  test('asks a server that keeps runs, and reads what is still on its way', async () => {
    let call: Call | undefined
    server = await wireServer({
      'threads.create': (opened) => {
        call = opened.open('run_1').write(...numbered(TURN.slice(0, 5)))
      },
      'runs.stop': (stop) => {
        call?.end({ seq: 6, event: done(answer('msg_2', 'Hello ')) }, { seq: 7, event: ended('stopped') })
        stop.json({ run_id: 'run_1', status: 'stopped' })
      },
    })
    const { conversation, told, shown } = open()
    await conversation.send(hi)
    await until(() => shown().includes('assistant: Hello '))
    await conversation.stop()
    expect(server.calls[1]?.params).toEqual({ run_id: 'run_1' })
    expect(conversation.getSnapshot()).toMatchObject({ isResponding: false, canStop: false, error: null })
    expect(shown()).toEqual(['user: Hi', 'assistant: Hello '])
    expect(told).toEqual(['response.start', 'thread.change thr_1', 'response.end'])
  })

  test('closes the connection to a server that keeps none; what is on screen stays', async () => {
    server = await wireServer({ 'threads.create': (call) => void call.open().write(...plain(TURN.slice(0, 5))) })
    const { conversation, told, shown } = open()
    await conversation.send(hi)
    await until(() => shown().includes('assistant: Hello '))
    await conversation.stop()
    await until(() => server.calls[0]?.isAborted)
    expect(server.calls).toHaveLength(1)
    expect(shown()).toEqual(['user: Hi', 'assistant: Hello '])
    expect(conversation.getSnapshot().error).toBeNull()
    expect(told).toEqual(['response.start', 'thread.change thr_1', 'response.end'])
  })

  test('before the server has the message, it goes back to the composer', async () => {
    server = await wireServer({ 'threads.create': (call) => void call.open() })
    const { conversation, told, shown } = open()
    const sending = conversation.send(hi)
    const refused = expect(sending).rejects.toMatchObject({ code: 'interrupted' })
    await until(() => server.calls.length === 1)
    await conversation.stop()
    await refused
    expect(shown()).toEqual([])
    expect(conversation.getSnapshot()).toMatchObject({ isResponding: false, error: null })
    expect(told).toEqual(['response.start', 'response.end'])
  })

  test('before the answer has begun waits for its beginning', async () => {
    let call: Call | undefined
    server = await wireServer({
      'threads.create': (opened) => {
        call = opened
      },
      'runs.stop': (stop) => {
        call?.end(...numbered([...TURN.slice(0, 2), ended('stopped')]))
        stop.json({ run_id: 'run_1', status: 'stopped' })
      },
    })
    const { conversation } = open()
    const sending = conversation.send(hi)
    await until(() => call)
    const stopping = conversation.stop()
    call?.open('run_1')
    await stopping
    await sending
    expect(server.calls.map(({ type }) => type)).toEqual(['threads.create', 'runs.stop'])
    expect(conversation.getSnapshot()).toMatchObject({ isResponding: false, error: null })
  })
})

describe('client tools', () => {
  const CALL: ThreadStreamEvent[] = [...TURN.slice(0, 3), done(toolCall('tc_1', 'get_time', { zone: 'UTC' }))]
  const REST = numbered([mayStop(), ...spoken('msg_3', 'Noon.'), ended('completed', undefined, 'run_2')])

  test('runs when the stream has ended; its answer goes back and the turn goes on', async () => {
    server = await wireServer({
      'threads.create': run(CALL),
      'threads.add_client_tool_output': (call) => call.open('run_2').end(...REST),
    })
    const { conversation, told, shown } = open()
    const handler = vi.fn(async () => ({ time: '12:00' }))
    conversation.setClientTools(handler)
    await conversation.send(hi)
    await ends(conversation)
    expect(handler.mock.calls).toEqual([[{ name: 'get_time', params: { zone: 'UTC' } }]])
    expect(server.calls[1]?.params).toEqual({ thread_id: 'thr_1', result: { time: '12:00' } })
    expect(shown()).toEqual(['user: Hi', 'client_tool_call', 'assistant: Noon.'])
    expect(conversation.getSnapshot().items[1]).toMatchObject({ status: 'completed', output: { time: '12:00' } })
    expect(told).toEqual(['response.start', 'thread.change thr_1', 'response.end'])
  })

  test.each<[string, ((call: unknown) => unknown) | undefined, unknown, number]>([
    ['returns nothing', () => undefined, {}, 0],
    ['throws', () => Promise.reject(new Error('no map')), { error: 'no map' }, 1],
    ['never answers', () => new Promise(() => {}), { error: expect.stringContaining('get_time') }, 1],
    ['returns what is no JSON', () => ({ size: 1n }), { error: expect.stringContaining('BigInt') }, 1],
    ['is not there', undefined, { error: expect.stringContaining('get_time') }, 1],
  ])('a handler that %s does not hang the turn', async (_, handler, result, errorCount) => {
    server = await wireServer({
      'threads.create': run(CALL),
      'threads.add_client_tool_output': (call) => call.open('run_2').end(...REST),
    })
    const { conversation, errors } = open({ clientToolTimeoutMs: 20 })
    conversation.setClientTools(handler)
    await conversation.send(hi)
    await ends(conversation)
    expect(server.calls[1]?.params.result).toEqual(result)
    expect(errors).toHaveLength(errorCount)
  })

  test('stop while the tool runs ends the turn', async () => {
    server = await wireServer({ 'threads.create': run(CALL) })
    const { conversation, told } = open()
    let isRunning = false
    conversation.setClientTools(() => {
      isRunning = true
      return new Promise(() => {})
    })
    await conversation.send(hi)
    await until(() => isRunning)
    await conversation.stop()
    expect(conversation.getSnapshot()).toMatchObject({ isResponding: false, error: null })
    expect(server.calls).toHaveLength(1)
    expect(told.at(-1)).toBe('response.end')
  })

  test('an answer that could not be delivered is delivered by retry, without running the tool again', async () => {
    server = await wireServer({
      'threads.create': run(CALL),
      'threads.add_client_tool_output': (call) => call.text(500, 'text/plain', 'oops'),
    })
    const { conversation, shown } = open()
    const handler = vi.fn(() => 7)
    conversation.setClientTools(handler)
    await conversation.send(hi)
    await ends(conversation)
    expect(conversation.getSnapshot().error).toMatchObject({ allowRetry: true })
    server.on['threads.add_client_tool_output'] = (call) => call.open('run_2').end(...REST)
    await conversation.retry()
    expect(handler).toHaveBeenCalledTimes(1)
    expect(shown().at(-1)).toBe('assistant: Noon.')
  })

  test('a call left open by a reload is answered when the thread is opened', async () => {
    server = await wireServer({
      'runs.resume': (call) => call.response.writeHead(204).end(),
      'threads.get_by_id': (call) =>
        call.json(thread('thr_1', [userMessage('msg_1', 'Hi'), toolCall('tc_1', 'get_time', {})])),
      'threads.add_client_tool_output': (call) => call.open('run_2').end(...REST),
    })
    const { conversation, shown } = open()
    conversation.setClientTools(() => 'noon')
    await conversation.openThread('thr_1')
    await until(() => shown().includes('assistant: Noon.'))
    expect(server.calls.at(-1)?.params).toEqual({ thread_id: 'thr_1', result: 'noon' })
  })
})

describe('widgets and questions', () => {
  const widget = (text: string) => ({
    type: 'widget' as const,
    id: 'wid_1',
    thread_id: 'thr_1',
    created_at: '2026-01-01T12:00:00Z',
    widget: { type: 'Card' as const, children: [{ type: 'Text' as const, value: text }] },
  })
  const question = (status: 'pending' | 'answered') => ({
    type: 'structured_input' as const,
    id: 'si_1',
    thread_id: 'thr_1',
    created_at: '2026-01-01T12:00:00Z',
    status,
    inputs: [{ type: 'freeform' as const, id: 'q1', question: 'Why?' }],
  })

  test('an action sends its type and payload, and resolves at the end of its stream', async () => {
    server = await wireServer({
      'threads.create': run([...TURN, done(widget('one'))]),
      'threads.custom_action': run(
        [{ type: 'thread.item.replaced', item: widget('two') }],
        ended('completed', undefined, 'run_2'),
      ),
      'threads.sync_custom_action': (call) => call.json({ updated_item: widget('three') }),
    })
    const { conversation } = open()
    await conversation.send(hi)
    await ends(conversation)
    const action = { type: 'press', payload: { n: 1 }, handler: 'server', streaming: true }
    await conversation.customAction(action, 'wid_1')
    expect(server.calls[1]?.params).toEqual({
      thread_id: 'thr_1',
      item_id: 'wid_1',
      action: { type: 'press', payload: { n: 1 } },
    })
    expect(conversation.getSnapshot().items.at(-1)).toEqual(widget('two'))
    await conversation.syncAction(action, 'wid_1')
    expect(conversation.getSnapshot().items.at(-1)).toEqual(widget('three'))
  })

  test('without a thread an action does nothing but leave a log entry', async () => {
    server = await wireServer({})
    const { conversation, told } = open()
    await conversation.customAction({ type: 'press' })
    expect(told).toEqual(['log'])
    expect(server.calls).toHaveLength(0)
  })

  test('questions wait for an answer until they are answered', async () => {
    server = await wireServer({
      'threads.create': run([...TURN, done(question('pending'))]),
      'threads.add_structured_input': run(
        [{ type: 'thread.item.replaced', item: question('answered') }, ...spoken('msg_3', 'I see.')],
        ended('completed', undefined, 'run_2'),
      ),
    })
    const { conversation, shown } = open()
    await conversation.send(hi)
    await ends(conversation)
    expect(conversation.getSnapshot().pendingInput?.id).toBe('si_1')
    const submission = { status: 'answered' as const, answers: { q1: { values: ['because'], skipped: false } } }
    await conversation.submitStructuredInput('si_1', submission)
    expect(server.calls[1]?.params).toEqual({ thread_id: 'thr_1', item_id: 'si_1', input: submission })
    expect(conversation.getSnapshot().pendingInput).toBeNull()
    expect(shown().at(-1)).toBe('assistant: I see.')
  })

  test('feedback shows at once and is taken back when it fails', async () => {
    server = await wireServer({ 'threads.create': run(TURN), 'items.feedback': (call) => call.json({}) })
    const { conversation } = open()
    await conversation.send(hi)
    await ends(conversation)
    await conversation.feedback(['msg_2'], 'positive')
    expect(server.calls[1]?.params).toEqual({ thread_id: 'thr_1', item_ids: ['msg_2'], kind: 'positive' })
    server.on['items.feedback'] = (call) => call.fail(403, 'forbidden')
    const giving = conversation.feedback(['msg_2', 'msg_3'], 'negative')
    expect(conversation.getSnapshot().feedback).toEqual({ msg_2: 'negative', msg_3: 'negative' })
    await expect(giving).rejects.toMatchObject({ code: 'forbidden' })
    expect(conversation.getSnapshot().feedback).toEqual({ msg_2: 'positive' })
  })

  test('speech becomes text', async () => {
    server = await wireServer({ 'input.transcribe': (call) => call.json({ text: 'hello' }) })
    const { conversation } = open()
    expect(await conversation.transcribe(new Blob(['abc'], { type: 'audio/webm' }))).toBe('hello')
    expect(server.calls[0]?.params).toEqual({ audio_base64: 'YWJj', mime_type: 'audio/webm' })
  })
})

describe('pages', () => {
  test('a page of history is never asked for twice at once', async () => {
    const items = Array.from({ length: 30 }, (_, index) => userMessage(`msg_${index}`, `${index}`))
    server = await wireServer({
      'runs.resume': (call) => call.response.writeHead(204).end(),
      'threads.get_by_id': (call) => call.json(thread('thr_1', [], { items: page(items.slice(0, 20), 'msg_19') })),
      'items.list': (call) => {
        const newestFirst = items.toReversed()
        const from = call.params.after ? newestFirst.findIndex(({ id }) => id === call.params.after) + 1 : 0
        const rows = newestFirst.slice(from, from + 10)
        call.json(page(rows, from + 10 < items.length ? rows.at(-1)?.id : undefined))
      },
    })
    const { conversation, shown } = open({ pageSize: 10 })
    await conversation.openThread('thr_1')
    expect(shown()).toHaveLength(10)
    expect(shown().at(-1)).toBe('user: 29')
    expect(conversation.getSnapshot().hasOlder).toBe(true)
    await Promise.all([conversation.loadOlder(), conversation.loadOlder()])
    expect(shown()).toHaveLength(20)
    await conversation.loadOlder()
    expect(shown()[0]).toBe('user: 0')
    expect(conversation.getSnapshot().hasOlder).toBe(false)
    expect(server.calls.filter(({ type }) => type === 'items.list')).toHaveLength(3)
  })
})
