import { ChatKitError } from '@millrace/protocol'
import { expect, test } from 'vitest'
import { timedOut, toStreamError } from './stream-error.ts'

test.each<[string, unknown, object]>([
  ['a failed fetch', new TypeError('fetch failed'), { type: 'network', code: 'connection_lost', recoverable: true }],
  ['a broken body in Chromium', new TypeError('network error'), { type: 'network' }],
  ['a broken body in Node', new TypeError('terminated'), { type: 'network' }],
  ['a failed fetch in Safari', new TypeError('Load failed'), { type: 'network' }],
  ['an abort', new DOMException('x', 'AbortError'), { type: 'aborted', code: 'aborted' }],
  ['a time-out', new DOMException('x', 'TimeoutError'), { type: 'timeout', recoverable: true }],
  ['what is no JSON', new SyntaxError('x'), { type: 'parse', code: 'unreadable' }],
  [
    'an error event',
    { type: 'error', error: 'It broke.', code: 'model_error', recoverable: true },
    { type: 'model', code: 'model_error', message: 'It broke.', recoverable: true },
  ],
  [
    'an error of a conversation',
    new ChatKitError('forbidden', 'Not yours.', { param: 'thread_id' }),
    { type: 'http', code: 'forbidden', message: 'Not yours.', param: 'thread_id', status: 403, recoverable: false },
  ],
  [
    'an error of a conversation without an answer',
    new ChatKitError('unavailable', 'x', { status: 0 }),
    { type: 'network' },
  ],
  ["somebody's mistake", new TypeError('x is not a function'), { type: 'unknown', code: 'unknown', recoverable: true }],
  ['nothing', undefined, { type: 'unknown', code: 'unknown', param: null }],
])('%s', (_what, thrown, expected) => {
  const error = toStreamError(thrown)
  expect(error).toBeInstanceOf(Error)
  expect(error).toMatchObject({ name: 'StreamError', ...expected })
  expect(error.message).not.toContain('is not a function')
})

test('an error of the stream is itself', () => {
  const error = timedOut('timeout_first_token')
  expect(toStreamError(error)).toBe(error)
})
