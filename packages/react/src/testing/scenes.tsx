/** Small apps, each for one behaviour. They run in the page and, to be sent as HTML, on the server. */
import { mockStream } from '@millrace/client/testing'
import { type ReactElement, useEffect, useLayoutEffect, useState } from 'react'
import {
  createStreamStore,
  LazyStreamingMarkdown,
  StreamErrorBoundary,
  StreamingMarkdown,
  StreamMetrics,
  useBufferedStreaming,
  useConversation,
  useDebouncedStream,
  useHybridStreaming,
  useResilientStreaming,
  useStreamingResponse,
  useStreamStore,
  useWebSocketStreaming,
} from '../index.ts'
import { ChatTab } from './chat-scene.tsx'
import { DEBOUNCE_MS, Hidable, options, rendered, Start, seen } from './parts.tsx'

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

function Tabs() {
  return (
    <Hidable>
      <ChangesBuffer />
    </Hidable>
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
