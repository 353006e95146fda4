import { expect, test } from 'vitest'
import { ChatKitError, CustomStreamError, isChatKitErrorCode, StreamError } from './errors.ts'

test('status and retryable follow from the code', () => {
  expect(new ChatKitError('not_found', 'No such thread.')).toMatchObject({ status: 404, retryable: false, details: {} })
  expect(new ChatKitError('unavailable', 'Come back later.', { retryAfterMs: 2_000 })).toMatchObject({
    status: 503,
    retryable: true,
    retryAfterMs: 2_000,
  })
})

test('a bad request may have another status, and every error keeps its cause', () => {
  const cause = new Error('original')
  const error = new ChatKitError('invalid_request', 'The body is too large.', { status: 413, cause })
  expect(error).toMatchObject({ status: 413, code: 'invalid_request', cause })
})

test('codes are known by their text alone', () => {
  expect(['expired', 'toString', 404, undefined].map(isChatKitErrorCode)).toEqual([true, false, false, false])
})

test('what a handler throws offers a retry unless it speaks for itself', () => {
  expect(new StreamError()).toMatchObject({ code: 'stream.error', allowRetry: true })
  expect(new CustomStreamError('No more today.')).toMatchObject({
    code: 'custom',
    allowRetry: false,
    message: 'No more today.',
  })
})
