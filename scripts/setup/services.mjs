/** Finds Redis and PostgreSQL for the tests, and installs them where the system's package manager may. */
import { readdirSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { works } from './command.mjs'
import { installPackages, places } from './system-packages.mjs'

/** Folders in which systems keep a folder for each version of PostgreSQL, off the path: Debian's, Alpine's, Homebrew's. */
const VERSIONED = ['/usr/lib/postgresql', '/usr/libexec', '/opt/homebrew/opt', '/usr/local/opt']

const SERVICES = [
  {
    what: 'Redis',
    packages: { 'apt-get': ['redis-server'], dnf: ['redis'], apk: ['redis'], brew: ['redis'] },
    find: findRedis,
    services: ['redis-server'],
  },
  {
    what: 'PostgreSQL',
    packages: { 'apt-get': ['postgresql'], dnf: ['postgresql-server'], apk: ['postgresql'], brew: ['postgresql'] },
    find: () => findPostgres(),
    services: ['postgresql'],
  },
]

/**
 * Makes sure that the programs are there; the tests start servers of their own, on free ports. What is off the path is put
 * on that of this process and of those it starts.
 */
export async function ensureServices() {
  for (const service of SERVICES) {
    const what = `${service.what} for the tests`
    const folder = service.find() ?? (await installPackages({ ...service, what, advice: advice(service) }))
    const folders = (process.env.PATH ?? '').split(delimiter)
    if (!folders.includes(folder)) process.env.PATH = [...folders, folder].join(delimiter)
  }
}

/** The folder of a Redis or Valkey that starts. */
export function findRedis() {
  return folderOf(['redis-server', 'valkey-server'].flatMap((name) => places(name)))
}

/** The folder of a PostgreSQL that starts and can make databases. */
export function findPostgres(roots = VERSIONED) {
  const servers = places('postgres', roots.flatMap(versions))
  return folderOf(servers.filter((path) => works(join(dirname(path), 'initdb'), ['--version'])))
}

function folderOf(paths) {
  const path = paths.find((each) => works(each, ['--version']))
  return path && dirname(path)
}

/** The `bin` folders of the versions in a folder, the newest first. */
function versions(root) {
  try {
    const number = (name) => Number(/\d+$/.exec(name)?.[0] ?? 0)
    return readdirSync(root)
      .filter((name) => /^(postgresql\D*)?\d*$/.test(name))
      .sort((a, b) => number(b) - number(a))
      .map((name) => join(root, name, 'bin'))
  } catch {
    // No such folder on this system.
    return []
  }
}

function advice({ what, packages }) {
  return [
    `The tests of several nodes need ${what}, and it could not be installed from here.`,
    `Install it (Debian: \`sudo apt-get install ${packages['apt-get']}\`; macOS: \`brew install ${packages.brew}\`;`,
    `Fedora: \`sudo dnf install ${packages.dnf}\`; Alpine: \`apk add ${packages.apk}\`). It need not run: the tests start their own.`,
  ].join('\n')
}
