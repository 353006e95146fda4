import { vi } from 'vitest'
import { runLogContract } from '../testing/run-log-contract.ts'
import { MemoryRunLog } from './memory.ts'

runLogContract(
  'memory',
  async (options) => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    let time = 1_767_268_800_000
    const log = new MemoryRunLog({ ...options, now: () => time })
    return {
      log,
      advance: async (ms) => {
        time += ms
        await vi.advanceTimersByTimeAsync(ms)
      },
      close: async () => {
        await log.close()
        vi.useRealTimers()
      },
    }
  },
  { nodes: 1, outlives: false },
)
