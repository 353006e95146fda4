/** A disk that a test can fill: a small file system of its own in memory where one may be mounted. */
import { execFileSync, spawnSync } from 'node:child_process'
import { closeSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { atEnd } from './cleanup.ts'
import { temporaryFolder } from './places.ts'

export interface SmallDisk {
  readonly folder: string
  /** From now on nothing more can be written there by this process. */
  fill(pid: number): void
  free(pid: number): void
}

const SIZE = '8m'

/**
 * Mounting needs rights that a container may not have. Without them the process gets a limit on the size of its files
 * instead, at which writes fail in the same place, only with another error code.
 */
export function smallDisk(): SmallDisk {
  const folder = temporaryFolder()
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'millrace-e2e', folder])
  if (mounted.status !== 0) return limitedFiles(folder)
  atEnd(() => execFileSync('umount', ['-l', folder]))
  const ballast = join(folder, 'ballast')
  return { folder, fill: () => fillUp(ballast), free: () => rmSync(ballast) }
}

/** Writes until there is no byte left. */
function fillUp(path: string): void {
  const file = openSync(path, 'w')
  try {
    for (let size = 1 << 20; size >= 1; size >>= 1) {
      while (writes(file, size)) {}
    }
  } finally {
    closeSync(file)
  }
}

function writes(file: number, size: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(size)) === size
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return false
    throw error
  }
}

function limitedFiles(folder: string): SmallDisk {
  const limit = (pid: number, size: string) => {
    const { error } = spawnSync('prlimit', ['--pid', String(pid), `--fsize=${size}:`])
    if (error) throw new Error('A full disk needs the right to mount one, or the program prlimit.', { cause: error })
  }
  return {
    folder,
    fill: (pid) => limit(pid, String(statSync(join(folder, 'millrace.db-wal')).size)),
    free: (pid) => limit(pid, 'unlimited'),
  }
}
