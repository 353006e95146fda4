import { describe, expect, test } from 'vitest'
import { acceptList, refusal } from './attachment-limits.ts'

const MiB = 1024 * 1024
const file = (name: string, type: string, size = 1) => ({ name, type, size })

describe('refusal', () => {
  test('a file of up to 100 MiB and any type passes where nothing is said', () => {
    expect(refusal(file('a.bin', '', 100 * MiB), { maxSize: undefined, accept: undefined })).toBeUndefined()
    expect(refusal(file('a.bin', '', 100 * MiB + 1), { maxSize: undefined, accept: undefined })).toEqual({
      reason: 'size',
      limit: 100 * MiB,
    })
  })

  test('the exact type beats its group, which beats the fallback', () => {
    const limits = { maxSize: { 'image/png': 4, 'image/*': 3, '*': 2 }, accept: undefined }
    const limitOf = (type: string) => refusal(file('a', type, 9), limits)
    expect(limitOf('image/png')).toMatchObject({ limit: 4 })
    expect(limitOf('image/gif')).toMatchObject({ limit: 3 })
    expect(limitOf('text/plain')).toMatchObject({ limit: 2 })
  })

  test('types and extensions are accepted alike', () => {
    const limits = { maxSize: undefined, accept: { 'image/*': ['.png', '.jpg'], 'application/pdf': ['.pdf'] } }
    expect(refusal(file('a.PDF', ''), limits)).toBeUndefined()
    expect(refusal(file('a', 'image/webp'), limits)).toBeUndefined()
    expect(refusal(file('a.exe', 'application/x-msdownload'), limits)).toMatchObject({ reason: 'type' })
    expect(acceptList(limits.accept)).toEqual(['image/*', '.png', '.jpg', 'application/pdf', '.pdf'])
  })
})
