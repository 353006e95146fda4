/** Installs packages of the operating system, where its package manager may do so without asking. */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { capture, works } from './command.mjs'
import { progress } from './progress.mjs'
import { SetupError } from './script.mjs'

/** Package managers in the order in which they are tried, each with the commands that install packages. */
const MANAGERS = {
  'apt-get': {
    asRoot: true,
    commands: (packages, services) => [
      ['apt-get', 'update', '-q'],
      services.length > 0 ? withoutServices(packages, services) : aptInstall(packages),
    ],
  },
  dnf: { asRoot: true, commands: (packages) => [['dnf', 'install', '-y', ...packages]] },
  apk: { asRoot: true, commands: (packages) => [['apk', 'add', '--no-cache', ...packages]] },
  brew: { asRoot: false, commands: (packages) => [['brew', 'install', ...packages]] },
}

/**
 * Installs by the first package manager that is here.
 * @template T
 * @param {object} wanted
 * @param {string} wanted.what as the person at the keyboard reads it
 * @param {Record<keyof typeof MANAGERS, string[]>} wanted.packages their names for each manager
 * @param {string} wanted.advice what to do where it can't be done from here
 * @param {() => T | undefined} wanted.find what is there once the packages are
 * @param {string[]} [wanted.services] what Debian would start besides, and does not
 * @returns {Promise<T>} what was found
 */
export async function installPackages({ what, packages, advice, find, services = [] }) {
  const name = Object.keys(MANAGERS).find((manager) => works(manager, ['--version']))
  const manager = MANAGERS[name]
  const prefix = manager && rights(manager)
  if (!prefix) throw new SetupError(advice)
  const step = progress(`Installing ${what} (${name})`)
  for (const command of manager.commands(packages[name], services)) {
    const [program, ...args] = [...prefix, ...command]
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const { code, output } = await capture(program, args, {
      env,
      onLine: (line) => step.note(line.trim().slice(0, 60)),
    })
    if (code !== 0) {
      step.end('Failed')
      throw new SetupError(`${output.trim().slice(-2000)}\n\n${advice}`)
    }
  }
  const found = find()
  if (!found) throw new SetupError(advice)
  step.end('Installed')
  return found
}

/** The places where a program of that name may be, those on the path first. */
export function places(name, folders = []) {
  return [...(process.env.PATH ?? '').split(delimiter), ...folders]
    .map((folder) => join(folder, name))
    .filter((path) => existsSync(path))
}

/** What has to stand before a command so that it may install; nothing if that isn't possible without asking. */
function rights({ asRoot }) {
  if (!asRoot || process.getuid?.() === 0) return []
  return works('sudo', ['-n', 'true']) ? ['sudo', '-n'] : undefined
}

function aptInstall(packages) {
  return ['apt-get', 'install', '-q', '-y', '--no-install-recommends', ...packages]
}

/**
 * Debian starts what it installs, now and at every boot, on a port that another program may want. A policy forbids the
 * first, unless the machine has a policy of its own.
 */
export function withoutServices(packages, services, policy = '/usr/sbin/policy-rc.d') {
  const script = `
    if [ ! -e "$0" ]; then
      trap 'rm -f "$0"' EXIT
      printf '#!/bin/sh\\nexit 101\\n' > "$0" && chmod 755 "$0" || exit 1
    fi
    ${aptInstall(['"$@"']).join(' ')} || exit 1
    if command -v systemctl > /dev/null; then systemctl disable ${services.join(' ')} || true; fi`
  return ['sh', '-c', script, policy, ...packages]
}
