import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { capture } from './command.mjs'
import { withoutServices } from './system-packages.mjs'

let folder
let policy

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-packages-'))
  policy = join(folder, 'policy-rc.d')
  program('systemctl', `echo "systemctl $*" >> ${folder}/calls`)
})

afterEach(() => rmSync(folder, { recursive: true }))

function program(name, body) {
  writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`)
  chmodSync(join(folder, name), 0o755)
}

function run([command, ...args]) {
  return capture(command, args, { env: { PATH: `${folder}:/usr/bin:/bin` } })
}

test('what is installed on Debian is neither started nor started at the next boot', async () => {
  // A package asks the policy before it starts its service.
  program('apt-get', `echo "$*" >> ${folder}/calls; ${policy}; echo "policy $?" >> ${folder}/calls`)
  expect(await run(withoutServices(['redis-server'], ['redis-server'], policy))).toMatchObject({ code: 0 })
  expect(readFileSync(join(folder, 'calls'), 'utf8').split('\n')).toEqual([
    'install -q -y --no-install-recommends redis-server',
    'policy 101',
    'systemctl disable redis-server',
    '',
  ])
  expect(existsSync(policy)).toBe(false)
})

test("a policy of the machine's own stays as it is", async () => {
  program('policy-rc.d', 'exit 0')
  program('apt-get', 'exit 0')
  const before = readFileSync(policy, 'utf8')
  expect(await run(withoutServices(['postgresql'], ['postgresql'], policy))).toMatchObject({ code: 0 })
  expect(readFileSync(policy, 'utf8')).toBe(before)
})

test('an installation that fails is one, and leaves no policy behind', async () => {
  program('apt-get', 'echo "E: Unable to locate package"; exit 100')
  const { code, output } = await run(withoutServices(['postgresql'], ['postgresql'], policy))
  expect(code).not.toBe(0)
  expect(output).toContain('Unable to locate package')
  expect(existsSync(policy)).toBe(false)
  expect(existsSync(join(folder, 'calls'))).toBe(false)
})
