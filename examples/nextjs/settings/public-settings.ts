/**
 * What the pages need to know. They are read when a page is asked for, not built into it: one build runs everywhere.
 */
import { type Environment, SettingError, wholeNumber } from './setting-error.ts'

const PROFILES = ['auto', 'high_latency', 'local', 'high_speed', 'cpu_constrained', 'unlimited'] as const

export interface PublicSettings {
  /** The base address of a Millrace server, without a slash at its end; empty for this app's own route handlers. */
  apiUrl: string
  /** Milliseconds that one answer may take in all. */
  streamTimeoutMs: number
  /** Tokens that are shown at once, or how that is found. */
  bufferSize: number | (typeof PROFILES)[number]
}

/** @throws SettingError for a value that can't work */
export function publicSettings(environment: Environment): PublicSettings {
  const seconds = { min: 1, max: 3600, fallback: 300, unit: 'seconds' }
  return {
    apiUrl: apiUrl(environment),
    streamTimeoutMs: wholeNumber(environment, 'NEXT_PUBLIC_STREAM_TIMEOUT', seconds) * 1000,
    bufferSize: bufferSize(environment),
  }
}

function apiUrl(environment: Environment): string {
  const name = 'NEXT_PUBLIC_API_URL'
  const text = environment[name]?.trim()
  if (!text) return ''
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isAddress = url && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === ''
  if (!isAddress) throw new SettingError(name, text, 'the http address of a Millrace server', 'http://127.0.0.1:8000')
  return url.href.replace(/\/+$/, '')
}

function bufferSize(environment: Environment): PublicSettings['bufferSize'] {
  const name = 'NEXT_PUBLIC_BUFFER_SIZE'
  const text = environment[name]?.trim()
  if (!text) return 'auto'
  const profile = PROFILES.find((each) => each === text)
  if (profile) return profile
  const tokens = Number(text)
  if (Number.isInteger(tokens) && tokens >= 1 && tokens <= 1000) return tokens
  throw new SettingError(name, text, `a whole number of tokens from 1 to 1000, or one of ${PROFILES.join(', ')}`, '5')
}
