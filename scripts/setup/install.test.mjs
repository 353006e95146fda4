import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { explainFailure, isInstalled, missing } from './install.mjs'

const lock = {
  '': { name: 'workspace' },
  'packages/client': { version: '0.1.0' },
  'node_modules/@millrace/client': { resolved: 'packages/client', link: true },
  'node_modules/zod': { version: '4.6.0', integrity: 'sha512-zod' },
  'node_modules/fsevents': { version: '2.3.3', integrity: 'sha512-fs', optional: true },
}
const complete = {
  'node_modules/@millrace/client': { resolved: 'packages/client', link: true },
  'node_modules/zod': { version: '4.6.0', integrity: 'sha512-zod' },
}
const everything = () => true

test('an installation that holds what the lock file requires is complete, optional packages aside', () => {
  expect(missing(lock, complete, everything)).toEqual([])
})

test('another version, a missing package and a deleted folder are noticed', () => {
  const other = { ...complete, 'node_modules/zod': { version: '4.5.0', integrity: 'sha512-old' } }
  expect(missing(lock, other, everything)).toEqual(['node_modules/zod'])
  const unlinked = { 'node_modules/zod': complete['node_modules/zod'] }
  expect(missing(lock, unlinked, everything)).toEqual(['node_modules/@millrace/client'])
  expect(missing(lock, complete, (path) => path !== 'node_modules/zod')).toEqual(['node_modules/zod'])
})

test('a fresh clone is not installed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-install-'))
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: lock }))
  expect(isInstalled(folder)).toBe(false)
  rmSync(folder, { recursive: true })
})

test.each([
  [127, 'spawn npm ENOENT', 'npm was not found'],
  [1, 'npm error code EAI_AGAIN\nnpm error request to the registry failed', "registry can't be reached"],
  [1, 'npm error code EACCES\nnpm error syscall mkdir', 'npm may not write here'],
  [1, 'npm error code ENOSPC', 'disk is full'],
  [1, 'npm error code EUSAGE', "package-lock.json doesn't fit"],
  [1, 'npm error code EINTEGRITY', 'npm ci failed (exit code 1)'],
])('a failed installation (exit code %i, %j) is explained: %s', (code, output, explanation) => {
  expect(explainFailure(code, output)).toContain(explanation)
})
