/** The answer that every server of a comparison gives: same text, same pace. */
import { setImmediate, setTimeout } from 'node:timers/promises'
import { clockMs } from './clock.ts'

/** A model's socket brings a handful of tokens at once. */
const TOKENS_PER_READ = 20

export interface Pace {
  /** Said at once, before the others. */
  head: number
  tokens: number
  /** Tokens a second; 0 is as fast as they can be taken. */
  perSecond: number
  /** The time that stands in each token: when it was said, or when it was due. */
  stamp?: 'said' | 'due'
}

const PACE = /^(?:(\d+)\+)?(\d+)@(\d+)(?:,(said|due))?$/

/** What a client asks for, carried in the user's message: `2000@20`, `1000+60@1` (a thousand at once first), `300@20,due`. */
export function parsePace(text: string): Pace {
  const [, head = '0', tokens = '1', perSecond = '0', stamp] = PACE.exec(text) ?? []
  const pace = { head: Number(head), tokens: Number(tokens), perSecond: Number(perSecond) }
  return stamp === 'said' || stamp === 'due' ? { ...pace, stamp } : pace
}

/** Token by token. In a flood the event loop gets its turn after each handful, as it would between reads of a socket. */
export function tokens(pace: Pace): AsyncGenerator<string> {
  return pace.stamp ? stamped(pace, pace.stamp) : words(pace)
}

async function* words({ head, tokens: count, perSecond }: Pace): AsyncGenerator<string> {
  for (let index = 0; index < head; index += 1) {
    if (index % TOKENS_PER_READ === 0) await setImmediate()
    yield `${WORDS[index % WORDS.length]} `
  }
  for (let index = 0; index < count; index += 1) {
    if (perSecond > 0) await setTimeout(1000 / perSecond)
    else if (index % TOKENS_PER_READ === 0) await setImmediate()
    yield `${WORDS[index % WORDS.length]} `
  }
}

/** On a schedule that does not wait for the server: a token that it could not say in time was due all the same. */
async function* stamped({ tokens: count, perSecond }: Pace, stamp: 'said' | 'due'): AsyncGenerator<string> {
  const startedAt = clockMs()
  for (let index = 0; index < count; index += 1) {
    const dueAt = startedAt + (index * 1000) / perSecond
    const waitMs = dueAt - clockMs()
    if (waitMs > 0) await setTimeout(waitMs)
    yield `~${(stamp === 'due' ? dueAt : clockMs()).toFixed(3)}~ `
  }
}

const WORDS = 'The quick brown fox jumps over the lazy dog while a stream of tokens flows on and on'.split(' ')

/** What a handler remembers of its answer: joined now and then, as strings of a few letters are ten times their size. */
export class Said {
  readonly #blocks: string[] = []
  readonly #tokens: string[] = []

  add(token: string): void {
    if (this.#tokens.push(token) < 128) return
    this.#blocks.push(this.#tokens.join(''))
    this.#tokens.length = 0
  }

  get text(): string {
    return [...this.#blocks, ...this.#tokens].join('')
  }
}
