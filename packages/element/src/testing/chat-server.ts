/// <reference types="node" />
/** A small server that speaks the ChatKit wire, with threads in memory, and serves a page under a strict policy. What it answers is the test's. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Json = Record<string, unknown>

interface RecordedRequest {
  type: string
  params: Json
  headers: IncomingMessage['headers']
}

/** One streaming answer, written by a test. */
interface Answer {
  readonly threadId: string
  readonly params: Json
  send(...events: Json[]): Answer
  /** An assistant message with these deltas; it is left open with `isOpen`. */
  say(text: string | string[], options?: { id?: string; annotations?: Json[]; isOpen?: boolean }): Answer
  /** Any item, finished. */
  item(item: Json): Answer
  end(): void
  /** The connection breaks. */
  cut(): void
  /** Resolves when the client has closed the connection. */
  closed: Promise<void>
}

export interface ChatServer {
  readonly url: string
  readonly requests: RecordedRequest[]
  readonly uploads: { method: string; url: string; type: string; body: string }[]
  readonly threads: Map<string, { thread: Json; items: Json[] }>
  /** Writes the answer to any streaming request; the answer ends when it resolves, unless it was ended. */
  respond: (answer: Answer, request: RecordedRequest) => void | Promise<void>
  /** Answers a request instead of the server; `undefined` leaves it to the server. */
  intercept: (request: RecordedRequest, response: ServerResponse) => boolean | undefined
  /** Requests of one type. */
  of(type: string): RecordedRequest[]
  addThread(id: string, title: string | undefined, items: Json[], more?: Json): void
  close(): Promise<void>
}

export const createdAt = '2026-01-01T12:00:00Z'

const policy =
  "default-src 'self'; img-src 'self' data: blob: https:; style-src 'self'; object-src 'none'; base-uri 'none'"

