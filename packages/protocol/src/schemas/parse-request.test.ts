/// <reference types="node" />
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ChatKitError } from '../errors.ts'
import { parseRequest } from './parse-request.ts'

function refusalOf(body: string | Uint8Array | object): ChatKitError {
  try {
    parseRequest(body)
  } catch (error) {
    if (error instanceof ChatKitError) return error
    throw error
  }
  return expect.fail('it was accepted')
}

const input = { content: [{ type: 'input_text', text: 'Hi' }], attachments: [], inference_options: {} }

describe('a request', () => {
  test('comes out with its defaults and without what isn’t known', () => {
    const body = {
      type: 'threads.create',
      later: 1,
      params: { input: { ...input, inference_options: { model: 'm', top: 1 } } },
    }
    expect(parseRequest(JSON.stringify(body))).toEqual({
      type: 'threads.create',
      metadata: {},
      params: { input: { ...input, inference_options: { model: 'm' } } },
    })
  })

  test('has no field that is null but where null is a value', () => {
    const params = { thread_id: 't', item_id: null, action: { type: 'go', payload: { a: null } } }
    expect(parseRequest({ type: 'threads.custom_action', params }).params).toEqual({
      thread_id: 't',
      action: { type: 'go', payload: { a: null } },
    })
    const output = { type: 'threads.add_client_tool_output', params: { thread_id: 't', result: null } }
    expect(parseRequest(output).params).toEqual({ thread_id: 't', result: null })
  })

  test.each<[unknown, number]>([
    [2, 2],
    ['2', 2],
    [' 2.0 ', 2],
    [true, 1],
    ['9223372036854775808', 2 ** 63],
  ])('takes %j for a whole number', (limit, number) => {
    expect(parseRequest({ type: 'threads.list', params: { limit } }).params).toEqual({ limit: number, order: 'desc' })
  })

  test.each<[unknown, boolean]>([
    ['true', true],
    ['Off', false],
    [1, true],
    [0.0, false],
  ])('takes %j for a boolean', (interactive, boolean) => {
    const content = [{ type: 'input_tag', id: 'e', text: 'Ada', data: {}, interactive }]
    const request = parseRequest({ type: 'threads.create', params: { input: { ...input, content } } })
    expect(request).toHaveProperty('params.input.content.0.interactive', boolean)
  })

  test('may name a run by its thread or its id', () => {
    expect(parseRequest({ type: 'runs.resume', params: { thread_id: 't', after: '7' } }).params).toEqual({
      thread_id: 't',
      after: 7,
    })
    expect(parseRequest({ type: 'runs.stop', params: { run_id: 'r' } }).params).toEqual({ run_id: 'r' })
    expect(parseRequest({ type: 'runs.resume', params: { run_id: 'r' } }).params).toEqual({ run_id: 'r', after: 0 })
  })
})

describe('what is refused', () => {
  test.each<[object, string, string]>([
    [
      { type: 'threads.create', params: { input: { ...input, content: 'Hi' } } },
      'params.input.content',
      '`params.input.content` is "Hi". Send a list.',
    ],
    [
      { type: 'threads.update', params: { thread_id: 't', title: 5 } },
      'params.title',
      '`params.title` is a number. Send a string.',
    ],
    [
      { type: 'items.feedback', params: { thread_id: 't', item_ids: [] } },
      'params.kind',
      '`params.kind` is missing. Send one of "positive", "negative".',
    ],
    [
      { type: 'threads.list', params: { limit: -1 } },
      'params.limit',
      '`params.limit` is a number. Send a value from 0 up.',
    ],
    [{ type: 'threads.list', params: { limit: 2.5 } }, 'params.limit', '`params.limit` is a number. Send an integer.'],
    [{ type: 'runs.stop', params: {} }, 'params.thread_id', '`params.thread_id` is missing. Send it, or `run_id`.'],
    [
      { type: 'runs.resume', params: { run_id: 'r', after: -1 } },
      'params.after',
      '`params.after` is a number. Send a value from 0 up.',
    ],
    [{ type: 'threads.list', metadata: [], params: {} }, 'metadata', '`metadata` is a list. Send an object.'],
  ])('%j names its field and says what to send', (body, param, message) => {
    expect(refusalOf(body)).toMatchObject({ code: 'invalid_request', status: 400, param, message })
  })

  test('an unknown type is told which there are', () => {
    expect(refusalOf({ type: 'threads.explode', params: {} }).message).toMatch(
      /^`type` is "threads.explode". Send one of "threads.create", .*"runs.stop"\.$/,
    )
  })
})

