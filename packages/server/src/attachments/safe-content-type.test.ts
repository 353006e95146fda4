import { expect, test } from 'vitest'
import { isShownAsImage, safeContentType } from './safe-content-type.ts'

test.each([
  ['image/png', 'image/png'],
  ['IMAGE/JPEG; x=y', 'image/jpeg'],
  ['image/gif', 'image/gif'],
  ['image/webp', 'image/webp'],
  ['image/avif', 'image/avif'],
  ['application/pdf', 'application/pdf'],
  ['text/plain', 'text/plain; charset=utf-8'],
  ['text/plain; charset=utf-7', 'text/plain; charset=utf-8'],
])('%s is shown as %s', (mimeType, contentType) => {
  expect(safeContentType(mimeType)).toEqual({ contentType, disposition: 'inline' })
})

test.each([
  'text/html',
  'TEXT/HTML',
  ' text/html',
  'image/svg+xml',
  'text/xml',
  'application/xhtml+xml',
  'application/javascript',
  'text/css',
  'image/png, text/html',
  'text/html; image/png',
  '',
  'nonsense',
])('%s is a download of unknown bytes', (mimeType) => {
  expect(safeContentType(mimeType)).toEqual({ contentType: 'application/octet-stream', disposition: 'attachment' })
  expect(isShownAsImage(mimeType)).toBe(false)
})
