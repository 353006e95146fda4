import { request } from 'node:http'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { answerOf, ask, askAndWait, endOf, input, post, saidIn } from './harness/chat-over-http.ts'
import { type Millrace, startMillrace } from './harness/millrace.ts'

const MEBIBYTE = 1024 * 1024

describe('a request that is wrong', () => {
  let millrace: Millrace
  let url = ''
  beforeAll(async () => {
    millrace = await startMillrace({ environment: { MAX_UPLOAD: '1 MiB' } })
    url = millrace.url
  })

  afterEach(async () => {
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: 'ok' })
    expect(saidIn(await askAndWait(url, 'Count to 3'))).toBe('1 2 3')
  })

  test.each<[what: string, body: unknown, message: RegExp, param: string | null]>([
    ['malformed JSON', '{"type":', /JSON/, null],
    ['an empty body', '', /JSON/, null],
    ['a list', [1], /./, null],
    ['an unknown type', { type: 'threads.explode', params: {} }, /threads\.explode|type/, 'type'],
    ['a missing field', { type: 'threads.create', params: {} }, /input/, 'params.input'],
    [
      'a field of a wrong type',
      { type: 'threads.create', params: { input: input(7) } },
      /text/,
      'params.input.content.0.text',
    ],
    ['a negative limit', { type: 'threads.list', params: { limit: -1 } }, /limit/, 'params.limit'],
  ])('%s is a 400 that names what is wrong', async (_, body, message, param) => {
    const answer = await answerOf(await post(url, body))
    expect(answer).toMatchObject({ status: 400, body: { type: 'error', code: 'invalid_request', param } })
    expect(answer.body.error).toMatch(message)
  })

  test('a body of 10 MB is a 413 that names the limit', async () => {
    const text = 'x'.repeat(10 * MEBIBYTE)
    const answer = await answerOf(await post(url, { type: 'threads.create', params: { input: input(text) } }))
    expect(answer).toMatchObject({
      status: 413,
      body: { code: 'invalid_request', error: expect.stringMatching(/limit/) },
    })
  })

  test.each([
    ['threads.get_by_id', {}],
    ['threads.update', { title: 'Mine' }],
    ['threads.add_user_message', { input: input('Hello') }],
    ['runs.stop', {}],
  ])('%s of a thread that is not there is a 404', async (type, params) => {
    const answer = await answerOf(await post(url, { type, params: { thread_id: 'thr_nowhere', ...params } }))
    expect(answer).toMatchObject({ status: 404, body: { type: 'error', code: 'not_found', error: expect.any(String) } })
  })

  test('an attachment over the limit is a 413, announced or not', async () => {
    const announced = await createAttachment({ size: 2 * MEBIBYTE })
    expect(announced).toMatchObject({
      status: 413,
      body: { code: 'invalid_request', error: expect.stringContaining('1 MiB') },
    })
    const { body } = await createAttachment({ size: 10 })
    expect((await upload(body, 'x'.repeat(2 * MEBIBYTE))).status).toBe(413)
    expect((await fetch(`${url}/attachments/${body.id}`)).status).toBe(404)
  })

  test.each(['nonsense', 'text/', 'text/plain\r\nx-evil: 1', ''])(
    'an attachment of media type %j is refused',
    async (mime_type) => {
      const answer = await createAttachment({ mime_type })
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request', param: 'params.mime_type' } })
    },
  )

  test.each(['text/html', 'image/svg+xml', 'application/xhtml+xml', 'text/xml', 'TEXT/HTML; charset=utf-8'])(
    'an attachment of type %s is never served as a page',
    async (mime_type) => {
      const { status, body } = await createAttachment({ mime_type, name: 'page.html' })
      expect(status).toBe(200)
      expect((await upload(body, '<script>alert(1)</script>')).status).toBe(200)
      const served = await fetch(`${url}/attachments/${body.id}`)
      expect(served.headers.get('content-type')).toBe('application/octet-stream')
      expect(served.headers.get('content-disposition')).toMatch(/^attachment/)
      expect(served.headers.get('x-content-type-options')).toBe('nosniff')
      expect(served.headers.get('content-security-policy')).toContain('sandbox')
    },
  )

  test('a foreign origin is a 403, whatever it asks', async () => {
    for (const path of ['/chatkit', '/health', '/']) {
      expect((await call(path, { origin: 'https://evil.example' })).status).toBe(403)
    }
    expect((await call('/', { origin: url })).status).toBe(200)
  })

  test('a foreign host name is a 403: no page may reach this chat under a name of its own', async () => {
    for (const host of ['evil.example', `evil.example:${new URL(url).port}`, '127.0.0.1.evil.example']) {
      expect((await call('/', { host })).status).toBe(403)
    }
    expect((await call('/', { host: `localhost:${new URL(url).port}` })).status).toBe(200)
  })

  test('a second message into a thread that is answering is a 409 that names the run', async () => {
    const running = await ask(url, 'Count to 1000')
    const { threadId } = running
    const second = await answerOf(
      await post(url, { type: 'threads.add_user_message', params: { thread_id: threadId, input: input('Me too') } }),
    )
    expect(second).toMatchObject({
      status: 409,
      body: { code: 'run_in_progress', run_id: expect.stringMatching(/^run_/) },
    })
    await post(url, { type: 'runs.stop', params: { thread_id: threadId } })
    expect(endOf(await running.ended)).toMatchObject({ outcome: 'stopped' })
  })

  test('a page that is not there is a 404, a path out of the folder too', async () => {
    for (const path of ['/nowhere', '/../package.json', '/..%2f..%2fpackage.json', '/attachments/../../etc/passwd']) {
      expect((await call(path, {})).status).toBe(404)
    }
  })

  test('the log of all this holds no stack traces and no message texts', async () => {
    await askAndWait(url, 'A secret that is nobody else’s')
    expect(millrace.printed.err).not.toMatch(/secret that|Count to|\\n {4}at /)
  })

  async function createAttachment(fields: { name?: string; size?: number; mime_type?: string }) {
    const params = { name: 'notes.txt', size: 10, mime_type: 'text/plain', ...fields }
    return answerOf(await post(url, { type: 'attachments.create', params }))
  }

  function upload(attachment: Record<string, unknown>, body: string): Promise<Response> {
    const {
      url: target,
      method,
      headers,
    }: { url: string; method: string; headers: Record<string, string> } = Object(attachment.upload_descriptor)
    return fetch(target, { method, headers, body })
  }

  /** A GET with headers that `fetch` would not send, and the path as it is written. */
  function call(path: string, headers: Record<string, string>): Promise<{ status: number | undefined }> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = new URL(url)
      request({ hostname, port, path, headers }, (response) => {
        response.resume()
        resolve({ status: response.statusCode })
      })
        .on('error', reject)
        .end()
    })
  }
})
