import { storeContract } from '../testing/store-contract.ts'
import { MemoryStore } from './memory.ts'

storeContract('memory', async () => {
  const store = new MemoryStore<{ userId: string }>()
  return { store, close: () => store.close() }
})
