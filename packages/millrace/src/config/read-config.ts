/** Reads the settings: what the command was given, then the environment, then the defaults. */
import { ChatKitError } from '@millrace/protocol'
import { type Config, type Setting, settings } from './settings.ts'

export interface ReadConfig {
  config: Config
  /** Sentences for the log: what was set and has no effect. */
  warnings: string[]
}

/** Where a value was written, and what it is. */
interface Source {
  value: string
  /** As the person wrote it: `PORT=abc`, `--port abc`. */
  written: string
  /** A right value, written in the same way. */
  example: string
}

/**
 * Reads every setting.
 * @param environment such as `process.env`; an empty value counts as none
 * @param options values of the command's options by the variable they stand for, such as `{ PORT: '9000' }`; they win
 * @throws ChatKitError `invalid_request` that names every wrong value, its shape and an example
 */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>>,
  options: Readonly<Record<string, string | undefined>> = {},
): ReadConfig {
  const problems: string[] = []
  const warnings = unknownVariables(environment)
  const read = (setting: Setting): unknown => {
    const source = sourceOf(setting, environment, options)
    const value = setting.kind.parse(source?.value ?? setting.default ?? '')
    if (!source) return setting.default === undefined ? undefined : value
    if (value === undefined) problems.push(wrongValue(setting, source))
    else if (setting.missing?.when(value)) {
      const sentences = setting.missing.severity === 'error' ? problems : warnings
      sentences.push(setting.missing.say)
    }
    return value
  }
  const config = Object.fromEntries(Object.entries(settings).map(([name, setting]) => [name, read(setting)]))
  if (problems.length > 0) throw new ChatKitError('invalid_request', problems.join('\n'))
  return { config: config as Config, warnings }
}

function sourceOf(
  { variable, option = variable, secret, example }: Setting,
  environment: Readonly<Record<string, string | undefined>>,
  options: Readonly<Record<string, string | undefined>>,
): Source | undefined {
  const given = options[variable]
  if (given !== undefined) {
    return { value: given.trim(), written: secret ? option : `${option} ${given}`, example: `${option} ${example}` }
  }
  const value = environment[variable]?.trim()
  if (!value) return undefined
  return { value, written: secret ? variable : `${variable}=${value}`, example: `${variable}=${example}` }
}

function wrongValue({ kind }: Setting, { written, example }: Source): string {
  return `${written} can't be used. It must be ${kind.shape}. Example: ${example}`
}

/** `MILLRACE_…` that mean nothing: most often a setting with our name before it. */
function unknownVariables(environment: Readonly<Record<string, string | undefined>>): string[] {
  const variables = new Set(Object.values(settings).map(({ variable }) => variable))
  return Object.keys(environment)
    .filter((name) => name.startsWith('MILLRACE_') && !OWN_VARIABLES.has(name))
    .map((name) => {
      const meant = name.slice('MILLRACE_'.length)
      const hint = variables.has(meant) ? ` Did you mean ${meant}?` : ''
      return `${name} is no setting of Millrace and has no effect.${hint}`
    })
}

/** Variables with our name that are no settings of the server: the folder of shared test cases. */
const OWN_VARIABLES = new Set(['MILLRACE_SHARED'])
