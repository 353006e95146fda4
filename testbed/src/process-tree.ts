/** A process and those that it started. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** Ids of the processes whose parent is `pid`. */
export function childrenOf(pid: number): number[] {
  const parents = existsSync('/proc/self/stat') ? parentsOfProc() : parentsOfPs()
  return parents.filter(([, parent]) => parent === pid).map(([child]) => child)
}

/** Sends a signal to each; one that is gone already is passed over. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal)
    } catch {
      // It ended meanwhile.
    }
  }
}

type Parentage = readonly [pid: number, parent: number]

/** Without a program of its own: slim images have no `ps`. */
function parentsOfProc(): Parentage[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name): Parentage[] => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
        // `pid (name) state parent …`, and the name may hold anything.
        const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
        return [[Number(name), Number(parent)]]
      } catch {
        // It ended meanwhile.
        return []
      }
    })
}

function parentsOfPs(): Parentage[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
  return stdout.split('\n').map((line): Parentage => {
    const [pid, parent] = line.trim().split(/\s+/)
    return [Number(pid), Number(parent)]
  })
}
