import { expect, test } from 'vitest'
import { requireLoopback } from './loopback.ts'

test.each(['127.0.0.1', '127.1.2.3', 'localhost', '::1'])('%s is this machine alone', (host) => {
  expect(() => requireLoopback(host, false)).not.toThrow()
})

test.each(['0.0.0.0', '::', '192.168.1.4', 'example.com', '127.0.0.1.example.com'])(
  '%s is open to others: refused without authenticate, with what to do instead',
  (host) => {
    expect(() => requireLoopback(host, false)).toThrow(/everyone.*\nKeep HOST=127\.0\.0\.1/s)
    expect(() => requireLoopback(host, true)).not.toThrow()
  },
)
