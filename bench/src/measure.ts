/** CPU time per unit of work, and ratios between servers that take turns, so that a noisy machine touches all alike. */
import { flood } from './load.ts'
import { type Contender, type ServerProcess, startContender } from './server-process.ts'
import { cpuUsage } from './servers/control.ts'

export interface Measured {
  label: string
  /** Median over the rounds, in microseconds of CPU per unit. */
  cpuUs: number
  /** Median over the rounds of the ratio to the first contender in the same round. */
  ratio: number
  /** What the load itself took, likewise: the clients run in the bench's own process. */
  loadUs: number
  /** What the bystander took, likewise. */
  besideUs: number
}

export interface Plan {
  contenders: readonly Contender[]
  rounds: number
  /** One round of work for one server. Returns how many units were done. */
  work(server: ServerProcess): Promise<number>
  /** CPU time so far, in microseconds, of another process that does part of the work: a Redis. */
  beside?(): Promise<number>
}

/** Runs and tokens after which the compiler has seen to nearly all that is run: fewer, and its own time is measured. */
const WARM_RUNS = 3000
const WARM_AT_ONCE = 100
const WARM_TOKENS = 50

/** Starts all, warms each up, then lets them take turns. */
export async function compare(plan: Plan): Promise<Measured[]> {
  const { contenders, rounds } = plan
  const servers: ServerProcess[] = []
  try {
    for (const contender of contenders) servers.push(await startContender(contender))
    for (const server of servers) {
      await warmUp(server)
      await plan.work(server)
    }
    const costs: Cost[][] = servers.map(() => [])
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, server] of servers.entries()) costs[index]?.push(await cost(server, plan))
    }
    const [first = []] = costs
    return contenders.map(({ label }, index) => {
      const mine = costs[index] ?? []
      return {
        label,
        cpuUs: median(mine.map(({ cpuUs }) => cpuUs)),
        ratio: median(mine.map(({ cpuUs }, round) => cpuUs / (first[round]?.cpuUs ?? cpuUs))),
        loadUs: median(mine.map(({ loadUs }) => loadUs)),
        besideUs: median(mine.map(({ besideUs }) => besideUs)),
      }
    })
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}

export async function warmUp({ port }: ServerProcess, runs = WARM_RUNS): Promise<void> {
  for (let run = 0; run < runs; run += WARM_AT_ONCE) await flood(port, WARM_AT_ONCE, `${WARM_TOKENS}@0`)
}

/** CPU microseconds per unit: of the server, the load, and what stands beside them. */
export interface Cost {
  cpuUs: number
  loadUs: number
  besideUs: number
}

/** What one round cost. */
export async function cost(server: ServerProcess, { work, beside }: Pick<Plan, 'work' | 'beside'>): Promise<Cost> {
  const look = async () => ({
    server: (await server.usage()).cpuUs,
    load: cpuUsage().cpuUs,
    beside: (await beside?.()) ?? 0,
  })
  const before = await look()
  const units = await work(server)
  const after = await look()
  return {
    cpuUs: (after.server - before.server) / units,
    loadUs: (after.load - before.load) / units,
    besideUs: (after.beside - before.beside) / units,
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
