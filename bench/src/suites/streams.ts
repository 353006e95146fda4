/** The cost of streaming: in a flood, paced, at the start of a run, and in long answers. */
import { AGENT_MEMORY, AGENT_SQLITE, BARE, EVENTS_MEMORY, EVENTS_SQLITE } from '../contenders.ts'
import { exchange, flood, newThread } from '../load.ts'
import { compare, cost, median } from '../measure.ts'
import { type ServerProcess, startContender } from '../server-process.ts'
import { machine, ratioTable, table, verdict } from '../table.ts'

const STREAMS = 50
const TOKENS = 2000

/** As fast as it goes: 50 answers of 2,000 tokens at once. */
export async function floodReport(): Promise<string> {
  const rows = await compare({
    contenders: [BARE, EVENTS_MEMORY, EVENTS_SQLITE, AGENT_MEMORY, AGENT_SQLITE],
    rounds: 7,
    work: async ({ port }) => {
      await flood(port, STREAMS, `${TOKENS}@0`)
      return STREAMS * TOKENS
    },
  })
  return ratioTable(`Flood: ${STREAMS} streams × ${TOKENS} tokens`, 'token', rows, {
    [EVENTS_MEMORY.label]: 1.3,
    [EVENTS_SQLITE.label]: 2,
    [AGENT_MEMORY.label]: 4,
    [AGENT_SQLITE.label]: 5,
  })
}

const PACED_STREAMS = 100
const PACED_TOKENS = 300

/** As answers are: 100 at once, each 20 tokens a second. */
export async function pacedReport(): Promise<string> {
  const rows = await compare({
    contenders: [BARE, AGENT_SQLITE],
    rounds: 3,
    work: async ({ port }) => {
      await flood(port, PACED_STREAMS, `${PACED_TOKENS}@20`)
      return PACED_STREAMS * PACED_TOKENS
    },
  })
  return ratioTable(`Paced: ${PACED_STREAMS} streams at 20 tokens/s`, 'token', rows, { [AGENT_SQLITE.label]: 3 })
}

const RUNS = 1000
const AT_ONCE = 20

/** What a run costs besides its tokens: answers of one token, 20 under way at a time. */
export async function startReport(): Promise<string> {
  const rows = await compare({ contenders: [BARE, EVENTS_MEMORY, EVENTS_SQLITE], rounds: 5, work: shortRuns })
  const lines = rows.map(({ label, cpuUs }) => [label, (cpuUs / 1000).toFixed(2)])
  return [
    `**Starting a run** (${machine()}; limit 1.5 ms besides the SDK)`,
    '',
    table(['server', 'CPU ms per run'], lines),
  ].join('\n')
}

async function shortRuns({ port }: ServerProcess): Promise<number> {
  const client = async () => {
    for (let run = 0; run < RUNS / AT_ONCE; run += 1) await exchange(port, newThread('1@0'))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, client))
  return RUNS
}

const SHORT = 500
const LONG = 32_000
const PER_ROUND = 64_000

/** A token of a long answer against one of a short answer, in the same server. */
export async function linearReport(): Promise<string> {
  const lines: string[][] = []
  for (const contender of [EVENTS_MEMORY, EVENTS_SQLITE, AGENT_MEMORY, AGENT_SQLITE]) {
    const server = await startContender(contender)
    try {
      const of = (tokens: number) =>
        cost(server, {
          work: async ({ port }) => {
            await flood(port, PER_ROUND / tokens, `${tokens}@0`)
            return PER_ROUND
          },
        })
      await of(SHORT)
      await of(LONG)
      const ratios: number[] = []
      for (let round = 0; round < 5; round += 1) {
        const short = await of(SHORT)
        ratios.push((await of(LONG)).cpuUs / short.cpuUs)
      }
      const ratio = median(ratios)
      lines.push([contender.label, ratio.toFixed(2), verdict(ratio, 1.2)])
    } finally {
      await server.stop()
    }
  }
  return [
    `**Linear: a token of ${LONG} against one of ${SHORT}** (${machine()})`,
    '',
    table(['server', 'ratio', 'limit'], lines),
  ].join('\n')
}
