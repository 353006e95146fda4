/** The answer that every server of a comparison gives: same text, same pace. */
import { setImmediate, setTimeout } from 'node:timers/promises'

/** A model's socket brings a handful of tokens at once. */
const TOKENS_PER_READ = 20

export interface Pace {
  tokens: number
  /** Tokens a second; 0 is as fast as they can be taken. */
  perSecond: number
}

/** What a client asks for, carried in the user's message: `2000@20`. */
export function parsePace(text: string): Pace {
  const [tokens = '1', perSecond = '0'] = text.split('@')
  return { tokens: Number(tokens), perSecond: Number(perSecond) }
}

/** Token by token. In a flood the event loop gets its turn after each handful, as it would between reads of a socket. */
export async function* tokens({ tokens: count, perSecond }: Pace): AsyncGenerator<string> {
  for (let index = 0; index < count; index += 1) {
    if (perSecond > 0) await setTimeout(1000 / perSecond)
    else if (index % TOKENS_PER_READ === 0) await setImmediate()
    yield `${WORDS[index % WORDS.length]} `
  }
}

const WORDS = 'The quick brown fox jumps over the lazy dog while a stream of tokens flows on and on'.split(' ')
