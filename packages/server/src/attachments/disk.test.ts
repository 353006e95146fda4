import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DiskAttachmentStore, type DiskAttachmentStoreOptions } from './disk.ts'

type User = { userId: string }

const ANN = { userId: 'ann' }
const BOB = { userId: 'bob' }
const NOTES = { name: 'notes.txt', size: 5, mime_type: 'text/plain' }
const NOT_FOUND = { code: 'not_found' }

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-attachments-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

function disk(options: Partial<DiskAttachmentStoreOptions<User>> = {}): DiskAttachmentStore<User> {
  return new DiskAttachmentStore<User>({
    directory: join(folder, 'attachments'),
    urlFor: (id) => ({ upload: `https://chat.example/${id}/up`, preview: `https://chat.example/${id}/see` }),
    ...options,
  })
}

const bytes = (text: string) => new TextEncoder().encode(text)

async function* chunks(...texts: string[]) {
  for (const text of texts) yield bytes(text)
}

async function textOf(store: DiskAttachmentStore<User>, id: string): Promise<string | undefined> {
  const found = await store.read(id)
  return found && new Response(found.body).text()
}

const filesLeft = () => readdirSync(join(folder, 'attachments'))

describe('attachments on disk', () => {
  test('a file is announced first, then its bytes come', async () => {
    const store = disk()
    expect(await store.create(NOTES, 'atc_1', ANN)).toEqual({
      type: 'file',
      id: 'atc_1',
      name: 'notes.txt',
      mime_type: 'text/plain',
      upload_descriptor: {
        url: 'https://chat.example/atc_1/up',
        method: 'PUT',
        headers: { 'content-type': 'text/plain' },
      },
    })
    expect(await store.read('atc_1')).toBeUndefined()
    await store.write('atc_1', chunks('hel', 'lo'))
    expect(await store.read('atc_1')).toMatchObject({ size: 5, mimeType: 'text/plain' })
    expect(await textOf(store, 'atc_1')).toBe('hello')
  })

  test('an image that browsers show has a preview; an SVG, which may hold scripts, is a file', async () => {
    const store = disk()
    const image = await store.create({ ...NOTES, mime_type: 'image/png' }, 'a', ANN)
    expect(image).toMatchObject({ type: 'image', preview_url: 'https://chat.example/a/see' })
    expect(await store.create({ ...NOTES, mime_type: 'image/svg+xml' }, 'b', ANN)).toMatchObject({ type: 'file' })
  })

  test('large files come out as they went in', async () => {
    const store = disk()
    await store.create(NOTES, 'a', ANN)
    const texts = Array.from({ length: 30 }, (_, n) => String.fromCharCode(97 + (n % 26)).repeat(10_001))
    await store.write('a', chunks(...texts))
    expect(await textOf(store, 'a')).toBe(texts.join(''))
  })

  test('a later try replaces an earlier one', async () => {
    const store = disk()
    await store.create(NOTES, 'a', ANN)
    await store.write('a', bytes('first try'))
    await store.write('a', bytes('second'))
    expect(await textOf(store, 'a')).toBe('second')
  })

  test('what is announced over the limit is refused with the limit', async () => {
    const attempt = disk().create({ ...NOTES, size: 20 * 1024 * 1024 + 1 }, 'a', ANN)
    await expect(attempt).rejects.toMatchObject({
      code: 'invalid_request',
      status: 413,
      message: 'The file is too large. It may have 20 MiB at most.',
    })
    await expect(disk().create({ ...NOTES, size: -1 }, 'a', ANN)).rejects.toMatchObject({ code: 'invalid_request' })
  })

  test('what comes over the limit is cut off there, and nothing of it stays', async () => {
    const store = disk({ maxBytes: 10 })
    await store.create(NOTES, 'a', ANN)
    let sent = 0
    async function* endless() {
      for (;;) {
        sent += 4
        yield bytes('1234')
      }
    }
    await expect(store.write('a', endless())).rejects.toMatchObject({
      status: 413,
      message: expect.stringContaining('10 bytes'),
    })
    expect(sent).toBe(12)
    expect(filesLeft()).toEqual(['a.json'])
    await store.write('a', bytes('1234567890'))
    expect(await textOf(store, 'a')).toBe('1234567890')
  })

  test('an upload that breaks off leaves nothing, and what was there stays', async () => {
    const store = disk()
    await store.create(NOTES, 'a', ANN)
    await store.write('a', bytes('whole'))
    async function* broken() {
      yield bytes('half')
      throw new Error('connection lost')
    }
    await expect(store.write('a', broken())).rejects.toThrow('connection lost')
    expect(await textOf(store, 'a')).toBe('whole')
    expect(filesLeft().toSorted()).toEqual(['a.bytes', 'a.json'])
  })

  test('media types outside the list are refused with the list', async () => {
    const store = disk({ accept: ['image/*', 'application/pdf'] })
    for (const mime_type of ['image/png', 'IMAGE/JPEG', 'application/pdf; version=1']) {
      await store.create({ ...NOTES, mime_type }, mime_type.replaceAll(/\W/g, '_'), ANN)
    }
    for (const mime_type of [
      'text/html',
      'images/png',
      'image',
      '',
      'image/',
      'image/png\r\nx: y',
      'image/png;\r\nx: y',
    ]) {
      await expect(store.create({ ...NOTES, mime_type }, 'x', ANN)).rejects.toMatchObject({
        code: 'invalid_request',
        param: 'params.mime_type',
        message: expect.stringContaining('image/*, application/pdf'),
      })
    }
  })

  test('ids that could name another path are unknown', async () => {
    const store = disk()
    await store.create(NOTES, 'a', ANN)
    writeFileSync(join(folder, 'secret.json'), '{"owner":"ann"}')
    for (const id of ['../secret', '..', '', 'a/b', 'a.b', 'a\0', 'x'.repeat(129)]) {
      await expect(store.read(id)).rejects.toMatchObject(NOT_FOUND)
      await expect(store.write(id, bytes('x'))).rejects.toMatchObject(NOT_FOUND)
      await expect(store.create(NOTES, id, ANN)).rejects.toMatchObject(NOT_FOUND)
      await store.delete(id, ANN)
    }
    expect(readdirSync(folder).toSorted()).toEqual(['attachments', 'secret.json'])
  })

  test('nothing is taken that was not announced', async () => {
    await expect(disk().write('a', bytes('x'))).rejects.toMatchObject(NOT_FOUND)
  })

  test('only its owner can delete it, and then it is gone', async () => {
    const store = disk()
    await store.create(NOTES, 'a', ANN)
    await store.write('a', bytes('hello'))
    await store.delete('a', BOB)
    expect(await textOf(store, 'a')).toBe('hello')
    await store.delete('a', ANN)
    await store.delete('a', ANN)
    await expect(store.read('a')).rejects.toMatchObject(NOT_FOUND)
    expect(filesLeft()).toEqual([])
  })

  test('what is deleted while it comes in stays deleted', async () => {
    const store = disk()
    await store.create(NOTES, 'a', ANN)
    async function* slow() {
      yield bytes('hel')
      await store.delete('a', ANN)
      yield bytes('lo')
    }
    await expect(store.write('a', slow())).rejects.toMatchObject(NOT_FOUND)
    expect(filesLeft()).toEqual([])
  })

  test('what crashed uploads left is removed in time', async () => {
    await disk().create(NOTES, 'a', ANN)
    for (const name of ['old', 'new']) writeFileSync(join(folder, 'attachments', `${name}.x.part`), 'half')
    const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 60 * 60
    utimesSync(join(folder, 'attachments', 'old.x.part'), twoDaysAgo, twoDaysAgo)
    await disk().create(NOTES, 'b', ANN)
    expect(filesLeft().toSorted()).toEqual(['a.json', 'b.json', 'new.x.part'])
  })

  test('a folder that can’t be made is told, and used once it can', async () => {
    writeFileSync(join(folder, 'attachments'), 'in the way')
    const store = disk()
    await expect(store.create(NOTES, 'a', ANN)).rejects.toMatchObject({ code: 'unavailable' })
    rmSync(join(folder, 'attachments'))
    await store.create(NOTES, 'a', ANN)
    expect(statSync(join(folder, 'attachments')).isDirectory()).toBe(true)
  })
})
