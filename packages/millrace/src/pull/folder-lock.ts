/** One pull into a folder at a time, also between processes. */
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const CHECK_MS = 200
/** A lock without a living owner's number in it is left over, once its writer has had time to write it. */
const WRITE_MS = 5000

/** Runs `work` while holding the folder's lock. Waits for another holder; `onWait` is told its process id, once. */
export async function withFolderLock<T>(
  folder: string,
  work: () => Promise<T>,
  onWait: (pid: number) => void,
  signal?: AbortSignal,
): Promise<T> {
  const path = join(folder, '.pull.lock')
  let told = false
  while (!(await claim(path))) {
    const holder = await holderOf(path)
    if (holder === 'gone') await rm(path, { force: true })
    else if (!told && holder !== 'unknown') {
      told = true
      onWait(holder)
    }
    await delay(CHECK_MS, undefined, { ...(signal && { signal }) })
  }
  try {
    return await work()
  } finally {
    await rm(path, { force: true })
  }
}

async function claim(path: string): Promise<boolean> {
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

async function holderOf(path: string): Promise<number | 'gone' | 'unknown'> {
  const pid = Number(await readFile(path, 'utf8').catch(() => ''))
  if (pid > 0) return isAlive(pid) ? pid : 'gone'
  const info = await stat(path).catch(() => undefined)
  return info !== undefined && Date.now() - info.mtimeMs > WRITE_MS ? 'gone' : 'unknown'
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
