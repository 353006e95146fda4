/** Compares what came out with what was recorded, by the rules of the recorded cases. */

/** Fields whose content is the app's own: null means something in them. */
const FREE_FORM = new Set(['data', 'arguments', 'output', 'payload', 'metadata', 'content'])
/** Fields that hold a point in time; the recorded ones have no zone and mean UTC. */
const INSTANTS = new Set(['created_at', 'min', 'max', 'defaultValue'])

export interface CompareOptions {
  /** Takes null fields for absent ones: outside free-form data, and at any depth of a widget. For stores and calls; never for frames. */
  dropNulls?: boolean
}

/** The first difference in words, or undefined where the two are the same. */
export function difference(
  actual: unknown,
  expected: unknown,
  options: CompareOptions = {},
  path = '',
): string | undefined {
  if (Array.isArray(expected)) return arrayDifference(actual, expected, options, path)
  if (isRecord(expected)) return recordDifference(actual, expected, options, path)
  if (Object.is(actual, expected) || actual === expected) return undefined
  if (sameInstant(actual, expected, path)) return undefined
  return `${path || 'value'}: expected ${show(expected)}, got ${show(actual)}`
}

function arrayDifference(
  actual: unknown,
  expected: unknown[],
  options: CompareOptions,
  path: string,
): string | undefined {
  if (!Array.isArray(actual)) return `${path}: expected a list, got ${show(actual)}`
  for (let index = 0; index < Math.max(actual.length, expected.length); index += 1) {
    if (index >= actual.length) return `${path}[${index}]: missing ${show(expected[index])}`
    if (index >= expected.length) return `${path}[${index}]: unexpected ${show(actual[index])}`
    const found = difference(actual[index], expected[index], options, `${path}[${index}]`)
    if (found) return found
  }
  return undefined
}

function recordDifference(
  actual: unknown,
  expected: Record<string, unknown>,
  options: CompareOptions,
  path: string,
): string | undefined {
  if (!isRecord(actual)) return `${path}: expected an object, got ${show(actual)}`
  for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const [mine, theirs] = [actual[key], expected[key]]
    if (mine === undefined && theirs === undefined) continue
    if (options.dropNulls && (mine ?? null) === null && (theirs ?? null) === null) continue
    const isFree = FREE_FORM.has(key) && !Array.isArray(theirs) && !path.includes('.widget')
    const inside = isFree ? {} : options
    const found = difference(mine, theirs, inside, `${path}.${key}`)
    if (found) return found
  }
  return undefined
}

/** The reference iterates a set where it removes several items, so neighbours among these frames have no order. */
export function sortRemovals<Frame>(frames: readonly Frame[]): Frame[] {
  const sorted: Frame[] = []
  let removals: Frame[] = []
  const settle = () => {
    sorted.push(...removals.sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))))
    removals = []
  }
  for (const frame of frames) {
    if (isRecord(frame) && frame.type === 'thread.item.removed') removals.push(frame)
    else {
      settle()
      sorted.push(frame)
    }
  }
  settle()
  return sorted
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function sameInstant(actual: unknown, expected: unknown, path: string): boolean {
  const field = path.slice(path.lastIndexOf('.') + 1)
  if (!INSTANTS.has(field) || typeof actual !== 'string' || typeof expected !== 'string') return false
  return instant(actual) === instant(expected)
}

function instant(text: string): number {
  return Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`)
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}
