/** A disk that can be filled: a small file system of its own in memory, or where none may be mounted a limit on its files. */
import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface SmallDisk {
  readonly folder: string
  /** From now on that process can write nothing more there. */
  fill(pid: number): void
  free(pid: number): void
  remove(): void
}

const SIZE = '8m'

/** @throws Error where neither a file system can be mounted nor the size of files limited */
export function smallDisk(): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-chaos-disk-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'millrace-chaos', folder])
  if (mounted.status !== 0) return limitedFiles(folder)
  const ballast = join(folder, 'ballast')
  return {
    folder,
    fill: () => fillUp(ballast),
    free: () => rmSync(ballast),
    remove() {
      spawnSync('umount', ['-l', folder])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Writes until there is no byte left. */
function fillUp(path: string): void {
  const file = openSync(path, 'w')
  try {
    for (let size = 1 << 20; size >= 1; size >>= 1) while (fits(file, size)) {}
  } finally {
    closeSync(file)
  }
}

function fits(file: number, size: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(size)) === size
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return false
    throw error
  }
}

/** Writes fail at the limit in the same place as on a full disk, only with another code. */
function limitedFiles(folder: string): SmallDisk {
  const limit = (pid: number, bytes: string) => {
    const { status, error } = spawnSync('prlimit', ['--pid', `${pid}`, `--fsize=${bytes}:`])
    if (status !== 0)
      throw new Error('A full disk needs the right to mount one, or the program prlimit.', { cause: error })
  }
  return {
    folder,
    fill: (pid) => limit(pid, `${statSync(join(folder, 'millrace.db-wal')).size}`),
    free: (pid) => limit(pid, 'unlimited'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
