/** What an open answer holds in memory, by the log and by how much it has said. */
import { startRedis } from '@millrace/testbed'
import { AGENT_SQLITE, BARE, EVENTS_MEMORY, EVENTS_SQLITE, eventsRedis } from '../contenders.ts'
import { newThread } from '../load.ts'
import { warmUp } from '../measure.ts'
import { Reading } from '../reading.ts'
import { type Contender, startContender } from '../server-process.ts'
import type { MemoryUsage } from '../servers/control.ts'
import { machine, table, verdict } from '../table.ts'

const STREAMS = 500
/** Said before it is measured; then a token a second keeps the streams open. */
const LENGTHS = [100, 1000]
const STAYS_OPEN = '+600@1'
const WARM_RUNS = 1000
/** Started together; a server that takes 500 messages in the same moment grows for that alone. */
const AT_ONCE = 20

const KIBIBYTE = 1024
const LIMIT_KIB = 64

export async function memoryReport(): Promise<string> {
  const redis = await startRedis()
  const withRedis = eventsRedis(redis.url)
  const limited = [EVENTS_MEMORY, EVENTS_SQLITE, withRedis, AGENT_SQLITE]
  try {
    const lines: string[][] = []
    for (const contender of [BARE, ...limited]) {
      for (const length of LENGTHS) {
        const { rssBytes, usedBytes } = await perStream(contender, length)
        const used = usedBytes / KIBIBYTE
        lines.push([
          contender.label,
          length.toLocaleString('en'),
          used.toFixed(1),
          (rssBytes / KIBIBYTE).toFixed(1),
          limited.includes(contender) ? verdict(used, LIMIT_KIB, 'KiB') : '',
        ])
      }
    }
    return [
      `**Memory of an open stream, ${STREAMS} of them** (${machine()})`,
      '',
      table(['server', 'tokens said', 'heap and buffers, KiB', 'RSS, KiB', 'limit'], lines),
      '',
      'After a full garbage collection, less what the same warmed-up process held without a stream. The limit is of heap and buffers: the room for garbage that RSS counts besides depends on what the process did before.',
    ].join('\n')
  } finally {
    await redis.stop()
  }
}

async function perStream(contender: Contender, length: number): Promise<MemoryUsage> {
  const server = await startContender(contender, ['--expose-gc'])
  const readings: Reading[] = []
  try {
    await warmUp(server, WARM_RUNS)
    const without = await server.memory()
    while (readings.length < STREAMS) {
      const some = Array.from({ length: AT_ONCE }, () => new Reading(server.port, newThread(`${length}${STAYS_OPEN}`)))
      readings.push(...some)
      await Promise.all(some.map((reading) => reading.until('"delta"', length)))
    }
    // What was said all at once was written all at once; two tokens later every log holds what it holds of any answer.
    await Promise.all(readings.map((reading) => reading.until('"delta"', 2)))
    const open = await server.memory()
    return {
      rssBytes: (open.rssBytes - without.rssBytes) / STREAMS,
      usedBytes: (open.usedBytes - without.usedBytes) / STREAMS,
    }
  } finally {
    for (const reading of readings) reading.leave()
    await server.stop()
  }
}
