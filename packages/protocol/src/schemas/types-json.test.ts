/// <reference types="node" />
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import * as schemas from './index.ts'
import { difference } from './json-schema-difference.ts'

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
function writeDefault({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: z.core.JSONSchema.BaseSchema }) {
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
