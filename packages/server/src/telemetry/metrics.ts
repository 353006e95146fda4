/**
 * What a Prometheus server is told. Everything is counted when a run starts or ends and when a reader comes or goes,
 * nothing per token; labels are outcomes, error codes and names of operations, never a user or a thread.
 */
import { isChatKitErrorCode } from '@millrace/protocol'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { RunLog } from '../log/run-log.ts'
import type { RunObserver } from '../options.ts'
import type { Store } from '../store/store.ts'
import { SlidingSum } from './sliding-sum.ts'
import { watchedLog, watchedStore } from './watched.ts'

export interface Metrics {
  /** For the option `observer` of a server. */
  readonly observer: RunObserver
  /** The same store, whose failures are counted. */
  watchStore<Context>(store: Store<Context>): Store<Context>
  /** The same log, whose failures are counted. */
  watchLog(log: RunLog): RunLog
  /** What `GET /metrics` answers with: Prometheus's text format, version 0.0.4. */
  text(): Promise<string>
  readonly contentType: string
}

export interface MetricsOptions {
  /** Figures of the process besides (memory, CPU, event loop, garbage collection). Default true. */
  processMetrics?: boolean
  /** Milliseconds of a clock that never goes back. */
  now?(): number
}

/** Window of the error rate, in seconds: long enough that one failure in a quiet hour is no alarm. */
const ERROR_WINDOW_S = 300

/** Window of the throughput, in seconds: four scrapes at Prometheus's usual interval. */
const THROUGHPUT_WINDOW_S = 60

const TOKEN_BUCKETS = [1, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000]
const FIRST_TOKEN_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 15, 30, 60]
const DURATION_BUCKETS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300]

/**
 * Metrics in a registry of their own; one for each server.
 *
 * @example
 * const metrics = createMetrics()
 * const server = new ChatKitServer({ store, log, respond, observer: metrics.observer })
 * const handler = createApp({ server, metrics })
 */
