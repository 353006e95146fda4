/** CPU time per unit of work, and ratios between servers that take turns, so that a noisy machine touches all alike. */
import { flood } from './load.ts'
import { type ServerProcess, startServer } from './server-process.ts'

export interface Contender {
  label: string
  server: string
  args?: string[]
}

export interface Measured {
  label: string
  /** Median over the rounds, in microseconds of CPU per unit. */
  cpuUs: number
  /** Median over the rounds of the ratio to the first contender in the same round. */
  ratio: number
}

export interface Plan {
  contenders: readonly Contender[]
  rounds: number
  /** One round of work for one server. Returns how many units were done. */
  work(server: ServerProcess): Promise<number>
}

/** Runs and tokens after which the compiler has seen to nearly all that is run: fewer, and its own time is measured. */
const WARM_RUNS = 3000
const WARM_AT_ONCE = 100
const WARM_TOKENS = 50

/** Starts all, warms each up, then lets them take turns. */
export async function compare({ contenders, rounds, work }: Plan): Promise<Measured[]> {
  const servers: ServerProcess[] = []
  try {
    for (const { server, args } of contenders) servers.push(await startServer(server, args))
    for (const server of servers) {
      await warmUp(server)
      await work(server)
    }
    const costs: number[][] = servers.map(() => [])
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, server] of servers.entries()) costs[index]?.push(await cost(server, work))
    }
    const [first = []] = costs
    return contenders.map(({ label }, index) => {
      const mine = costs[index] ?? []
      return { label, cpuUs: median(mine), ratio: median(mine.map((us, round) => us / (first[round] ?? us))) }
    })
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}

async function warmUp({ port }: ServerProcess): Promise<void> {
  for (let run = 0; run < WARM_RUNS; run += WARM_AT_ONCE) await flood(port, WARM_AT_ONCE, `${WARM_TOKENS}@0`)
}

/** CPU microseconds per unit of one round. */
export async function cost(server: ServerProcess, work: Plan['work']): Promise<number> {
  const before = await server.usage()
  const units = await work(server)
  const after = await server.usage()
  return (after.cpuUs - before.cpuUs) / units
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
