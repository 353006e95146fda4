/** Which core a process runs on, so that the load does not take what the server is measured on. Linux only. */
import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

/** Whether processes can be held to cores here: several cores, and `taskset`. */
export const canPin = availableParallelism() > 1 && spawnSync('taskset', ['--version']).error === undefined

/** Holds a process with all its threads to one core; where that can't be, it runs where it likes. */
export function pin(pid: number, core: number): void {
  if (!canPin) return
  const { status, stderr } = spawnSync('taskset', ['--all-tasks', '--cpu-list', '--pid', `${core}`, `${pid}`])
  if (status !== 0) throw new Error(`taskset could not hold process ${pid} to core ${core}: ${stderr}`)
}
