import { describe, expect, test } from 'vitest'
import { createApp } from '../http/app.ts'
import { MemoryRunLog } from '../log/memory.ts'
import { MemoryStore } from '../store/memory.ts'
import { ALICE, message, requests, says, type TestUser, testServer } from '../testing/test-server.ts'
import { createMetrics } from './metrics.ts'
import { parseExposition, type Samples } from './testing/exposition.ts'

/** A server with metrics, read as a Prometheus server does. */
function measured() {
  const clock = { ms: 0 }
  const metrics = createMetrics({ processMetrics: false, now: () => clock.ms })
  const store = new MemoryStore<TestUser>()
  const log = new MemoryRunLog()
  const it = testServer({
    observer: metrics.observer,
    store: metrics.watchStore(store),
    log: metrics.watchLog(log),
  })
  const handler = createApp<TestUser>({ server: it.server, authenticate: () => ALICE, metrics })
  const scrape = async (): Promise<Samples> => {
    const response = await handler(new Request('http://localhost/metrics'))
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4(;|$)/)
    return parseExposition(await response.text())
  }
  return { ...it, inner: { store, log }, clock, handler, scrape }
}

/** An answer of three tokens that goes on until it is stopped. */
async function openEnded(it: ReturnType<typeof measured>) {
  it.respond(async function* (turn) {
    yield* message(turn, ['one ', 'two ', 'three '])
    await new Promise(() => {})
  })
  const opened = await it.open(requests.create(), { client: { resumes: true } })
  const { runId } = opened.run.info
  await expect.poll(async () => (await it.inner.log.find({ runId })) as object).toMatchObject({ tokens: 3 })
  return opened
}

describe('the metrics of runs', () => {
  test('before any run are there, and zero', async () => {
    const samples = await measured().scrape()
    for (const name of [
      'millrace_tokens_per_request_count{outcome="completed"}',
      'millrace_stream_duration_count{outcome="interrupted"}',
      'millrace_latency_to_first_token_count',
      'millrace_error_rate',
      'millrace_active_streams',
      'millrace_throughput_tokens_per_sec',
      'millrace_runs_started_total',
      'millrace_resumes_total',
      'millrace_stops_total',
      'millrace_interrupted_total',
      'millrace_subscribers',
      'millrace_subscribers_total',
      'millrace_exceptions_total',
    ]) {
      expect(samples.value(name), name).toBe(0)
    }
  })

  test('a completed run: its tokens, its duration, the time to its first token', async () => {
    const it = measured()
    it.respond(says('one two three four five'))
    await it.read(requests.create())
    await expect.poll(async () => (await it.scrape()).value('millrace_active_streams')).toBe(0)
    const samples = await it.scrape()
    const value = samples.value
    expect(value('millrace_runs_total{outcome="completed",code="none"}')).toBe(1)
    expect(value('millrace_tokens_per_request_sum{outcome="completed"}')).toBe(5)
    expect(value('millrace_tokens_per_request_bucket{le="1",outcome="completed"}')).toBe(0)
    expect(value('millrace_tokens_per_request_bucket{le="10",outcome="completed"}')).toBe(1)
    expect(value('millrace_stream_duration_count{outcome="completed"}')).toBe(1)
    expect(value('millrace_latency_to_first_token_count')).toBe(1)
    expect(value('millrace_latency_to_first_token_sum')).toBeLessThanOrEqual(
      value('millrace_stream_duration_sum{outcome="completed"}'),
    )
    expect(value('millrace_error_rate')).toBe(0)
    expect(value('millrace_throughput_tokens_per_sec')).toBeCloseTo(5 / 60)
    expect(value('millrace_exceptions_total')).toBe(0)
  })

  test('a failed run is counted under its code, and raises the error rate until it is five minutes old', async () => {
    const it = measured()
    await it.read(requests.create())
    it.respond(async function* (turn) {
      yield* message(turn, ['one '])
      throw new Error('secret text')
    })
    await it.read(requests.create())
    await expect.poll(async () => (await it.scrape()).value('millrace_error_rate')).toBe(0.5)
    const samples = await it.scrape()
    expect(samples.value('millrace_runs_total{outcome="failed",code="server_error"}')).toBe(1)
    expect(samples.value('millrace_exceptions_total')).toBe(1)
    expect(samples.text).not.toContain('secret')
    it.clock.ms += 299_000
    expect((await it.scrape()).value('millrace_error_rate')).toBe(0.5)
    it.clock.ms += 1000
    expect((await it.scrape()).value('millrace_error_rate')).toBe(0)
  })

  test('a running, resumed and stopped run', async () => {
    const it = measured()
    const { run } = await openEnded(it)
    expect((await it.scrape()).value('millrace_active_streams')).toBe(1)
    const leave = new AbortController()
    const first = run.read(0, leave.signal)[Symbol.asyncIterator]()
    await first.next()
    expect((await it.scrape()).value('millrace_subscribers')).toBe(1)
    leave.abort()
    await first.next()
    expect((await it.scrape()).value('millrace_subscribers')).toBe(0)
    const resumed = it.read(requests.resume(run.info.runId, 3))
    await expect.poll(async () => (await it.scrape()).value('millrace_subscribers')).toBe(1)
    await run.stop()
    await resumed
    await expect.poll(async () => (await it.scrape()).value('millrace_active_streams')).toBe(0)
    const { value } = await it.scrape()
    expect(value('millrace_runs_total{outcome="stopped",code="none"}')).toBe(1)
    expect(value('millrace_tokens_per_request_sum{outcome="stopped"}')).toBe(3)
    expect(value('millrace_stops_total')).toBe(1)
    expect(value('millrace_subscribers')).toBe(0)
    expect(value('millrace_subscribers_total')).toBe(2)
    expect(value('millrace_resumes_total')).toBe(1)
    expect(value('millrace_error_rate')).toBe(0)
  })

  test('a run whose process goes away is interrupted', async () => {
    const it = measured()
    await openEnded(it)
    await it.server.close(0)
    await expect.poll(async () => (await it.scrape()).value('millrace_interrupted_total')).toBe(1)
    const { value } = await it.scrape()
    expect(value('millrace_runs_total{outcome="interrupted",code="interrupted"}')).toBe(1)
    expect(value('millrace_active_streams')).toBe(0)
  })

  test('a run that ends while the log is away has ended all the same', async () => {
    const it = measured()
    const { run } = await openEnded(it)
    it.inner.log.find = () => Promise.reject(new Error('The log is gone.'))
    await run.stop()
    await expect.poll(async () => (await it.scrape()).value('millrace_active_streams')).toBe(0)
    expect((await it.scrape()).value('millrace_runs_total{outcome="stopped",code="none"}')).toBe(1)
  })

  test('tell nothing of users, threads, runs or texts', async () => {
    const it = measured()
    const { runId } = await it.read(requests.create('a very private question'))
    const { text } = await it.scrape()
    for (const secret of ['alice', 'thr_', runId, 'private', 'Hello']) expect(text).not.toContain(secret)
  })
})

