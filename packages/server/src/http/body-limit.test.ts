import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { type Served, serve } from '../node.ts'
import { testServer } from '../testing/test-server.ts'
import { createApp } from './app.ts'

let served: Served | undefined
afterEach(() => served?.close())

/** Sends a body in one go, reads nothing before it is sent, and asks for `/health` over the same connection. */
async function answersTo(head: string, body: string): Promise<string> {
  served = await serve(createApp({ server: testServer().server, isLoopback: true, maxBodyBytes: 1000 }), { port: 0 })
  const socket = connect(served.port, '127.0.0.1')
  socket.pause()
  const start = `HTTP/1.1\r\nhost: 127.0.0.1:${served.port}\r\n`
  socket.write(`POST /chatkit ${start}${head}\r\n\r\n`)
  await new Promise<void>((resolve, reject) => socket.write(body, (error) => (error ? reject(error) : resolve())))
  socket.write(`GET /health ${start}connection: close\r\n\r\n`)
  let text = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  socket.resume()
  await once(socket, 'close')
  return text
}

test('whoever sends a body that is far too large gets the answer, and may go on over the same connection', async () => {
  const body = 'x'.repeat(10 * 1024 * 1024)
  const text = await answersTo(`content-length: ${body.length}`, body)
  expect(text).toMatch(/^HTTP\/1\.1 413 [\s\S]*over the limit of 1000 bytes[\s\S]*HTTP\/1\.1 200 OK[\s\S]*"ok"/)
})

test('a body without a length counts as it comes', async () => {
  const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`
  const json = '{"type":"threads.list","params":{}}'
  const within = await answersTo('transfer-encoding: chunked', `${chunk(json)}0\r\n\r\n`)
  expect(within).toMatch(/^HTTP\/1\.1 200 [\s\S]*"has_more":false[\s\S]*HTTP\/1\.1 200 OK/)
  const over = await answersTo('transfer-encoding: chunked', `${chunk('x'.repeat(600)).repeat(100)}0\r\n\r\n`)
  expect(over).toMatch(/^HTTP\/1\.1 413 [\s\S]*over the limit of 1000 bytes[\s\S]*HTTP\/1\.1 200 OK/)
})

test('a request without a body is told what it lacks', async () => {
  expect(await answersTo('x-nothing: 1', '')).toMatch(/^HTTP\/1\.1 400 [\s\S]*invalid_request/)
})
