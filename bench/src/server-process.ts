/** A server under measurement: a process of its own, so that its CPU time and memory are its alone. */
import { startChild } from './child.ts'
import type { FromServer, MemoryUsage, Usage } from './servers/control.ts'

export interface ServerProcess {
  readonly port: number
  readonly pid: number
  usage(): Promise<Usage>
  /** After a full garbage collection; the server was started with `--expose-gc`. */
  memory(): Promise<MemoryUsage>
  /** `kill -9`. */
  kill(): Promise<void>
  stop(): Promise<void>
}

/** A server that takes part in a comparison. */
export interface Contender {
  label: string
  /** Of `servers/`. */
  server: string
  args?: readonly string[]
}

/** Starts a server with arguments of its own and of Node, and waits until it listens. */
export async function startContender(
  { server: name, args }: Omit<Contender, 'label'>,
  nodeArgs: readonly string[] = [],
): Promise<ServerProcess> {
  const child = await startChild<FromServer>(`servers/${name}`, args, nodeArgs)
  if (!('port' in child.hello)) throw new Error(`${name} did not say where it listens.`)
  return {
    port: child.hello.port,
    pid: child.pid,
    async usage() {
      const answer = await child.ask('usage')
      if (!('usage' in answer)) throw new Error(`${name} did not tell its usage.`)
      return answer.usage
    },
    async memory() {
      const answer = await child.ask('memory')
      if (!('memory' in answer)) throw new Error(`${name} did not tell its memory.`)
      return answer.memory
    },
    kill: () => child.kill(),
    stop: () => child.stop(),
  }
}
