import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ensureServices, findPostgres, findRedis } from './services.mjs'

/** A machine of which only this folder is on the path. */
let folder

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-services-'))
  vi.stubEnv('PATH', folder)
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
})

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true })
})

function program(name, body = 'exit 0', where = folder) {
  mkdirSync(where, { recursive: true })
  writeFileSync(join(where, name), `#!/bin/sh\nPATH=${folder}:/usr/bin:/bin\n${body}\n`)
  chmodSync(join(where, name), 0o755)
}

test('Redis is taken from the path, or Valkey', () => {
  expect(findRedis()).toBeUndefined()
  program('redis-server', 'exit 1')
  expect(findRedis()).toBeUndefined()
  program('valkey-server')
  expect(findRedis()).toBe(folder)
})

test('PostgreSQL is found off the path, the newest version that is whole', () => {
  for (const version of ['9', '15', '17']) program('postgres', 'exit 0', join(folder, 'versions', version, 'bin'))
  for (const version of ['9', '15']) program('initdb', 'exit 0', join(folder, 'versions', version, 'bin'))
  const roots = [join(folder, 'nowhere'), join(folder, 'versions')]
  expect(findPostgres(roots)).toBe(join(folder, 'versions/15/bin'))
  expect(findPostgres([])).toBeUndefined()
})

test('where both are there nothing is installed, and the path leads to them', async () => {
  program('redis-server')
  program('postgres')
  program('initdb')
  program('apt-get', `echo "$@" >> ${folder}/calls; exit 1`)
  await ensureServices()
  expect(process.env.PATH.split(delimiter)).toEqual([folder])
})

test("what is missing is installed by the system's package manager, and no service is started for it", async () => {
  program('postgres')
  program('initdb')
  program('sudo', 'shift; exec "$@"')
  program(
    'apk',
    `[ "$1" = add ] && echo "$@" >> ${folder}/calls && cp ${folder}/postgres ${folder}/redis-server; exit 0`,
  )
  await ensureServices()
  expect(findRedis()).toBe(folder)
})

test('where it can not be installed, what to do is said', async () => {
  program('apk', 'echo "ERROR: unable to select packages"; [ "$1" = --version ]')
  program('sudo', 'shift; exec "$@"')
  await expect(ensureServices()).rejects.toThrow(/unable to select packages.*need Redis.*apt-get install redis-server/s)
  rmSync(join(folder, 'apk'))
  await expect(ensureServices()).rejects.toThrow(/need Redis.*brew install redis.*It need not run/s)
})