describe('the metrics of failures', () => {
  test('a store that is away is counted by operation; an unknown id is no failure', async () => {
    const it = measured()
    await expect(it.json({ type: 'threads.get_by_id', params: { thread_id: 'nope' } })).rejects.toMatchObject({
      code: 'not_found',
    })
    it.inner.store.loadThread = () => Promise.reject(new Error('The disk is gone.'))
    await expect(it.json({ type: 'threads.get_by_id', params: { thread_id: 'thr_1' } })).rejects.toThrow()
    const { value, text } = await it.scrape()
    expect(value('millrace_store_failures_total{operation="loadThread"}')).toBe(1)
    expect(text).not.toContain('disk')
  })

  test('a log that is away is counted by operation, for those who read as well', async () => {
    const it = measured()
    const { runId } = await it.read(requests.create())
    it.inner.log.read = () => ({
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('The log is gone.')) }),
    })
    await expect(it.read(requests.resume(runId))).rejects.toThrow('The log is gone.')
    it.inner.log.find = () => Promise.reject(new Error('The log is gone.'))
    await expect(it.json(requests.stop(runId))).rejects.toThrow('The log is gone.')
    const { value } = await it.scrape()
    expect(value('millrace_log_failures_total{operation="read"}')).toBe(1)
    expect(value('millrace_log_failures_total{operation="find"}')).toBe(1)
  })
})

test('each server has metrics of its own, and those of the process besides', async () => {
  const [one, two] = [createMetrics(), createMetrics({ processMetrics: false })]
  one.observer.runStopped?.({
    runId: 'run_1',
    threadId: 'thr_1',
    owner: 'alice',
    messageId: 'run_1',
    fingerprint: '',
    resumes: false,
    startedAt: 0,
    lastSeq: 0,
    tokens: 0,
  })
  const [first, second] = [parseExposition(await one.text()), parseExposition(await two.text())]
  expect(first.value('millrace_stops_total')).toBe(1)
  expect(second.value('millrace_stops_total')).toBe(0)
  expect(first.value('process_cpu_seconds_total')).toBeGreaterThan(0)
  expect(first.value('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThanOrEqual(0)
  expect(second.text).not.toContain('process_')
})

test('GET /metrics answers GET alone, and is not there without metrics', async () => {
  const { handler } = measured()
  expect((await handler(new Request('http://localhost/metrics', { method: 'POST' }))).status).toBe(405)
  const without = createApp<TestUser>({ server: testServer().server })
  expect((await without(new Request('http://localhost/metrics'))).status).toBe(404)
})
