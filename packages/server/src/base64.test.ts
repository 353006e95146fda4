import { ChatKitError } from '@millrace/protocol'
import { describe, expect, test } from 'vitest'
import { decodeBase64 } from './base64.ts'

function hexOf(text: string): string {
  return Buffer.from(decodeBase64(text, 'params.audio_base64')).toString('hex')
}

describe('base64', () => {
  test.each([
    ['nothing', '', ''],
    ['whole groups', 'AAEC', '000102'],
    ['padding', 'AA==', '00'],
    ['nothing behind the padding', 'AA==AAEC', '00'],
    ['nothing between line feeds and spaces', 'AA\nEC ', '000102'],
    ['padding that ends no group', '=AAEC', '000102'],
    ['the URL-safe alphabet', '_-__', 'ffefff'],
    ['the URL-safe alphabet without padding', '-_8', 'fbff'],
  ])('is read: %s', (_what, text, hex) => {
    expect(hexOf(text)).toBe(hex)
  })

  test.each(['A', 'AA', 'AAE', 'AA=', 'AAECA', 'é', 'AAECé'])('is refused when it is not whole: %s', (text) => {
    expect(() => hexOf(text)).toThrow(ChatKitError)
  })
})
