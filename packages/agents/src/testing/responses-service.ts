/** A model service for tests: real HTTP on a free port, answered by a function. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { OpenAIProvider } from '@openai/agents'
import OpenAI from 'openai'
import { onTestFinished } from 'vitest'

type Answer = (response: ServerResponse, request: IncomingMessage) => void | Promise<void>

export interface Service {
  provider: OpenAIProvider
  /** Requests whose client has gone away before the answer was over. */
  abandoned: number
  requests: number
}

/** Ends with the test. `answers` are used in order, the last one for all further requests. */
export async function startService(
  answers: Answer | readonly Answer[],
  { useResponses = true, timeoutMs = 5_000 }: { useResponses?: boolean; timeoutMs?: number } = {},
): Promise<Service> {
  const all = Array.isArray(answers) ? answers : [answers]
  const server = createServer((request, response) => {
    response.on('close', () => {
      if (!response.writableFinished) service.abandoned += 1
    })
    request.resume()
    const answer = all[Math.min(service.requests, all.length - 1)]
    service.requests += 1
    void answer?.(response, request)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  const { port } = server.address() as AddressInfo
  const service: Service = { provider: providerAt(port, useResponses, timeoutMs), abandoned: 0, requests: 0 }
  return service
}

export function providerAt(port: number, useResponses = true, timeout = 5_000): OpenAIProvider {
  const client = new OpenAI({
    apiKey: 'sk-test',
    baseURL: `http://127.0.0.1:${port}/v1`,
    maxRetries: 0,
    timeout,
  })
  return new OpenAIProvider({ openAIClient: client, useResponses })
}

/** The events of a Responses stream, written as SSE; `after` says what becomes of the body, which else ends. */
export function streams(events: readonly object[], after?: (response: ServerResponse) => void): Answer {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const event of events) response.write(sse(event))
    if (after) after(response)
    else response.end()
  }
}

export function sse(event: object): string {
  const name = 'type' in event ? `event: ${String(event.type)}\n` : ''
  return `${name}data: ${JSON.stringify(event)}\n\n`
}

export function answers(status: number, body: string | object, type = 'application/json'): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': type }).end(typeof body === 'string' ? body : JSON.stringify(body))
  }
}

/** A whole answer of the Responses API with one message. */
export function answer(text: string, id = 'msg_r1'): object[] {
  return [...beginning(id), delta(text, id), ...ending(text, id)]
}

export function beginning(id = 'msg_r1'): object[] {
  return [
    { type: 'response.created', response: response('in_progress') },
    {
      type: 'response.output_item.added',
      output_index: 0,
      item: { id, type: 'message', status: 'in_progress', role: 'assistant', content: [] },
    },
    { type: 'response.content_part.added', item_id: id, output_index: 0, content_index: 0, part: part('') },
  ]
}

export function delta(text: string, id = 'msg_r1'): object {
  return {
    type: 'response.output_text.delta',
    item_id: id,
    output_index: 0,
    content_index: 0,
    delta: text,
    logprobs: [],
  }
}

export function ending(text: string, id = 'msg_r1'): object[] {
  const item = { id, type: 'message', status: 'completed', role: 'assistant', content: [part(text)] }
  return [
    { type: 'response.output_text.done', item_id: id, output_index: 0, content_index: 0, text, logprobs: [] },
    { type: 'response.output_item.done', output_index: 0, item },
    { type: 'response.completed', response: response('completed', [item]) },
  ]
}

/** One function call, whole. */
export function functionCall(name: string, args: object = {}, id = 'fc_1'): object[] {
  const item = {
    id,
    type: 'function_call',
    call_id: `call_${id}`,
    name,
    status: 'completed',
    arguments: JSON.stringify(args),
  }
  return [
    { type: 'response.created', response: response('in_progress') },
    { type: 'response.output_item.added', output_index: 0, item: { ...item, status: 'in_progress', arguments: '' } },
    { type: 'response.output_item.done', output_index: 0, item },
    { type: 'response.completed', response: response('completed', [item]) },
  ]
}

export function response(status: string, output: object[] = [], fields: object = {}): object {
  const usage = {
    input_tokens: 1,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 1,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 2,
  }
  return { id: 'resp_1', object: 'response', created_at: 0, model: 'm', status, output, usage, ...fields }
}

function part(text: string): object {
  return { type: 'output_text', text, annotations: [], logprobs: [] }
}