export function createMetrics({ processMetrics = true, now }: MetricsOptions = {}): Metrics {
  const registry = new Registry()
  if (processMetrics) collectDefaultMetrics({ register: registry })
  const runs = runMetrics(registry, now)
  const readers = readerMetrics(registry)
  const troubles = troubleMetrics(registry)
  return {
    observer: { ...runs, ...readers, failed: () => troubles.exceptions.inc() },
    watchStore: (store) => watchedStore(store, (operation) => troubles.store.inc({ operation })),
    watchLog: (log) => watchedLog(log, (operation) => troubles.log.inc({ operation })),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}

function runMetrics(
  registry: Registry,
  now?: () => number,
): Pick<RunObserver, 'runStarted' | 'runEnded' | 'runStopped'> {
  const registers = [registry]
  /** By id: of a run that was adopted the end is seen here, and its start was elsewhere. */
  const active = new Set<string>()
  const ended = new SlidingSum(ERROR_WINDOW_S, now)
  const broken = new SlidingSum(ERROR_WINDOW_S, now)
  const tokens = new SlidingSum(THROUGHPUT_WINDOW_S, now)

  const tokensPerRequest = new Histogram({
    name: 'millrace_tokens_per_request',
    help: 'Tokens (text deltas) of a run that has ended.',
    labelNames: ['outcome'] as const,
    buckets: TOKEN_BUCKETS,
    registers,
  })
  const firstToken = new Histogram({
    name: 'millrace_latency_to_first_token',
    help: 'Seconds from the start of a run to its first token; runs without one are not counted. Observed at the end of the run.',
    buckets: FIRST_TOKEN_BUCKETS,
    registers,
  })
  const duration = new Histogram({
    name: 'millrace_stream_duration',
    help: 'Seconds from the start of a run to its end.',
    labelNames: ['outcome'] as const,
    buckets: DURATION_BUCKETS,
    registers,
  })
  new Gauge({
    name: 'millrace_error_rate',
    help: `Share (0 to 1) of failed and interrupted runs among those that ended here in the last ${ERROR_WINDOW_S} seconds; 0 where none did.`,
    registers,
    collect() {
      const all = ended.sum()
      this.set(all === 0 ? 0 : broken.sum() / all)
    },
  })
  new Gauge({
    name: 'millrace_active_streams',
    help: 'Runs that this process produces now.',
    registers,
    collect() {
      this.set(active.size)
    },
  })
  new Gauge({
    name: 'millrace_throughput_tokens_per_sec',
    help: `Tokens of the runs that ended here in the last ${THROUGHPUT_WINDOW_S} seconds, divided by ${THROUGHPUT_WINDOW_S}. A run counts as a whole when it ends.`,
    registers,
    collect() {
      this.set(tokens.sum() / THROUGHPUT_WINDOW_S)
    },
  })
  const started = new Counter({
    name: 'millrace_runs_started_total',
    help: 'Runs that this process has started.',
    registers,
  })
  const runs = new Counter({
    name: 'millrace_runs_total',
    help: 'Runs that have ended here, by outcome and by the code of the error that ended them ("none" without one).',
    labelNames: ['outcome', 'code'] as const,
    registers,
  })
  const stops = new Counter({
    name: 'millrace_stops_total',
    help: 'Requests to stop a running run, through this process.',
    registers,
  })
  const interrupted = new Counter({
    name: 'millrace_interrupted_total',
    help: 'Runs that ended because their process went away, or lost them to another one.',
    registers,
  })
  for (const outcome of ['completed', 'stopped', 'failed', 'interrupted']) {
    tokensPerRequest.zero({ outcome })
    duration.zero({ outcome })
  }
  return {
    runStarted({ runId }) {
      active.add(runId)
      started.inc()
    },
    runEnded({ runId, end }, figures) {
      const outcome = end?.outcome ?? 'failed'
      active.delete(runId)
      ended.add(1)
      if (outcome === 'failed' || outcome === 'interrupted') broken.add(1)
      if (outcome === 'interrupted') interrupted.inc()
      tokens.add(figures.tokens)
      runs.inc({ outcome, code: codeOf(end?.error?.code) })
      tokensPerRequest.observe({ outcome }, figures.tokens)
      duration.observe({ outcome }, figures.durationMs / 1000)
      if (figures.firstTokenMs !== undefined) firstToken.observe(figures.firstTokenMs / 1000)
    },
    runStopped: () => stops.inc(),
  }
}

function readerMetrics(registry: Registry): Pick<RunObserver, 'readerCame'> {
  const registers = [registry]
  const now = new Gauge({ name: 'millrace_subscribers', help: 'Readers that follow a run here now.', registers })
  const total = new Counter({
    name: 'millrace_subscribers_total',
    help: 'Readers that have followed a run here, resumed ones included.',
    registers,
  })
  const resumes = new Counter({
    name: 'millrace_resumes_total',
    help: 'Readers that came back to a run: those that asked to go on after an entry they had seen.',
    registers,
  })
  return {
    readerCame(_run, after) {
      now.inc()
      total.inc()
      if (after > 0) resumes.inc()
      return { left: () => now.dec() }
    },
  }
}

function troubleMetrics(registry: Registry) {
  const registers = [registry]
  const labelNames = ['operation'] as const
  return {
    store: new Counter({
      name: 'millrace_store_failures_total',
      help: 'Operations that the store could not do, by name.',
      labelNames,
      registers,
    }),
    log: new Counter({
      name: 'millrace_log_failures_total',
      help: 'Operations that the run log could not do, by name; "append" counts the runs whose log was lost while they ran.',
      labelNames,
      registers,
    }),
    exceptions: new Counter({
      name: 'millrace_exceptions_total',
      help: 'Exceptions that a client saw only as a plain error: each has a line in the log.',
      registers,
    }),
  }
}

/** Codes are a closed list; what an entry of another version says besides is one label more, and not one for each. */
function codeOf(code: string | undefined): string {
  if (code === undefined) return 'none'
  return isChatKitErrorCode(code) ? code : 'other'
}
