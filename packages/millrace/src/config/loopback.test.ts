import { describe, expect, test } from 'vitest'
import { authOf, requireLoopback } from './loopback.ts'

const LOOPBACK = ['127.0.0.1', '127.1.2.3', 'localhost', '::1']
const OPEN = ['0.0.0.0', '::', '192.168.1.4', 'example.com', '127.0.0.1.example.com']

describe.each(LOOPBACK)('%s is this machine alone', (host) => {
  test('everyone may be one user', () => {
    expect(authOf(undefined, host, false)).toBe('anonymous')
    expect(() => requireLoopback({ host, auth: 'anonymous' }, false)).not.toThrow()
  })
})

describe.each(OPEN)('%s is open to others', (host) => {
  test('so there are sessions, unless the app tells its users apart', () => {
    expect(authOf(undefined, host, false)).toBe('session')
    expect(authOf(undefined, host, true)).toBe('anonymous')
    for (const auth of ['session', undefined] as const) {
      expect(() => requireLoopback({ host, auth }, false)).not.toThrow()
    }
    expect(() => requireLoopback({ host, auth: 'anonymous' }, true)).not.toThrow()
  })

  test('everyone as one user is refused, with what to do instead', () => {
    expect(() => requireLoopback({ host, auth: 'anonymous' }, false)).toThrow(
      /everyone.*\nSet AUTH=session.*keep HOST=127\.0\.0\.1/s,
    )
  })
})

test('what is set is what holds', () => {
  expect(authOf('session', '127.0.0.1', false)).toBe('session')
  expect(authOf('anonymous', '0.0.0.0', false)).toBe('anonymous')
})
