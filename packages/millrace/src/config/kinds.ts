/** The kinds of values that a setting can have: how each is written, and what is read from it. */
import { readFileSync } from 'node:fs'

export interface Kind<T> {
  /** Completes the sentence "It must be …". */
  readonly shape: string
  /** What the text says; nothing if it has not this shape. */
  parse(text: string): T | undefined
}

export const text: Kind<string> = { shape: 'text', parse: (value) => value }

/** Text, or the content of a file. */
export const textOrFile: Kind<string> = {
  shape: 'text, or @ and the path of a file that can be read',
  parse(value) {
    if (!value.startsWith('@')) return value
    try {
      return readFileSync(value.slice(1), 'utf8').trim()
    } catch {
      return undefined
    }
  },
}

export const httpAddress: Kind<string> = {
  shape: 'an address that starts with http:// or https://',
  parse: (value) => (isHttp(value) ? value : undefined),
}

export const hostName: Kind<string> = {
  shape: 'an IP address or a host name, without scheme and port',
  parse: (value) => (/^[\w.:-]+$/.test(value) && !value.includes('//') ? value : undefined),
}

export const port: Kind<number> = {
  shape: 'a port: a whole number from 0 (any free one) to 65535',
  parse: (value) => wholeNumber(value, 0, 65_535),
}

export const count: Kind<number> = {
  shape: 'a whole number from 0 up',
  parse: (value) => wholeNumber(value, 0, Number.MAX_SAFE_INTEGER),
}

/** A whole number within bounds. */
export function countWithin(least: number, most: number): Kind<number> {
  return { shape: `a whole number from ${least} to ${most}`, parse: (value) => wholeNumber(value, least, most) }
}

/** Seconds, read as milliseconds. At most a day: Node's timers end at 24 days, and a longer wait is a slip of the hand. */
export const seconds: Kind<number> = {
  shape: 'seconds: a number above 0, at most 86400',
  parse: (value) => milliseconds(value) || undefined,
}

/** Seconds, or 0 for not at all. */
export const secondsOrNone: Kind<number> = {
  shape: 'seconds: a number from 0 to 86400',
  parse: milliseconds,
}

const UNITS: Record<string, number> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }

/** A size, read as bytes. */
export const bytes: Kind<number> = {
  shape: 'a number of bytes above 0, plain or with the unit KiB, MiB or GiB',
  parse(value) {
    const [, number, unit] = value.match(/^(\d+(?:\.\d+)?)\s*(?:([kmg])(?:i?b)?)?$/i) ?? []
    const size = Math.round(Number(number) * (UNITS[unit?.toLowerCase() ?? ''] ?? Number.NaN))
    return size > 0 ? size : undefined
  },
}

/** A comma separated list of origins, as browsers send them. */
export const origins: Kind<string[]> = {
  shape: 'a comma separated list of origins, each of scheme, host and port alone',
  parse(value) {
    const list = value.split(',').map((origin) => origin.trim().replace(/\/$/, ''))
    return list.every((origin) => isHttp(origin) && new URL(origin).origin === origin) ? list : undefined
  },
}

/** Where threads are kept. */
export type DatabaseAddress = { kind: 'sqlite'; path: string } | { kind: 'postgres'; address: string }

export const database: Kind<DatabaseAddress> = {
  shape: 'sqlite: and the path of a file, or a postgres:// address',
  parse(value) {
    if (/^postgres(ql)?:\/\//.test(value)) return { kind: 'postgres', address: value }
    const path = value.match(/^sqlite:(?:\/\/)?(.+)$/)?.[1]
    return path ? { kind: 'sqlite', path } : undefined
  },
}

export const redis: Kind<string> = {
  shape: 'a redis:// or rediss:// address',
  parse: (value) => (URL.canParse(value) && /^rediss?:$/.test(new URL(value).protocol) ? value : undefined),
}

/** What HS256 can sign with, and what fits into a header. */
export const signingSecret: Kind<string> = {
  shape: 'at least 32 characters of printable ASCII',
  parse: (value) => (/^[\x20-\x7e]{32,}$/.test(value) ? value : undefined),
}

/** One word out of a few. */
export function oneOf<Word extends string>(...words: [Word, ...Word[]]): Kind<Word> {
  return {
    shape: `one of ${words.join(', ')}`,
    parse: (value) => words.find((word) => word === value.toLowerCase()),
  }
}

function wholeNumber(value: string, least: number, most: number): number | undefined {
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN
  return number >= least && number <= most ? number : undefined
}

function milliseconds(value: string): number | undefined {
  const number = /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN
  return number <= 86_400 ? Math.round(number * 1000) : undefined
}

function isHttp(value: string): boolean {
  return URL.canParse(value) && ['http:', 'https:'].includes(new URL(value).protocol)
}
