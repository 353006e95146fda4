import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { settings } from './config/settings.ts'
import { sessionSecret } from './session-secret.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-secret-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const GIVEN = 'a secret that somebody has given, long enough'
const ask = (more: Partial<Parameters<typeof sessionSecret>[0]> = {}) =>
  sessionSecret({ given: undefined, folder: join(folder, 'data'), isShared: false, ...more })

test('it is made at the first start, and the next one finds it', async () => {
  const first = await ask()
  expect(first).toMatch(/^[\w-]{43}$/)
  expect(await ask()).toBe(first)
  expect(readFileSync(join(folder, 'data/session-secret'), 'utf8').trim()).toBe(first)
})

test('only the one who starts the server can read it', async () => {
  await ask()
  expect(statSync(join(folder, 'data/session-secret')).mode & 0o777).toBe(0o600)
})

test('starts at once agree on one, and leave nothing else behind', async () => {
  const secrets = await Promise.all(Array.from({ length: 20 }, () => ask()))
  expect(new Set(secrets).size).toBe(1)
  expect(readdirSync(join(folder, 'data'))).toEqual(['session-secret'])
})

test('one that is given wins, and nothing is written', async () => {
  expect(await ask({ given: GIVEN, isShared: true })).toBe(GIVEN)
  expect(readdirSync(folder)).toEqual([])
})

test('several nodes must be given one', async () => {
  await expect(ask({ isShared: true })).rejects.toThrow(/SESSION_SECRET is needed.*every node.*openssl rand -base64 32/)
})

test('the example of the documentation is no secret', async () => {
  await expect(ask({ given: settings.sessionSecret.example })).rejects.toThrow('which everybody knows')
})

test('a file that holds no secret is an error that names it', async () => {
  writeFileSync(join(folder, 'session-secret'), 'short')
  await expect(ask({ folder })).rejects.toThrow(/session-secret does not hold a secret.*Delete it/)
})

test('a folder that can not be written is an error that says what to do', async () => {
  writeFileSync(join(folder, 'file'), '')
  chmodSync(join(folder, 'file'), 0o600)
  await expect(ask({ folder: join(folder, 'file') })).rejects.toThrow(/can't be kept in .*SESSION_SECRET/)
})