const list = (text: string) => `{"type":"threads.list","params":{},"metadata":{"text":${text}}}`

describe('text that is nearly JSON', () => {
  test.each([
    ['NaN', 'NaN', null],
    ['minus Infinity', '-Infinity', null],
    ['the word NaN in a string', '"NaN \\" Infinity"', 'NaN " Infinity'],
    ['an escaped surrogate pair', '"\\ud83d\\ude00"', '😀'],
    ['a backslash before what only looks like an escape', '"\\\\ud83d"', '\\ud83d'],
    ['the last of two keys', '1,"text":2', 2],
  ])('is read: %s', (_what, text, value) => {
    expect(parseRequest(list(text)).metadata).toEqual({ text: value })
  })

  test.each([
    ['half an escaped pair', list('"\\ud83d"'), /surrogate/],
    ['the other half', list('"\\ude00x"'), /surrogate/],
    ['half a pair itself', list('"\ud83d"'), /surrogate/],
    ['a byte order mark', `\ufeff${list('1')}`, /byte order mark/],
    ['a trailing comma', '{"type":"threads.list","params":{},}', /not JSON/],
    ['a NaN too many', '{"type":"threads.list","params":{},NaN}', /not JSON/],
    ['NaN for a field', '{"type":"threads.list","params":{"limit":NaN}}', /an integer/],
    ['Infinity for a text', '{"type":"threads.list","params":{"after":Infinity}}', /a string/],
    ['nothing', ' \n', /empty/],
    ['a list', '[]', /a list/],
    ['deep nesting', list(`${'['.repeat(300)}${']'.repeat(300)}`), /200 levels/],
    ['deep nesting that never ends', `${'{"a":'.repeat(100_000)}`, /200 levels/],
  ])('is refused: %s', (_what, body, message) => {
    expect(refusalOf(body).message).toMatch(message)
  })

  test('may hold any number of brackets in strings and side by side', () => {
    const text = JSON.stringify([`${'['.repeat(1_000)}\\"`, ...Array.from({ length: 300 }, () => [])])
    expect(parseRequest(list(text)).metadata).toEqual({ text: JSON.parse(text) })
  })

  test('may come as bytes, which must be UTF-8', () => {
    expect(parseRequest(new TextEncoder().encode(list('"é"'))).metadata).toEqual({ text: 'é' })
    expect(refusalOf(Uint8Array.of(0x7b, 0xff, 0x7d)).message).toMatch(/UTF-8/)
    expect(refusalOf(Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b, 0x7d)).message).toMatch(/byte order mark/)
  })
})

const repository = resolve(import.meta.dirname, '../../../..')
const server = resolve(repository, process.env.MILLRACE_SHARED ?? '../shared', 'conformance/server')

interface RecordedCase {
  request?: object
  request_raw?: string
  quirk?: string
  response: { kind: string; error?: { category: string } }
}

test('every recorded request is accepted or refused as it was', () => {
  const files = readdirSync(server, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'))
  expect(files.length).toBeGreaterThan(100)
  for (const file of files) {
    const recorded = JSON.parse(readFileSync(resolve(server, file), 'utf8')) as RecordedCase
    if (recorded.quirk) continue
    const body = recorded.request_raw ?? JSON.stringify(recorded.request)
    if (recorded.response.error?.category === 'invalid_request')
      expect(() => parseRequest(body), file).toThrow(ChatKitError)
    else expect(() => parseRequest(body), file).not.toThrow()
  }
})
