import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ensureBrowser, findBrowser } from './browser.mjs'

/** A machine of which only this folder is on the path. */
let folder

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-browser-'))
  vi.stubEnv('PATH', folder)
  vi.stubEnv('CHROMIUM_PATH', undefined)
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  program('sudo', 'shift; exec "$@"')
})

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true })
})

function program(name, body) {
  writeFileSync(join(folder, name), `#!/bin/sh\nPATH=${folder}:/usr/bin:/bin\n${body}\n`)
  chmodSync(join(folder, name), 0o755)
}

test('the browser of the machine is taken', async () => {
  program('google-chrome', 'exit 0')
  expect(await ensureBrowser()).toBe(join(folder, 'google-chrome'))
})

test('one that does not start, as the stub which asks for a snap, is passed over', () => {
  program('chromium-browser', 'exit 1')
  expect(findBrowser()).toBeUndefined()
  program('google-chrome', 'exit 0')
  expect(findBrowser()).toBe(join(folder, 'google-chrome'))
})

test('CHROMIUM_PATH wins, and must start', async () => {
  program('chromium', 'exit 0')
  program('mine', 'exit 0')
  vi.stubEnv('CHROMIUM_PATH', join(folder, 'mine'))
  expect(await ensureBrowser()).toBe(join(folder, 'mine'))
  vi.stubEnv('CHROMIUM_PATH', join(folder, 'nothing'))
  await expect(ensureBrowser()).rejects.toThrow(/CHROMIUM_PATH names .*nothing, which doesn't start/)
})

test("where there is none the system's package manager installs it", async () => {
  program('apt-get', `[ "$1" = install ] && cp ${folder}/sudo ${folder}/chromium\nexit 0`)
  program('sudo', 'case "$1" in --version) exit 0;; esac\nshift; exec "$@"')
  expect(await ensureBrowser()).toBe(join(folder, 'chromium'))
})

test('where it can not be installed, what to do is said', async () => {
  await expect(ensureBrowser()).rejects.toThrow(/Install Chromium or Google Chrome.*CHROMIUM_PATH=/s)
  program('apt-get', 'echo "E: Unable to locate package chromium"; [ "$1" = --version ]')
  await expect(ensureBrowser()).rejects.toThrow(/Unable to locate package.*CHROMIUM_PATH=/s)
})
