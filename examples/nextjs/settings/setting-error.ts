/** A setting that can't work, told to whoever starts the app: which one, what it has to look like, an example. */
export class SettingError extends Error {
  constructor(name: string, value: string, expected: string, example: string) {
    super(`${name} is "${value}". It has to be ${expected}, for example: ${name}=${example}`)
    this.name = 'SettingError'
  }
}

/** The settings of a process: `process.env`, or what a test gives instead. */
export type Environment = Readonly<Record<string, string | undefined>>

/** A whole number within limits, or `fallback` where nothing is set. @throws SettingError */
export function wholeNumber(
  environment: Environment,
  name: string,
  { min, max, fallback, unit }: { min: number; max: number; fallback: number; unit: string },
): number {
  const text = environment[name]?.trim()
  if (!text) return fallback
  const value = Number(text)
  if (Number.isInteger(value) && value >= min && value <= max) return value
  throw new SettingError(name, text, `a whole number of ${unit} from ${min} to ${max}`, String(fallback))
}
