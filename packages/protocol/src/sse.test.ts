import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeFrame, KEEP_ALIVE_FRAME, parseSse, type SseMessage } from './sse.ts'

/** Bytes cut at these places (taken modulo the length). */
async function* chunks(bytes: Uint8Array, cuts: readonly number[] = []): AsyncGenerator<Uint8Array> {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)
  let from = 0
  for (const to of [...places, bytes.length]) {
    yield bytes.subarray(from, to)
    from = to
  }
}

async function parse(body: string, cuts?: readonly number[]): Promise<SseMessage[]> {
  const messages: SseMessage[] = []
  for await (const message of parseSse(chunks(new TextEncoder().encode(body), cuts))) messages.push(message)
  return messages
}

describe('the messages of a body', () => {
  test('have the data, the id and the event of their record', async () => {
    expect(await parse('id: 7\nevent: news\ndata: {"a":1}\n\ndata:x\n\n')).toEqual([
      { data: '{"a":1}', id: '7', event: 'news' },
      { data: 'x' },
    ])
  })

  test.each([
    ['line feeds', '\n'],
    ['carriage returns and line feeds', '\r\n'],
    ['carriage returns', '\r'],
  ])('may end their lines with %s', async (_what, end) => {
    const body = ['data: one', 'data: two', '', ': a comment', 'retry: 10', 'data: three', '', ''].join(end)
    expect((await parse(body)).map(({ data }) => data)).toEqual(['one\ntwo', 'three'])
  })

  test('are told when the body ends before their blank line', async () => {
    expect(await parse('data: a\n\nid: 2\ndata: b')).toEqual([{ data: 'a' }, { data: 'b', id: '2', incomplete: true }])
    expect(await parse('data: a\n\ndata: b\n')).toEqual([{ data: 'a' }, { data: 'b', incomplete: true }])
    expect(await parse('data: a\n\n: bye')).toEqual([{ data: 'a' }])
  })

  test('come out of a web stream as well, which leaving cancels', async () => {
    let isCancelled = false
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new TextEncoder().encode('data: again\n\n')),
      cancel: () => {
        isCancelled = true
      },
    })
    for await (const { data } of parseSse(stream)) {
      expect(data).toBe('again')
      break
    }
    expect(isCancelled).toBe(true)
  })

  test('end with the error of their stream', async () => {
    const stream = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error('cut')) })
    await expect(parseSse(stream).next()).rejects.toThrow('cut')
  })
})

/** What a server may send: any text in JSON, with or without an id, comments between. */
const records = fc.array(
  fc.record({
    text: fc.string({ unit: 'binary' }),
    seq: fc.option(fc.nat(), { nil: undefined }),
    isPaused: fc.boolean(),
  }),
)

describe('for any chunking', () => {
  test('what was written is read', async () => {
    await fc.assert(
      fc.asyncProperty(records, fc.array(fc.nat(), { maxLength: 40 }), async (sent, cuts) => {
        const frames = sent.map(({ text, seq, isPaused }) => {
          return (isPaused ? KEEP_ALIVE_FRAME : '') + encodeFrame(JSON.stringify(text), seq)
        })
        const read = await parse(frames.join(''), cuts)
        expect(read.map(({ data }) => JSON.parse(data) as string)).toEqual(sent.map(({ text }) => text))
        expect(read.map(({ id }) => id)).toEqual(sent.map(({ seq }) => seq?.toString()))
      }),
    )
  })

  test('every single cut gives the same messages, also between \\r and \\n and inside a character', async () => {
    const body = 'id: 1\r\ndata: é🙂\r\n\r\n: x\r\ndata: 世界\r\ndata: 2\r\n\r\n'
    const whole = await parse(body)
    for (let cut = 0; cut <= new TextEncoder().encode(body).length; cut++)
      expect(await parse(body, [cut])).toEqual(whole)
  })
})
