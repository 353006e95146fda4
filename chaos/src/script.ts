/**
 * What a message asks the node under test to say: numbered tokens, so that a lost, a doubled and a misplaced one can be told
 * apart. The script itself is the message's text.
 */

export interface Script {
  /** Names the message; the node writes down each name for which its model runs. */
  name: string
  tokens: number
  /** Tokens a second; 0 is as fast as they are taken. */
  perSecond: number
  /** After the last token: ends (the default), throws, or never yields again and ignores its signal. */
  finally?: 'end' | 'throw' | 'hang'
}

/** How a model is asked for numbered tokens, and how they look in what it says. */
export interface Language {
  messageOf(script: Script): string
  /** The numbers of a text's tokens, from 0, as they stand; what is no token is NaN. */
  numbersIn(text: string): number[]
}

/** Characters of one to four bytes, so that a cut may fall inside of one. */
const MARKS = ['.', 'é', '漢', '🌊']

/** The token of that number: none is the beginning of another. */
export function token(number: number): string {
  return `${number}${MARKS[number % MARKS.length]} `
}

/** That of the suite's own node: the script itself is the message. */
export const SCRIPTED: Language = {
  messageOf: (script) => JSON.stringify(script),
  numbersIn: (text) =>
    wordsOf(text).map((word) => {
      const number = Number.parseInt(word, 10)
      return `${word} ` === token(number) ? number : Number.NaN
    }),
}

/** That of Millrace's demo model, at its own pace. */
export const COUNTING: Language = {
  messageOf: ({ tokens }) => `Count to ${tokens}`,
  numbersIn: (text) => wordsOf(text).map((word) => (/^[1-9]\d*$/.test(word) ? Number(word) - 1 : Number.NaN)),
}

/** @throws SyntaxError where the text is no script */
export function scriptOf(text: string): Script {
  return JSON.parse(text) as Script
}

function wordsOf(text: string): string[] {
  return text.split(' ').filter((word) => word !== '')
}
