/// <reference types="node" />
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import * as schemas from './index.ts'

const repository = resolve(import.meta.dirname, '../../../..')
const shared = resolve(repository, process.env.MILLRACE_SHARED ?? '../shared')
const types = JSON.parse(readFileSync(resolve(shared, 'conformance/types.json'), 'utf8')) as {
  $defs: Record<string, unknown>
  schemas: Record<string, unknown>
}

/** Names of theirs that are no names for us. */
function nameOf(theirs: string): string {
  if (theirs.startsWith('Page_Thread_')) return 'PageOfThreadSchema'
  if (theirs.startsWith('Page_')) return 'PageOfThreadItemSchema'
  return theirs === 'Action_str_Any_' ? 'ActionSchema' : `${theirs}Schema`
}

function differenceTo(name: string, schema: unknown): string | undefined {
  const ours: unknown = Reflect.get(schemas, nameOf(name))
  if (!(ours instanceof z.ZodType)) return `${nameOf(name)} is missing`
  const json = z.toJSONSchema(ours, { io: 'input', unrepresentable: 'any', override: writeDefault })
  return difference({ schema: json, root: json }, { schema, root: types })
}

/** zod leaves out the default of a field that it coerces. */
function writeDefault({
  zodSchema,
  jsonSchema,
}: {
  zodSchema: z.core.$ZodTypes
  jsonSchema: z.core.JSONSchema.BaseSchema
}) {
  if (zodSchema instanceof z.ZodDefault) jsonSchema.default = zodSchema.def.defaultValue
}

/** Where ours differs on purpose, and how. */
const ON_PURPOSE: Readonly<Record<string, RegExp>> = {
  // They take an action without a type by accident.
  Action_str_Any_: /^\.type: required, theirs not$/,
  ThreadCustomActionParams: /^\.action\.type: required, theirs not$/,
  ThreadsCustomActionReq: /^\.params\.action\.type: required, theirs not$/,
  ThreadsSyncCustomActionReq: /^\.params\.action\.type: required, theirs not$/,
  StreamingReq: /only ours takes .*threads\.custom_action/,
  NonStreamingReq: /only ours takes .*threads\.sync_custom_action/,
  ChatKitReq: /only ours takes/,
}

describe.each([
  ['$defs', types.$defs],
  ['schemas', types.schemas],
] as const)('the wire types of types.json/%s', (_part, definitions) => {
  test.each(Object.entries(definitions))('%s', (name, schema) => {
    const found = differenceTo(name, schema)
    const purpose = ON_PURPOSE[name]
    if (purpose) expect(found).toMatch(purpose)
    else expect(found).toBeUndefined()
  })
})

/* From here on: telling two JSON Schemas apart by what they describe, not by how they say it. */

type Schema = Readonly<Record<string, unknown>>

/** A schema and the document in which its references lead somewhere. */
interface Located {
  schema: unknown
  root: Schema
}

/**
 * The first difference between what the two describe, or undefined. Unions are sets, enums are unions of constants. What a
 * number may at most be, titles, descriptions and discriminator hints say nothing about the shape.
 */
function difference(ours: Located, theirs: Located, path = '', seen = nothingSeen()): string | undefined {
  const [mine, other] = [dereference(ours), dereference(theirs)]
  if ('const' in mine && 'const' in other) return mine.const === other.const ? undefined : `${path}: another constant`
  if (!isNew(seen, mine, other)) return undefined
  const [members, others] = [alternatives({ ...ours, schema: mine }), alternatives({ ...theirs, schema: other })]
  if (members.length === 1 && others.length === 1) {
    const [member, counterpart] = [members[0], others[0]]
    if (member && counterpart) return shapeDifference(member, counterpart, path, seen)
  }
  return (
    unmatched(members, others, (a, b) => attempt(a, b, path, seen), `${path}: only ours takes`) ??
    unmatched(others, members, (a, b) => attempt(b, a, path, seen), `${path}: only theirs takes`)
  )
}

/** Pairs that are equal, or are being compared further up: types refer to each other in circles. In order, to take some back. */
interface Seen {
  pairs: Map<Schema, Set<Schema>>
  order: [ours: Schema, theirs: Schema][]
}

function nothingSeen(): Seen {
  return { pairs: new Map(), order: [] }
}

/** Whether the pair is seen for the first time. */
function isNew({ pairs, order }: Seen, ours: Schema, theirs: Schema): boolean {
  const known = pairs.get(ours) ?? new Set()
  if (known.has(theirs)) return false
  pairs.set(ours, known.add(theirs))
  order.push([ours, theirs])
  return true
}

/** What a try that failed took for granted is forgotten. */
function attempt(ours: Located, theirs: Located, path: string, seen: Seen): string | undefined {
  const known = seen.order.length
  const found = difference(ours, theirs, path, seen)
  if (found !== undefined) {
    for (const [mine, other] of seen.order.splice(known)) seen.pairs.get(mine)?.delete(other)
  }
  return found
}

