/**
 * The package `resumable-stream` in a `node:http` server, as its documentation shows it: the answer's frames are a stream of
 * strings, and a client that comes back is given it anew, from a number of characters on if it names one.
 * Argument: the address of a Redis.
 */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Redis } from 'ioredis'
import { createResumableStreamContext } from 'resumable-stream/ioredis'
import { type Pace, parsePace, tokens } from '../tokens.ts'
import { reportTo } from './control.ts'

const [url = ''] = process.argv.slice(2)
const context = createResumableStreamContext({
  waitUntil: null,
  publisher: new Redis(url),
  subscriber: new Redis(url),
})

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const { type, params } = JSON.parse(Buffer.concat(chunks).toString())
  if (type === 'runs.resume') {
    const stream = await context.resumeExistingStream(params.run_id, params.skip_characters)
    if (stream) await send(stream, response)
    else response.writeHead(404).end()
    return
  }
  const runId = crypto.randomUUID()
  response.setHeader('x-run-id', runId)
  const pace = parsePace(params.input.content[0].text)
  const stream = await context.createNewResumableStream(runId, () => streamOf(frames(pace)))
  if (stream) await send(stream, response)
})
server.listen(0, '127.0.0.1', () => reportTo(process, (server.address() as AddressInfo).port))

async function* frames(pace: Pace): AsyncGenerator<string> {
  let seq = 0
  for await (const delta of tokens(pace)) {
    const update = { type: 'assistant_message.content_part.text_delta', content_index: 0, delta }
    const event = { type: 'thread.item.updated', item_id: 'msg_0123456789abcdef', update }
    yield `id: ${++seq}\ndata: ${JSON.stringify(event)}\n\n`
  }
}

function streamOf(frames: AsyncGenerator<string>): ReadableStream<string> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await frames.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
  })
}

async function send(stream: ReadableStream<string>, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.flushHeaders()
  const reader = stream.getReader()
  response.on('close', () => void reader.cancel().catch(() => {}))
  for (let next = await reader.read(); !next.done; next = await reader.read()) response.write(next.value)
  response.end()
}
