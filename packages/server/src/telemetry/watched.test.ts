import { vi } from 'vitest'
import { MemoryRunLog } from '../log/memory.ts'
import { MemoryStore } from '../store/memory.ts'
import { runLogContract } from '../testing/run-log-contract.ts'
import { storeContract } from '../testing/store-contract.ts'
import { watchedLog, watchedStore } from './watched.ts'

const unheard = () => {}

storeContract('watched', async () => {
  const store = watchedStore(new MemoryStore<{ userId: string }>(), unheard)
  return { store, close: () => store.close() }
})

runLogContract(
  'watched',
  async (options) => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    let time = 1_767_268_800_000
    const log = watchedLog(new MemoryRunLog({ ...options, now: () => time }), unheard)
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
