/** JSON Schemas of tools, cut down to what node-llama-cpp can turn into a grammar. */
import type { GrammarSchema, GrammarType, Scalar } from './llama-binding.ts'

const TYPES: readonly string[] = ['string', 'number', 'integer', 'boolean', 'null'] satisfies GrammarType[]
const isType = (type: unknown): type is GrammarType => typeof type === 'string' && TYPES.includes(type)
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const isScalar = (value: unknown): value is Scalar =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

/** Any scalar: what is allowed where a schema says something that the grammar can't. The tool checks its arguments itself. */
const ANYTHING: GrammarSchema = { type: ['string', 'number', 'boolean', 'null'] }

/** The grammar's version of a JSON Schema. Ranges, patterns and the like are dropped. */
export function toGrammarSchema(schema: unknown, depth = 0): GrammarSchema {
  if (!isObject(schema) || depth > 20) return ANYTHING
  const description = typeof schema.description === 'string' ? { description: schema.description } : {}
  return { ...shape(schema, depth), ...description }
}

function shape(schema: Record<string, unknown>, depth: number): GrammarSchema {
  const { type } = schema
  const variants = schema.oneOf ?? schema.anyOf
  if (isScalar(schema.const)) return { const: schema.const }
  if (Array.isArray(schema.enum)) return { enum: schema.enum.filter(isScalar) }
  if (Array.isArray(variants)) return { oneOf: variants.map((variant) => toGrammarSchema(variant, depth + 1)) }
  if (type === 'array') return list(schema, depth)
  if (type === 'object' || isObject(schema.properties)) return object(schema, depth)
  if (isType(type)) return { type }
  if (!Array.isArray(type)) return ANYTHING
  const types = type.filter(isType)
  if (types.length === type.length) return { type: types }
  return { oneOf: type.map((one: unknown) => shape({ ...schema, type: one }, depth + 1)) }
}

function object(schema: Record<string, unknown>, depth: number): GrammarSchema {
  const properties: Record<string, GrammarSchema> = {}
  for (const [name, property] of Object.entries(isObject(schema.properties) ? schema.properties : {})) {
    properties[name] = toGrammarSchema(property, depth + 1)
  }
  const more = schema.additionalProperties
  if (more === true) return { type: 'object', properties, additionalProperties: true }
  if (!isObject(more) || Object.keys(more).length === 0) return { type: 'object', properties }
  return { type: 'object', properties, additionalProperties: toGrammarSchema(more, depth + 1) }
}

function list(schema: Record<string, unknown>, depth: number): GrammarSchema {
  const { items, minItems, maxItems } = schema
  return {
    type: 'array',
    ...(isObject(items) && { items: toGrammarSchema(items, depth + 1) }),
    ...(typeof minItems === 'number' && { minItems }),
    ...(typeof maxItems === 'number' && { maxItems }),
  }
}
