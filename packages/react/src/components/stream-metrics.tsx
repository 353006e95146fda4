'use client'
import type { StreamMetrics as Metrics } from '@millrace/client/stream'
import { type HTMLAttributes, type ReactElement, useEffect, useMemo, useState } from 'react'
import { type Source, trackReads, useReads } from '../track-reads.ts'
import { clientOf, type StreamSource } from './stream-source.ts'

/** The figures of a run. (The component that shows them has the same name; TypeScript tells types and values apart.) */
export type StreamMetrics = Metrics

type Labels = Record<'tokens' | 'time' | 'rate' | 'first', string>

export interface StreamMetricsProps extends Omit<HTMLAttributes<HTMLDListElement>, 'children'> {
  /** What a hook gives, or a client. This component subscribes itself: the one around it need not render. */
  stream?: StreamSource
  /** Instead of `stream`: the figures themselves. */
  metrics?: Metrics
  labels?: Partial<Labels>
}

const LABELS: Labels = {
  tokens: 'Tokens',
  time: 'Time',
  rate: 'Tokens per second',
  first: 'Time to first token',
}

/** How often the clock moves while nothing arrives, in milliseconds. */
const TICK_MS = 100

/**
 * Tokens, time, tokens per second and the time to the first token, while they come.
 *
 * @example
 * <StreamMetrics stream={useStreamingResponse()} />
 */
export function StreamMetrics({ stream, metrics: given, labels, ...attributes }: StreamMetricsProps): ReactElement {
  const client = stream && clientOf(stream)
  const followed = useReads(useMemo(() => trackReads<Followed, object>(client ?? NONE, {}), [client]))
  const metrics = client ? followed.metrics : (given ?? NOTHING.metrics)
  const silentMs = useSilence(metrics, followed.isStreaming)
  const names = { ...LABELS, ...labels }
  const { tokens, elapsedMs, tokensPerSecond, timeToFirstTokenMs } = metrics
  const rows = [
    [names.tokens, String(tokens)],
    [names.time, seconds(elapsedMs + silentMs)],
    [names.rate, tokensPerSecond.toFixed(1)],
    [names.first, timeToFirstTokenMs === undefined ? '–' : seconds(timeToFirstTokenMs)],
  ]
  return (
    <dl {...attributes}>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

interface Followed {
  metrics: Metrics
  isStreaming: boolean
}

const NOTHING: Followed = {
  metrics: { tokens: 0, elapsedMs: 0, tokensPerSecond: 0, timeToFirstTokenMs: undefined, resumes: 0 },
  isStreaming: false,
}
const NONE: Source<Followed> = { getSnapshot: () => NOTHING, subscribe: () => () => {} }

/** Milliseconds since these figures came. Nothing is said of a run between two events, and yet its time goes on. */
function useSilence(metrics: Metrics, isStreaming: boolean): number {
  const [silence, setSilence] = useState({ metrics, ms: 0 })
  useEffect(() => {
    if (!isStreaming) return
    const since = performance.now()
    const timer = setInterval(() => setSilence({ metrics, ms: performance.now() - since }), TICK_MS)
    return () => clearInterval(timer)
  }, [metrics, isStreaming])
  return isStreaming && silence.metrics === metrics ? silence.ms : 0
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`
}
