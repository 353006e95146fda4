/**
 * The kinds of field that wire objects are made of. Coercion is as lax as in the reference: `"2"` and `2.0` are taken for an
 * integer, `"true"` for a boolean, a number is not taken for a string; a field that isn't known is dropped.
 */
import * as z from 'zod'

/** An object as it leaves the parser: an optional field is absent, never null or undefined. */
export type Wire<T> = {
  [K in keyof T]: Record<never, never> extends Pick<T, K> ? Exclude<T[K], null | undefined> : T[K]
}

/** A schema of the fields, and what makes their optional ones absent. */
export type WireSchema<Shape extends z.ZodRawShape> = z.ZodPipe<
  z.ZodObject<Shape>,
  z.ZodTransform<Wire<z.output<z.ZodObject<Shape>>>, z.output<z.ZodObject<Shape>>>
>

/** A wire object with these fields. Unknown fields are dropped, optional fields that are null become absent. */
export function wireObject<Shape extends z.ZodRawShape>(shape: Shape): WireSchema<Shape> {
  const optionalKeys = new Set(Object.keys(shape).filter((key) => shape[key] instanceof z.ZodOptional))
  return z.object(shape).transform((value) => withoutAbsent(value, optionalKeys))
}

function withoutAbsent<T extends object>(value: T, optionalKeys: ReadonlySet<string>): Wire<T> {
  const present = Object.entries(value).filter(
    ([key, field]) => !(optionalKeys.has(key) && (field === null || field === undefined)),
  )
  return Object.fromEntries(present) as Wire<T>
}

/** May be absent or null on the way in; absent, never null, afterwards. */
export function optional<Schema extends z.ZodType>(schema: Schema) {
  return z.nullish(schema)
}

/** A JSON object whose content is the app's own: taken as it is, nulls included. */
export const freeObject = z
  .custom<Record<string, unknown>>(isPlainObject, { error: 'an object' })
  .meta({ type: 'object' })

/** Any JSON value of the app's own; it has to be there, but may be null. */
export const freeValue = z.unknown()

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A moment as ISO 8601 text; a value without a zone is UTC. */
export const timestamp = z.string().meta({ format: 'date-time' })

const INTEGER_TEXT = /^\s*[+-]?\d+(?:_\d+)*(?:\.0*)?\s*$/

/** An integer; also a whole float, a boolean or a numeral in a string. */
export const laxInteger = z
  .unknown()
  .transform((value, context): number => {
    const number = toInteger(value)
    if (number !== undefined) return number
    context.addIssue({ code: 'custom', message: 'an integer', input: value })
    return z.NEVER
  })
  .meta({ type: 'integer' })

function toInteger(value: unknown): number | undefined {
  if (typeof value === 'boolean') return Number(value)
  if (typeof value === 'number') return Number.isInteger(value) ? value : undefined
  if (typeof value === 'string' && INTEGER_TEXT.test(value)) return Math.trunc(Number(value.replaceAll('_', '')))
  return undefined
}

const TRUE_TEXT = new Set(['1', 'on', 't', 'true', 'y', 'yes'])
const FALSE_TEXT = new Set(['0', 'off', 'f', 'false', 'n', 'no'])

/** A boolean; also 0, 1 and the usual words for them. */
export const laxBoolean = z
  .unknown()
  .transform((value, context): boolean => {
    const boolean = toBoolean(value)
    if (boolean !== undefined) return boolean
    context.addIssue({ code: 'custom', message: 'true or false', input: value })
    return z.NEVER
  })
  .meta({ type: 'boolean' })

function toBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value
  if (value === 1 || value === 0) return value === 1
  if (typeof value !== 'string') return undefined
  const word = value.toLowerCase()
  if (TRUE_TEXT.has(word)) return true
  return FALSE_TEXT.has(word) ? false : undefined
}

/** A URL, normalised as browsers do: lower-case host, a slash after it, escapes. */
export const url = z
  .string()
  .min(1)
  .transform((value, context): string => {
    if (URL.canParse(value)) return new URL(value).href
    context.addIssue({ code: 'custom', message: 'an absolute URL', input: value })
    return z.NEVER
  })
  .meta({ type: 'string', format: 'uri', minLength: 1 })