function unmatched(
  from: Located[],
  to: Located[],
  compare: (a: Located, b: Located) => string | undefined,
  what: string,
): string | undefined {
  const lonely = from.find((member) => to.every((other) => compare(member, other) !== undefined))
  return lonely && `${what} ${JSON.stringify(lonely.schema).slice(0, 200)}`
}

function dereference({ schema, root }: Located): Schema {
  if (!isSchema(schema)) return {}
  if (typeof schema.$ref !== 'string') return schema
  let target: unknown = root
  for (const step of schema.$ref.split('/').slice(1)) target = isSchema(target) ? target[step] : undefined
  return dereference({ schema: target, root })
}

/** The members of a union of any spelling, flat; of anything else the schema itself. */
function alternatives(located: Located): Located[] {
  const { root } = located
  const schema = dereference(located)
  const members = schema.anyOf ?? schema.oneOf
  if (Array.isArray(members)) {
    const flat = members.flatMap((member) => alternatives({ schema: member, root }))
    const anything = flat.find((member) => Object.keys(dereference(member)).length === 0)
    return anything ? [anything] : flat
  }
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => ({ schema: { const: value }, root }))
  if (Array.isArray(schema.type)) return schema.type.map((type) => ({ schema: { ...schema, type }, root }))
  return [{ schema: 'const' in schema ? { const: schema.const } : schema, root }]
}

function shapeDifference(ours: Located, theirs: Located, path: string, seen: Seen): string | undefined {
  const [mine, other] = [dereference(ours), dereference(theirs)]
  for (const word of ['const', 'type', 'format', 'pattern'] as const) {
    if (mine[word] !== other[word] && !(word === 'pattern' && isGenerated(mine.pattern, other.pattern))) {
      return `${path}: ${word} is ${String(mine[word])}, theirs ${String(other[word])}`
    }
  }
  if (mine.items || other.items)
    return difference(within(ours, mine.items), within(theirs, other.items), `${path}[]`, seen)
  const properties = propertiesDifference(within(ours, mine), within(theirs, other), path, seen)
  if (properties) return properties
  const [rest, otherRest] = [mine.additionalProperties ?? true, other.additionalProperties ?? true]
  if (!isSchema(rest) || !isSchema(otherRest)) {
    const isFree = !isNarrow(rest) && !isNarrow(otherRest)
    return isFree ? undefined : `${path}: other fields are ${JSON.stringify(rest)}, theirs ${JSON.stringify(otherRest)}`
  }
  return difference(within(ours, rest), within(theirs, otherRest), `${path}.*`, seen)
}

/** Whether other fields are more than simply allowed. */
function isNarrow(rest: unknown): boolean {
  return isSchema(rest) && Object.keys(rest).length > 0
}

/** zod writes the whole expression of a template literal beside the pattern that we name. */
function isGenerated(mine: unknown, other: unknown): boolean {
  return typeof mine === 'string' && typeof other === 'string' && mine.startsWith(other)
}

function within(located: Located, schema: unknown): Located {
  return { schema, root: located.root }
}

function propertiesDifference(ours: Located, theirs: Located, path: string, seen: Seen): string | undefined {
  const [mine, other] = [dereference(ours), dereference(theirs)]
  const [fields, otherFields] = [asSchema(mine.properties), asSchema(other.properties)]
  for (const key of new Set([...Object.keys(fields), ...Object.keys(otherFields)])) {
    const at = `${path}.${key}`
    if (!(key in fields)) return `${at}: only theirs has it`
    if (!(key in otherFields)) return `${at}: only ours has it`
    const found = difference(within(ours, fields[key]), within(theirs, otherFields[key]), at, seen)
    if (found) return found
    if (isRequired(mine, key) !== isRequired(other, key) && !isDiscriminator(dereference(within(ours, fields[key])))) {
      return `${at}: ${isRequired(mine, key) ? 'required' : 'optional'}, theirs not`
    }
    const [preset, otherPreset] = [asSchema(fields[key]).default, asSchema(otherFields[key]).default]
    if (isScalar(preset) && isScalar(otherPreset) && preset !== otherPreset) {
      return `${at}: default ${JSON.stringify(preset)}, theirs ${JSON.stringify(otherPreset)}`
    }
    if (isScalar(otherPreset) && preset === undefined && !isDiscriminator(dereference(within(ours, fields[key])))) {
      return `${at}: no default, theirs ${JSON.stringify(otherPreset)}`
    }
  }
  return undefined
}

/** Their discriminators have defaults, for the ease of who builds objects in Python; on the wire they are always there. */
function isDiscriminator(field: Schema): boolean {
  return 'const' in field
}

function isRequired(schema: Schema, key: string): boolean {
  return Array.isArray(schema.required) && schema.required.includes(key)
}

function isScalar(value: unknown): boolean {
  return value !== undefined && value !== null && typeof value !== 'object'
}

function asSchema(value: unknown): Schema {
  return isSchema(value) ? value : {}
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
