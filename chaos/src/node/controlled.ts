/** A server in a process of its own, as the suite handles it: killed, frozen, drained, started again at the same address. */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

export interface ServerProcess {
  readonly url: string
  readonly pid: number
  readonly isAlive: boolean
  /** `kill -9`; resolves once it is gone. */
  kill(): Promise<void>
  /** A new process on the same data and the same port. */
  restart(): Promise<void>
  /** SIGSTOP: it does nothing, and does not know it. */
  freeze(): void
  wake(): void
  /** SIGTERM; resolves with the exit code. */
  drain(): Promise<number | null>
}

/** A process that listens. */
export interface Launched {
  child: ChildProcess
  port: number
}

/** As long as a busy machine may need. */
export const START_MS = 30_000

/** `launch` starts the process on a port, 0 for any free one, and resolves once it listens. */
export async function controlled(
  launch: (port: number) => Promise<Launched>,
): Promise<ServerProcess & { child(): ChildProcess }> {
  let { child, port } = await launch(0)
  const isAlive = () => child.exitCode === null && child.signalCode === null
  const ended = async (signal: NodeJS.Signals) => {
    if (!isAlive()) return child.exitCode
    const exit = once(child, 'exit')
    child.kill(signal)
    await exit
    return child.exitCode
  }
  return {
    url: `http://127.0.0.1:${port}`,
    child: () => child,
    get pid() {
      return child.pid ?? 0
    },
    get isAlive() {
      return isAlive()
    },
    async kill() {
      await ended('SIGKILL')
    },
    async restart() {
      await ended('SIGKILL')
      child = (await launch(port)).child
    },
    freeze: () => void child.kill('SIGSTOP'),
    wake: () => void child.kill('SIGCONT'),
    drain: () => ended('SIGTERM'),
  }
}

const children = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL')
})

/** It ends with this process at the latest. */
export function endWithUs(child: ChildProcess): void {
  children.add(child)
  child.once('exit', () => children.delete(child))
}

/** Rejects where the process ends, or takes too long, before `answer` resolves. */
export async function unlessItEnds<T>(
  child: ChildProcess,
  what: string,
  answer: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController()
  const signal = AbortSignal.any([over.signal, AbortSignal.timeout(START_MS)])
  try {
    const died = once(child, 'exit', { signal }).then(([code]) => {
      throw new Error(`${what} ended with code ${code}.`)
    })
    return await Promise.race([answer(signal), died])
  } finally {
    over.abort()
  }
}