/** `files`: what is served besides the API, by path. */
export async function chatServer(files: Record<string, { type: string; body: string }>): Promise<ChatServer> {
  const state = { ids: 0 }
  const server = createServer((request, response) => {
    void handle(request, response).catch((error) => {
      response.writeHead(500).end(String(error))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const chat: ChatServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    uploads: [],
    threads: new Map(),
    respond: (answer) => {
      answer.say('Hello!')
    },
    intercept: () => undefined,
    of: (type) => chat.requests.filter((request) => request.type === type),
    addThread(id, title, items, more = {}) {
      const thread = {
        id,
        created_at: createdAt,
        status: { type: 'active' },
        metadata: {},
        ...(title && { title }),
        ...more,
      }
      chat.threads.set(id, {
        thread,
        items: items.map((item, index) => ({ id: `${id}_i${index}`, thread_id: id, created_at: createdAt, ...item })),
      })
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return chat

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', chat.url).pathname
    const body = await readAll(request)
    const file = files[path]
    if (request.method === 'GET') {
      if (!file) return void response.writeHead(404).end()
      response.writeHead(200, { 'content-type': file.type, 'content-security-policy': policy }).end(file.body)
      return
    }
    if (path !== '/chatkit') {
      chat.uploads.push({ method: request.method ?? '', url: path, type: request.headers['content-type'] ?? '', body })
      if (!chat.intercept({ type: `upload ${path}`, params: {}, headers: request.headers }, response)) {
        json(response, { id: 'atc_direct', type: 'file', name: 'direct.txt', mime_type: 'text/plain' })
      }
      return
    }
    const { type, params = {} } = JSON.parse(body) as { type: string; params?: Json }
    const recorded = { type, params, headers: request.headers }
    chat.requests.push(recorded)
    if (chat.intercept(recorded, response)) return
    if (!query(type, params, response)) await stream(recorded, response)
  }

  function nextId(prefix: string): string {
    return `${prefix}_${++state.ids}`
  }

  async function stream(request: RecordedRequest, response: ServerResponse): Promise<void> {
    const { type, params } = request
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    if (type === 'threads.create') chat.addThread(nextId('thr'), undefined, [])
    const threadId = type === 'threads.create' ? ([...chat.threads.keys()].at(-1) ?? '') : String(params.thread_id)
    const entry = chat.threads.get(threadId)
    const closed = new Promise<void>((resolve) => response.on('close', resolve))
    const answer: Answer = {
      threadId,
      params,
      closed,
      send(...events) {
        for (const event of events) {
          if (event.type === 'thread.item.done') entry?.items.push(event.item as Json)
          response.write(`data: ${JSON.stringify(event)}\n\n`)
        }
        return answer
      },
      say(text, { id = nextId('msg'), annotations = [], isOpen = false } = {}) {
        const deltas = Array.isArray(text) ? text : [text]
        const message = (whole: string, cited: Json[]) => ({
          id,
          thread_id: threadId,
          created_at: createdAt,
          type: 'assistant_message',
          content: [{ type: 'output_text', text: whole, annotations: cited }],
        })
        answer.send({ type: 'thread.item.added', item: message('', []) })
        for (const delta of deltas) {
          answer.send({
            type: 'thread.item.updated',
            item_id: id,
            update: { type: 'assistant_message.content_part.text_delta', content_index: 0, delta },
          })
        }
        return isOpen ? answer : answer.send({ type: 'thread.item.done', item: message(deltas.join(''), annotations) })
      },
      item: (item) =>
        answer.send({
          type: 'thread.item.done',
          item: { id: nextId('msg'), thread_id: threadId, created_at: createdAt, ...item },
        }),
      end: () => void response.end(),
      cut: () => void response.destroy(),
    }
    if (type === 'threads.create')
      answer.send({ type: 'thread.created', thread: { ...entry?.thread, items: { data: [], has_more: false } } })
    if (type === 'threads.create' || type === 'threads.add_user_message') {
      const input = params.input as Json
      const attachments = (input.attachments as string[]).map((id) => ({
        id,
        type: 'file',
        name: `${id}.txt`,
        mime_type: 'text/plain',
      }))
      answer.item({
        type: 'user_message',
        content: input.content,
        attachments,
        inference_options: {},
        ...(input.quoted_text ? { quoted_text: input.quoted_text } : {}),
      })
    }
    if (type === 'threads.retry_after_item' && entry) {
      entry.items = entry.items.slice(0, entry.items.findIndex((item) => item.id === params.item_id) + 1)
    }
    answer.send({ type: 'stream_options', stream_options: { allow_cancel: true } })
    await chat.respond(answer, request)
    if (!response.writableEnded && !response.destroyed) response.end()
  }

  /** Requests that are answered by JSON. */
  function query(type: string, params: Json, response: ServerResponse): boolean {
    const entry = chat.threads.get(String(params.thread_id))
    const missing = () =>
      json(response, { type: 'error', error: 'There is no such thread.', code: 'not_found', param: null }, 404)
    switch (type) {
      case 'runs.resume':
        response.writeHead(204).end()
        return true
      case 'threads.list': {
        const threads = [...chat.threads.values()]
          .reverse()
          .map(({ thread }) => ({ ...thread, items: { data: [], has_more: false } }))
        json(response, page(threads, params))
        return true
      }
      case 'threads.get_by_id':
        if (entry) json(response, { ...entry.thread, items: page(entry.items, { limit: 20 }) })
        else missing()
        return true
      case 'items.list': {
        const items = entry?.items ?? []
        json(response, page(params.order === 'asc' ? items : [...items].reverse(), params))
        return true
      }
      case 'threads.update':
        if (entry)
          json(response, {
            ...Object.assign(entry.thread, { title: params.title }),
            items: { data: [], has_more: false },
          })
        else missing()
        return true
      case 'threads.delete':
        chat.threads.delete(String(params.thread_id))
        json(response, {})
        return true
      case 'attachments.create': {
        const id = nextId('atc')
        const isImage = String(params.mime_type).startsWith('image/')
        json(response, {
          id,
          name: params.name,
          mime_type: params.mime_type,
          type: isImage ? 'image' : 'file',
          ...(isImage && { preview_url: `${chat.url}/preview.png` }),
          upload_descriptor: { url: `${chat.url}/upload/${id}`, method: 'PUT', headers: { 'x-upload': 'yes' } },
        })
        return true
      }
      case 'items.feedback':
      case 'attachments.delete':
      case 'threads.sync_custom_action':
        json(response, {})
        return true
      default:
        return false
    }
  }
}

function page(rows: Json[], { after, limit = 20 }: Json): Json {
  const from = after ? rows.findIndex((row) => row.id === after) + 1 : 0
  const data = rows.slice(from, from + Number(limit))
  const hasMore = from + data.length < rows.length
  return { data, has_more: hasMore, ...(hasMore && { after: data.at(-1)?.id }) }
}

export function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
