/** Reads fields of a foreign object by their expected kind and notes what does not fit. */

export interface OptionProblem {
  /** Where the mistake is, as in `composer.tools[1].label`. */
  path: string
  message: string
}

export interface Reader {
  readonly isGiven: boolean
  /** The object as it was given; without fields when there was none. */
  readonly given: object
  value(key: string): unknown
  string(key: string): string | undefined
  requiredString(key: string): string | undefined
  nullableString(key: string): string | null | undefined
  boolean(key: string): boolean | undefined
  number(key: string, min: number, max: number): number | undefined
  oneOf<T extends string>(key: string, values: readonly T[]): T | undefined
  func<T>(key: string): T | undefined
  object(key: string, knownKeys: string): Reader
  /** Entries that `read` accepts; those for which it returns nothing are left out. */
  list<T>(key: string, knownKeys: string, read: (entry: Reader) => T | undefined): T[]
  problem(key: string, message: string): void
}

/** A key that holds `undefined` counts as not given (E23); unknown keys are named once and ignored. */
export function reader(given: unknown, path: string, problems: OptionProblem[], knownKeys: string): Reader {
  const isObject = typeof given === 'object' && given !== null && !Array.isArray(given)
  const fields = isObject ? (given as Record<string, unknown>) : {}
  const at = (key: string) => (key === '' ? path || 'options' : path ? `${path}.${key}` : key)
  const problem = (key: string, message: string) => {
    problems.push({ path: at(key), message })
  }
  if (given !== undefined && given !== null && !isObject) problem('', `should be an object, but is ${kindOf(given)}`)
  const known = new Set(knownKeys.split(' '))
  for (const key of Object.keys(fields)) {
    if (!known.has(key) && fields[key] !== undefined) problem(key, 'is not an option and is ignored')
  }
  const typed = <T>(key: string, expected: string, fits: (value: unknown) => value is T): T | undefined => {
    const value = fields[key]
    if (value === undefined || value === null) return undefined
    if (fits(value)) return value
    problem(key, `should be ${expected}, but is ${kindOf(value)}`)
    return undefined
  }
  const string = (key: string) => typed(key, 'a string', (value) => typeof value === 'string')
  return {
    isGiven: isObject,
    given: fields,
    value: (key) => fields[key],
    string,
    requiredString: (key) => {
      if (fields[key] === undefined || fields[key] === null) problem(key, 'is required')
      return string(key)
    },
    nullableString: (key) => (fields[key] === null ? null : string(key)),
    boolean: (key) => typed(key, 'true or false', (value) => typeof value === 'boolean'),
    number: (key, min, max) =>
      typed(
        key,
        `a number from ${min} to ${max}`,
        (value): value is number => typeof value === 'number' && value >= min && value <= max,
      ),
    oneOf: <T extends string>(key: string, values: readonly T[]) =>
      typed(key, `one of ${values.join(', ')}`, (value): value is T => values.some((allowed) => allowed === value)),
    func: <T>(key: string) => typed(key, 'a function', (value): value is T => typeof value === 'function'),
    object: (key, knownFields) => reader(fields[key], at(key), problems, knownFields),
    list: (key, knownFields, read) => {
      const entries = typed(key, 'a list', (value): value is unknown[] => Array.isArray(value)) ?? []
      return entries.flatMap((entry, index) => {
        const accepted = read(reader(entry, `${at(key)}[${index}]`, problems, knownFields))
        return accepted === undefined ? [] : [accepted]
      })
    },
    problem,
  }
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  return typeof value === 'function' ? 'a function' : `the ${typeof value} ${JSON.stringify(value)}`
}
