/** Reads Prometheus's text format 0.0.4 by its grammar, without the library that wrote it; throws at what is none. */

export interface Samples {
  readonly text: string
  /** The value of a sample, `name{label="value",…}` with its labels in any order. @throws Error where there is none */
  value(sample: string): number
}

/** Numbers are as Go's `ParseFloat` reads them, whatever the case of a NaN. */
const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const LABELS = String.raw`\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*",?)*\}`
const SAMPLE = new RegExp(String.raw`^(${NAME})(${LABELS})? ([Nn]a[Nn]|[+-]Inf|[-+]?[\d.]+(?:e[-+]?\d+)?)(?: \d+)?$`)
const COMMENT = new RegExp(`^# (HELP (${NAME}) .+|TYPE (${NAME}) (counter|gauge|histogram|summary|untyped))$`)
/** What a histogram's samples are called besides. */
const SUFFIX = /_(bucket|sum|count)$/

export function parseExposition(text: string): Samples {
  if (!text.endsWith('\n')) throw new Error('The last line must end with a line feed.')
  const values = new Map<string, number>()
  const types = new Map<string, string>()
  for (const line of text.split('\n')) {
    if (line === '') continue
    const comment = COMMENT.exec(line)
    if (comment?.[3] !== undefined) {
      if (types.has(comment[3])) throw new Error(`${comment[3]} has two types.`)
      types.set(comment[3], comment[4] ?? '')
    }
    if (comment) continue
    const [, name, labels = '', value] = SAMPLE.exec(line) ?? []
    if (name === undefined) throw new Error(`No line of this format: ${line}`)
    if (!types.has(name) && !types.has(name.replace(SUFFIX, ''))) throw new Error(`${name} has no type.`)
    const key = sorted(name + labels)
    if (values.has(key)) throw new Error(`${key} is there twice.`)
    values.set(key, Number(value?.replace('Inf', 'Infinity')))
  }
  checkHistograms(types, values)
  return {
    text,
    value(sample) {
      const found = values.get(sorted(sample))
      if (found === undefined) throw new Error(`There is no ${sample}.`)
      return found
    },
  }
}

/** Buckets grow, and the last one is the count. */
function checkHistograms(types: Map<string, string>, values: Map<string, number>): void {
  for (const [name, type] of types) {
    if (type !== 'histogram') continue
    const before = new Map<string, number>()
    for (const [key, value] of values) {
      if (!key.startsWith(`${name}_bucket{`)) continue
      const series = key.replace(/,?le="[^"]*"/, '').replace('_bucket{,', '_bucket{')
      if (value < (before.get(series) ?? 0)) throw new Error(`${key} is smaller than the bucket before it.`)
      before.set(series, value)
    }
    for (const [series, last] of before) {
      const count = sorted(series.replace('_bucket', '_count').replace('{}', ''))
      if (values.get(count) !== last) throw new Error(`${count} is not the last bucket.`)
    }
  }
}

function sorted(sample: string): string {
  const [, name = sample, labels] = /^([^{]+)\{(.*)\}$/.exec(sample) ?? []
  if (!labels) return name
  return `${name}{${labels
    .match(/\w+="(?:[^"\\]|\\.)*"/g)
    ?.sort()
    .join(',')}}`
}
