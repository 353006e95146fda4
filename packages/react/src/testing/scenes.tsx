/** Small apps, each for one behaviour. They run in the page and, to be sent as HTML, on the server. */
import { mockStream } from '@millrace/client/testing'
import * as react from 'react'
import { type ComponentType, type ReactElement, type ReactNode, useEffect, useLayoutEffect, useState } from 'react'
import {
  type ConversationResult,
  createStreamStore,
  LazyStreamingMarkdown,
  StreamErrorBoundary,
  StreamingMarkdown,
  StreamMetrics,
  type StreamOptions,
  type UseConversationOptions,
  useBufferedStreaming,
  useConversation,
  useDebouncedStream,
  useHybridStreaming,
  useResilientStreaming,
  useStreamingResponse,
  useStreamStore,
  useWebSocketStreaming,
} from '../index.ts'

const WORDS = Array.from({ length: 200 }, (_, index) => `w${index} `)
export const ANSWER = WORDS.join('')
export const DEBOUNCE_MS = 500

/** What a test looks at. */
export const seen = {
  renders: {} as Record<string, number>,
  signals: [] as (AbortSignal | null | undefined)[],
  events: [] as string[],
  mock: mockStream(WORDS, { delay: 2 }),
  /** What was told of by `onEvent`: tokens, and types of events. */
  told: [] as string[],
  /** Lengths of the text in the order in which they were shown. */
  lengths: [] as number[],
  /** How what was begun has ended. */
  outcomes: [] as unknown[],
  notified: 0,
}

function rendered(name: string): void {
  seen.renders[name] = (seen.renders[name] ?? 0) + 1
}

/** An answer of 200 tokens, one every two milliseconds. */
const options: StreamOptions = {
  fetch(url, init) {
    seen.signals.push(init.signal)
    return seen.mock(url, init)
  },
}

function Start({ onClick }: { onClick(): unknown }) {
  return (
    <button type="button" onClick={onClick}>
      Start
    </button>
  )
}

/** Reads whether it streams, and leaves text and figures to components that subscribe themselves. */
function Apart() {
  const stream = useStreamingResponse(options)
  rendered('apart')
  return (
    <>
      <output>{stream.isStreaming ? 'streaming' : 'still'}</output>
      <StreamingMarkdown stream={stream} id="text" />
      <StreamMetrics stream={stream} id="figures" />
      <Start onClick={() => stream.startStream('Hi')} />
    </>
  )
}

/** Reads nothing at all. */
function Deaf() {
  const { startStream } = useStreamingResponse(options)
  rendered('deaf')
  return <Start onClick={() => startStream('Hi')} />
}

function Reader() {
  const { response, error, startStream, stopStream } = useStreamingResponse(options)
  rendered('reader')
  return (
    <>
      <p id="text">{response}</p>
      <output>{error?.code}</output>
      <Start onClick={() => startStream('Hi')} />
      <button type="button" onClick={stopStream}>
        Stop
      </button>
    </>
  )
}

function StartsInEffect() {
  const { response, startStream } = useStreamingResponse(options)
  useEffect(() => void startStream('Hi'), [startStream])
  return <p id="text">{response}</p>
}

/** What is asked for before the hook's own effects ran counts more than what it may remember. */
function StartsInLayout() {
  const { response, startStream } = useResilientStreaming(options)
  useLayoutEffect(() => void startStream('Hi'), [startStream])
  return <p id="text">{response}</p>
}

/** Nobody is left to read the answer. */
function StopsWhenItGoes() {
  const { response, startStream, stopStream } = useStreamingResponse(options)
  useEffect(() => () => void stopStream(), [stopStream])
  return (
    <>
      <p id="text">{response}</p>
      <Start onClick={() => startStream('Hi')} />
    </>
  )
}

/** A child's effect runs before its parent's. */
function StartsInChild() {
  const { response, startStream } = useResilientStreaming(options)
  return (
    <>
      <p id="text">{response}</p>
      <Starter start={startStream} />
    </>
  )
}

function Starter({ start }: { start(message: string): unknown }) {
  useEffect(() => void start('Hi'), [start])
  return null
}

/** Its text is read in a handler only. */
function Copies() {
  const stream = useStreamingResponse(options)
  const [copied, setCopied] = useState('')
  return (
    <>
      <output>{stream.outcome}</output>
      <p id="text">{copied}</p>
      <Start onClick={() => stream.startStream('Hi')} />
      <button type="button" onClick={() => setCopied(stream.response)}>
        Copy
      </button>
    </>
  )
}

