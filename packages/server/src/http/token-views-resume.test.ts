import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { eventsOf, eventsUntil, type PlainApp, type PlainAppOptions, plainApp, textOf } from '../testing/plain-app.ts'
import { message } from '../testing/test-server.ts'

const apps: PlainApp[] = []
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close()
})

async function start(options?: PlainAppOptions): Promise<PlainApp> {
  const app = await plainApp(options)
  apps.push(app)
  return app
}

const VIEWS = ['message', 'buffered', 'resilient', 'chatkit', 'monitored', 'hybrid'] as const

describe('resuming', () => {
  const TOKENS = ['Ünï', ' "quoted" ', '\\', '\n', '👩‍👩‍👧', '\ud83d', '\ude00', '</script>', ' the', ' end']
  const CASES = [
    ...VIEWS.filter((view) => view !== 'buffered').map((view) => ({ view, buffer: {} })),
    ...[1, 2, 3, 7, 1000].map((buffer_size) => ({ view: 'buffered' as const, buffer: { buffer_size } })),
  ]

  /** Tokens with other events between them, so that seqs have gaps in every view. */
  async function answering(app: PlainApp, breathe: () => Promise<void>): Promise<void> {
    app.respond(async function* (turn) {
      async function* tokens() {
        for (const token of TOKENS) {
          await breathe()
          yield token
        }
      }
      for await (const event of message(turn, tokens())) {
        yield event
        yield { type: 'progress_update', text: 'Working' }
      }
    })
  }

  test.each(CASES)(
    '$view $buffer: at every event, while it runs, gives what one reading gives',
    async ({ view, buffer }) => {
      const app = await start()
      await answering(app, () => new Promise((resolve) => setImmediate(resolve)))
      const path = `/api/stream/${view}`
      const whole = textOf(await eventsOf(await app.post(path, { message: 'Hi', message_id: 'whole', ...buffer })))
      expect(whole).toBe(TOKENS.join(''))
      for (let count = 1; count <= TOKENS.length + 1; count += 1) {
        const body = { message: 'Hi', message_id: `m${count}`, ...buffer }
        const first = (await eventsUntil(await app.post(path, body), (events) => events.length >= count)).slice(
          0,
          count,
        )
        const response = await app.post(path, body, { 'last-event-id': String(first.at(-1)?.id) })
        expect(response.status).toBe(200)
        const rest = await eventsOf(response)
        expect(textOf([...first, ...rest])).toBe(whole)
        expect(rest.every(({ id = 0 }) => id >= (first.at(-1)?.id ?? 0))).toBe(true)
      }
      expect(app.runs()).toBe(TOKENS.length + 2)
    },
  )

  test('at any number, with any tokens and any buffer, after the end, gives the rest', async () => {
    const app = await start()
    let next = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'binary' }), { maxLength: 12 }),
        fc.integer({ min: 1, max: 14 }),
        fc.nat(30),
        async (tokens, buffer_size, k) => {
          app.respond((turn) => message(turn, tokens))
          const body = { message: 'Hi', message_id: `m${next++}`, buffer_size }
          const all = await eventsOf(await app.post('/api/stream/message', body))
          const end = all.at(-1)?.id ?? 0
          const cursor = Math.min(k, end)
          const seen = textOf(all.filter(({ id = 0 }) => id <= cursor))
          for (const view of VIEWS) {
            const rest = await eventsOf(await app.post(`/api/stream/${view}?after=${cursor}`, body))
            expect(seen + textOf(rest)).toBe(tokens.join(''))
            expect(rest.at(-1)?.id).toBe(end)
          }
        },
      ),
      { numRuns: 50 },
    )
  })

  test('answers 206 to `after`, 200 to Last-Event-ID, and the header wins', async () => {
    const app = await start()
    const body = { message: 'Hi', message_id: 'm1' }
    const all = await eventsOf(await app.post('/api/stream/message?after=0', body))
    const [first, second] = all
    const ask = (query: string, headers: Record<string, string> = {}) =>
      app.post(`/api/stream/message${query}`, body, headers)
    const byQuery = await ask(`?after=${first?.id}`)
    expect(byQuery.status).toBe(206)
    expect(byQuery.headers.get('x-run-status')).toBe('completed')
    expect(await eventsOf(byQuery)).toEqual(all.slice(1))
    const byHeader = await ask('', { 'last-event-id': String(first?.id) })
    expect(byHeader.status).toBe(200)
    expect(await eventsOf(byHeader)).toEqual(all.slice(1))
    const byBoth = await ask(`?after=${first?.id}`, { 'last-event-id': String(second?.id) })
    expect(byBoth.status).toBe(200)
    expect(await eventsOf(byBoth)).toEqual(all.slice(2))
  })

  test('behind the end says again how it ended: an EventSource that comes back is not left without a word', async () => {
    const app = await start()
    const body = { message: 'Hi', message_id: 'm1' }
    const all = await eventsOf(await app.post('/api/stream/message', body))
    const again = await app.post('/api/stream/message', body, { 'last-event-id': String(all.at(-1)?.id) })
    expect(await eventsOf(again)).toEqual(all.slice(-1))
  })

  test('counts and figures go on from the start of the run', async () => {
    const app = await start()
    const body = { message: 'Hi', message_id: 'm1' }
    const all = await eventsOf(await app.post('/api/stream/message', body))
    const second = all[1]?.id
    const resilient = await eventsOf(await app.post(`/api/stream/resilient?after=${second}`, body))
    expect(resilient.map(({ data }) => data.token_count)).toEqual([3, 3])
    const monitored = await eventsOf(await app.post(`/api/stream/monitored?after=${second}`, body))
    expect(monitored[0]?.data).toMatchObject({ metrics: { total_tokens: 3 } })
  })
})
