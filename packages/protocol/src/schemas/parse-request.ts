/** The door of the server: what came in as text leaves as one of the known requests, or not at all. */
import type * as z from 'zod'
import { ChatKitError } from '../errors.ts'
import { isPlainObject } from './fields.ts'
import { parseJson } from './parse-json.ts'
import { type ChatKitReq, ChatKitReqSchema } from './requests.ts'

/**
 * The request that a body holds, with coercions and defaults applied and unknown fields dropped.
 * @throws ChatKitError `invalid_request`: `param` names the field (`params.input.content`), the message what to send.
 */
export function parseRequest(body: string | Uint8Array | object): ChatKitReq {
  const value = typeof body === 'string' || body instanceof Uint8Array ? parseJson(body) : body
  if (!isPlainObject(value)) {
    throw new ChatKitError('invalid_request', `The request body is ${kindOf(value)}. Send a JSON object.`)
  }
  const result = ChatKitReqSchema.safeParse(value)
  if (!result.success) throw invalid(result.error, value)
  return typeof body === 'object' && !(body instanceof Uint8Array) ? result.data : finite(result.data)
}

/** NaN and Infinity, of which only the app's own data can hold any, become null; the same object where there is none. */
function finite<T>(value: T): T
function finite(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value !== 'object' || value === null) return value
  for (const [key, field] of Object.entries(value)) {
    const mapped = finite(field)
    if (mapped !== field) Reflect.set(value, key, mapped)
  }
  return value
}

function invalid(error: z.ZodError, body: unknown): ChatKitError {
  const issue = error.issues[0]
  if (!issue) return new ChatKitError('invalid_request', 'The request is not valid.', { cause: error })
  const param = issue.path.join('.')
  const found = valueAt(body, issue.path)
  const state = found === undefined ? 'is missing' : `is ${kindOf(found)}`
  return new ChatKitError('invalid_request', `\`${param}\` ${state}. Send ${wanted(issue)}.`, { param, cause: error })
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined
    at = Reflect.get(at, key)
  }
  return at
}

const WANTED: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'an integer',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  nonoptional: 'a JSON value, null at least',
}

function wanted(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return WANTED[issue.expected] ?? `a value of type ${issue.expected}`
    case 'invalid_value':
      return oneOf(issue.values)
    case 'invalid_union':
      return 'options' in issue && Array.isArray(issue.options) ? oneOf(issue.options) : 'one of the known shapes'
    case 'too_small':
      return `a value from ${issue.minimum} up`
    case 'custom':
      return issue.message
    default:
      return 'another value'
  }
}

function oneOf(values: readonly unknown[]): string {
  const names = values.map((value) => JSON.stringify(value))
  return names.length > 1 ? `one of ${names.join(', ')}` : (names[0] ?? 'another value')
}

/** What a value is; a short text is shown, as it may be a mistyped name. */
function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'string' && value.length <= 40) return JSON.stringify(value)
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