/** A hook as an app writes one: everything of ours, and something of its own. */
function useGreeting() {
  const stream = useStreamingResponse(options)
  return { ...stream, greet: () => stream.startStream('Hi') }
}

function Copied() {
  const { response, outcome, greet } = useGreeting()
  return (
    <>
      <p id="text">{response}</p>
      <output>{outcome}</output>
      <Start onClick={greet} />
    </>
  )
}

function ChangesBuffer() {
  const [size, setSize] = useState(5)
  const { response, isStreaming, startStream, buffer } = useBufferedStreaming({
    ...options,
    buffer: size,
    onEvent: (event) => seen.told.push(event.type === 'token' ? event.token : event.type),
  })
  const [firstStart] = useState(() => startStream)
  useEffect(() => void seen.lengths.push(response.length), [response])
  const start = async () => seen.outcomes.push((await firstStart('Hi')).outcome)
  return (
    <>
      <data id="buffer">{buffer}</data>
      <p id="text">{response}</p>
      <output>{isStreaming ? 'streaming' : 'still'}</output>
      <Start onClick={start} />
      <button type="button" onClick={() => setSize(50)}>
        Change
      </button>
    </>
  )
}

/** React 18 has none. */
const Activity = (react as { Activity?: ComponentType<{ mode: 'visible' | 'hidden'; children: ReactNode }> }).Activity

function Tabs() {
  return (
    <Hidable>
      <ChangesBuffer />
    </Hidable>
  )
}

/** A tab of an app: what is hidden keeps its state, but has no effects. */
function Hidable({ children }: { children: ReactNode }) {
  const [isHidden, setHidden] = useState(false)
  if (!Activity) return null
  return (
    <>
      <Activity mode={isHidden ? 'hidden' : 'visible'}>{children}</Activity>
      <button type="button" onClick={() => setHidden(!isHidden)}>
        Turn
      </button>
    </>
  )
}

function Debounced() {
  const [maxRetries, setMaxRetries] = useState(3)
  const { response, stream, stopStream } = useDebouncedStream(DEBOUNCE_MS, { ...options, maxRetries })
  return (
    <>
      <p id="text">{response}</p>
      <button type="button" onClick={() => setMaxRetries(1)}>
        Change
      </button>
      <input aria-label="Message" onChange={({ target }) => stream(target.value)} />
      <button type="button" onClick={stopStream}>
        Stop
      </button>
    </>
  )
}

function Store() {
  const response = useStreamStore((state) => state.response)
  rendered('store')
  useEffect(
    () =>
      useStreamStore.subscribe(() => {
        seen.notified += 1
      }),
    [],
  )
  const fill = () => {
    const { addToken, setStreaming } = useStreamStore.getState()
    setStreaming(true)
    for (let index = 0; index < 20_000; index++) addToken('x')
  }
  return (
    <>
      <output>{response.length}</output>
      <Start onClick={fill} />
      <button type="button" onClick={() => useStreamStore.getState().reset()}>
        Reset
      </button>
      <button type="button" onClick={() => useStreamStore.getState().setError(new TypeError('fetch failed'))}>
        Fail
      </button>
      <p role="alert">{useStreamStore((state) => state.error?.type)}</p>
    </>
  )
}

function NewestHandler() {
  const [name, setName] = useState('first')
  const { response, startStream } = useStreamingResponse({
    ...options,
    onEvent: ({ type }) => type === 'complete' && seen.events.push(name),
  })
  return (
    <>
      <p id="text">{response}</p>
      <Start onClick={() => startStream('Hi')} />
      <button type="button" onClick={() => setName('second')}>
        Change
      </button>
    </>
  )
}

function Breaks() {
  const [isBroken, setBroken] = useState(false)
  return (
    <StreamErrorBoundary onReset={() => setBroken(false)}>
      {isBroken ? <Bomb /> : <p id="text">whole</p>}
      <Start onClick={() => setBroken(true)} />
    </StreamErrorBoundary>
  )
}

function Bomb(): ReactElement {
  throw new Error('secret detail at db.ts:12')
}

function FailsLate() {
  const { response, error, startStream } = useStreamingResponse({
    fetch: mockStream(['half ', 'an answer'], { error: { message: 'The model failed. Try again.' } }),
  })
  return (
    <StreamErrorBoundary error={error} onReset={() => startStream('Again')}>
      <p id="text">{response}</p>
      <Start onClick={() => startStream('Hi')} />
    </StreamErrorBoundary>
  )
}

