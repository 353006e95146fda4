import { afterEach, expect, test } from 'vitest'
import { createConversation } from './create-conversation.ts'
import { httpTransport } from './http.ts'
import { type WireServer, wireServer } from './testing/wire-server.ts'
import type { UploadOptions } from './uploads.ts'

let server: WireServer
afterEach(() => server.close())

const file = new File(['hello'], 'a.txt', { type: 'text/plain' })
const attachment = { type: 'file', id: 'atc_1', name: 'a.txt', mime_type: 'text/plain' }

function conversation(uploads?: UploadOptions) {
  return createConversation({
    transport: httpTransport({ url: server.url }),
    channel: null,
    ...(uploads && { uploads }),
  })
}

test('direct: one form with the file, and the answer is the attachment', async () => {
  server = await wireServer({ upload: (call) => call.json(attachment) })
  const shares: number[] = []
  const uploadUrl = new URL('/files', server.url).href
  const uploaded = await conversation({ strategy: { type: 'direct', uploadUrl } }).createAttachment(file, {
    onProgress: (share) => shares.push(share),
  })
  expect(uploaded).toEqual(attachment)
  expect(server.calls[0]?.body).toMatchObject({ method: 'POST', url: '/files' })
  expect(server.calls[0]?.body.text).toMatch(/name="file"; filename="a.txt"[\s\S]*hello/)
  expect(shares).toEqual([0, 1])
})

test.each(['PUT', 'POST'] as const)('two-phase with %s: announced, then sent where the server says', async (method) => {
  const preview = { ...attachment, type: 'image', preview_url: 'data:image/png;base64,AA==' }
  server = await wireServer({
    'attachments.create': (call) =>
      call.json({
        ...attachment,
        upload_descriptor: { url: new URL('/put', server.url).href, method, headers: { 'x-key': 'k' } },
      }),
    upload: (call) => call.json(preview),
  })
  const uploaded = await conversation({ strategy: { type: 'two_phase' }, url: server.url }).createAttachment(file)
  expect(uploaded).toEqual(preview)
  expect(server.calls[0]?.params).toEqual({ name: 'a.txt', size: 5, mime_type: 'text/plain' })
  expect(server.calls[1]?.headers['x-key']).toBe('k')
  expect(server.calls[1]?.body).toMatchObject({ method, url: '/put' })
  if (method === 'PUT') {
    expect(server.calls[1]?.headers['content-type']).toBe('text/plain')
    expect(server.calls[1]?.body.text).toBe('hello')
  } else {
    expect(server.calls[1]?.body.text).toContain('name="file"')
  }
})

test("the page's fetch carries an upload to the API's own origin, and none to another", async () => {
  const storage = await wireServer({ upload: (call) => call.text(200, 'text/plain', '') })
  server = await wireServer({ upload: (call) => call.text(200, 'text/plain', '') })
  const seen: string[] = []
  const uploads: UploadOptions = {
    strategy: { type: 'two_phase' },
    url: server.url,
    fetch(url, init) {
      seen.push(url)
      return fetch(url, init)
    },
  }
  for (const target of [server, storage]) {
    const url = new URL('/put', target.url).href
    server.on['attachments.create'] = (call) => call.json({ ...attachment, upload_descriptor: { url, method: 'PUT' } })
    await conversation(uploads).createAttachment(file)
  }
  expect(seen).toEqual([new URL('/put', server.url).href])
  expect(storage.calls).toHaveLength(1)
  await storage.close()
})

test('an upload that fails is told, and what was announced is taken back', async () => {
  server = await wireServer({
    'attachments.create': (call) =>
      call.json({ ...attachment, upload_descriptor: { url: new URL('/put', server.url).href, method: 'PUT' } }),
    upload: (call) => call.fail(413, 'invalid_request'),
    'attachments.delete': (call) => call.json({}),
  })
  const errors: Error[] = []
  const tab = conversation({ strategy: { type: 'two_phase' }, url: server.url })
  tab.on((notice) => notice.type === 'error' && errors.push(notice.error))
  await expect(tab.createAttachment(file)).rejects.toMatchObject({ status: 413 })
  expect(errors).toHaveLength(1)
  await expect
    .poll(() => server.calls.at(-1)?.body)
    .toEqual({ type: 'attachments.delete', params: { attachment_id: 'atc_1' } })
})

test('an upload ends when it is aborted', async () => {
  server = await wireServer({ upload: () => {} })
  const controller = new AbortController()
  const uploadUrl = new URL('/files', server.url).href
  const uploading = conversation({ strategy: { type: 'direct', uploadUrl } }).createAttachment(file, {
    signal: controller.signal,
  })
  await expect.poll(() => server.calls.length).toBe(1)
  controller.abort(new Error('removed'))
  await expect(uploading).rejects.toThrow('removed')
  await expect.poll(() => server.calls[0]?.isAborted).toBe(true)
})

test('without an upload strategy the mistake is named', async () => {
  server = await wireServer({})
  await expect(conversation().createAttachment(file)).rejects.toThrow(/upload strategy/)
})
