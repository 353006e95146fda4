/** Where PostgreSQL's own programs are. Debian and Homebrew keep them off the PATH, each version in a folder of its own. */
import { accessSync, constants, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

export interface PostgresPrograms {
  readonly initdb: string
  readonly postgres: string
}

/** Folders that hold a folder for each version: Debian's, Alpine's, Homebrew's. */
const VERSIONED = ['/usr/lib/postgresql', '/usr/libexec', '/opt/homebrew/opt', '/usr/local/opt']

/** @throws Error that says how to install them */
export function findPostgres(): PostgresPrograms {
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), ...VERSIONED.flatMap(versions)]) {
    const programs = { initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres') }
    if (isExecutable(programs.initdb) && isExecutable(programs.postgres)) return programs
  }
  throw new Error(
    'PostgreSQL (`initdb`, `postgres`) was not found. Install it: `apt-get install postgresql`, `brew install postgresql`.',
  )
}

/** The `bin` folders of the versions in a folder, the newest first. */
function versions(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^(postgresql\D*)?\d*$/.test(name))
      .sort((a, b) => versionOf(b) - versionOf(a))
      .map((name) => join(folder, name, 'bin'))
  } catch {
    // No such folder on this system.
    return []
  }
}

function versionOf(name: string): number {
  return Number(/[\d.]+$/.exec(name)?.[0] ?? 0)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