function Grows() {
  const [text, setText] = useState('# Title\n\nFirst **bold** paragraph.\n\nSecond *half')
  const [isStreaming, setStreaming] = useState(true)
  return (
    <>
      <StreamingMarkdown text={text} isStreaming={isStreaming} id="text" />
      <button type="button" onClick={() => setText((before) => `${before} written`)}>
        Grow
      </button>
      <button type="button" onClick={() => setText('Another text')}>
        Replace
      </button>
      <button type="button" onClick={() => setStreaming(false)}>
        Complete
      </button>
    </>
  )
}

const THREAD = {
  id: 'thr_1',
  title: 'Hi',
  created_at: '2026-01-01T00:00:00Z',
  status: { type: 'active' },
  metadata: {},
} as const

/** A server that takes its time to say that it has the message. */
const slowChat: NonNullable<UseConversationOptions['transport']> = {
  async request(req) {
    seen.told.push(req.type)
    const items = { data: [ITEM], has_more: false, after: null }
    return req.type === 'threads.get_by_id' ? { ...THREAD, items } : items
  },
  async stream(req, { signal }) {
    seen.told.push(req.type)
    if (req.type === 'runs.resume') return undefined
    return {
      async *[Symbol.asyncIterator]() {
        await new Promise((resolve) => window.addEventListener('taken', resolve, { once: true }))
        signal.throwIfAborted()
        yield { seq: 1, event: { type: 'thread.created', thread: { ...THREAD, items: { data: [], has_more: false } } } }
        yield { seq: 2, event: { type: 'thread.item.done', item: ITEM } }
        yield { seq: 3, event: { type: 'run.ended', run_id: 'run_1', outcome: 'completed' } }
      },
    }
  },
}

const ITEM: ConversationResult['items'][number] = {
  type: 'user_message',
  id: 'msg_1',
  thread_id: THREAD.id,
  created_at: THREAD.created_at,
  content: [{ type: 'input_text', text: 'Hi' }],
  attachments: [],
  inference_options: {},
}

function Chat() {
  const { items, threadId, send } = useConversation({ transport: slowChat, channel: null })
  const ask = () =>
    send({ content: [{ type: 'input_text', text: 'Hi' }] }).then(
      () => seen.outcomes.push('sent'),
      (error) => seen.outcomes.push(error.message),
    )
  return (
    <>
      <p id="text">{items.length}</p>
      <output>{threadId}</output>
      <Start onClick={ask} />
    </>
  )
}

function ChatTab() {
  return (
    <Hidable>
      <Chat />
    </Hidable>
  )
}

function Everything() {
  const streams = [
    useStreamingResponse(),
    useWebSocketStreaming(),
    useBufferedStreaming({ buffer: 'local' }),
    useResilientStreaming(),
    useHybridStreaming(),
    useDebouncedStream(),
  ]
  const { items, isResponding } = useConversation()
  const stored = useStreamStore()
  return (
    <StreamErrorBoundary error={stored.error}>
      {streams.map(({ response, isStreaming, error, metrics, client }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes
        <section key={index}>
          {response} {String(isStreaming)} {error?.message} {metrics.tokens}
          <StreamMetrics stream={client} />
          <StreamingMarkdown stream={client} />
        </section>
      ))}
      <p>
        {items.length} {String(isResponding)} {stored.response}
      </p>
      <StreamingMarkdown text="**Sent** as HTML" isStreaming={false} id="text" />
      <LazyStreamingMarkdown text="*Lazy*" isStreaming={false} id="lazy" />
    </StreamErrorBoundary>
  )
}

/** Asks the page's store twice in one go. */
const TwiceStore = () => {
  const [useStore] = useState(() => createStreamStore(options))
  const { startStream, stopStream } = useStore.getState()
  return (
    <>
      <p id="text">{useStore((state) => state.response)}</p>
      <output>{useStore((state) => (state.isStreaming ? 'streaming' : 'still'))}</output>
      <Start onClick={() => [startStream('First'), startStream('Second')]} />
      <button type="button" onClick={() => [startStream('Third'), stopStream()]}>
        Start and stop
      </button>
    </>
  )
}

export const scenes = {
  TwiceStore,
  Apart,
  Deaf,
  Reader,
  StartsInEffect,
  StartsInChild,
  Copies,
  Copied,
  ChangesBuffer,
  Tabs,
  ChatTab,
  StartsInLayout,
  StopsWhenItGoes,
  Debounced,
  Store,
  NewestHandler,
  Breaks,
  FailsLate,
  Grows,
  Everything,
}

export type SceneName = keyof typeof scenes
