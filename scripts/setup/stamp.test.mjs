import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { digest, stamp } from './stamp.mjs'

let folder

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-stamp-'))
  mkdirSync(join(folder, 'src/deep'), { recursive: true })
  writeFileSync(join(folder, 'src/a.ts'), 'a')
  writeFileSync(join(folder, 'src/deep/b.ts'), 'b')
})

afterEach(() => rmSync(folder, { recursive: true }))

test('a touched file changes nothing, a changed one does', () => {
  const before = digest(folder, ['src'])
  utimesSync(join(folder, 'src/a.ts'), 1, 1)
  expect(digest(folder, ['src'])).toBe(before)
  writeFileSync(join(folder, 'src/deep/b.ts'), 'changed')
  expect(digest(folder, ['src'])).not.toBe(before)
})

test('a renamed, added or deleted file changes the digest', () => {
  const before = digest(folder, ['src'])
  writeFileSync(join(folder, 'src/c.ts'), '')
  const added = digest(folder, ['src'])
  expect(added).not.toBe(before)
  rmSync(join(folder, 'src/c.ts'))
  expect(digest(folder, ['src'])).toBe(before)
})

test('built files, dependencies and files that are left out are no input', () => {
  const isInput = (path) => !path.endsWith('.test.ts')
  const before = digest(folder, ['src'], isInput)
  for (const name of ['dist', 'node_modules']) {
    mkdirSync(join(folder, 'src', name))
    writeFileSync(join(folder, 'src', name, 'x.js'), 'x')
  }
  writeFileSync(join(folder, 'src/a.test.ts'), 'test')
  expect(digest(folder, ['src'], isInput)).toBe(before)
})

test('an input that does not exist counts as absent', () => {
  expect(digest(folder, ['src', 'nowhere'])).toBe(digest(folder, ['src']))
})

test('a stamp holds the value it was set to, and no other', () => {
  const built = stamp(join(folder, 'cache'), 'packages')
  expect(built.holds('one')).toBe(false)
  built.set('one')
  expect(built.holds('one')).toBe(true)
  expect(built.holds('two')).toBe(false)
})
