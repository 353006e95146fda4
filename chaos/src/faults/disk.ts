/** What happens to the disk under the SQLite file. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Fault, Lab } from '../fault.ts'
import { onOneNode } from '../mid-answer.ts'
import { smallDisk } from '../small-disk.ts'
import type { Tally } from '../tally.ts'

export const diskFaults: readonly Fault[] = [
  {
    name: 'disk-full',
    title: 'The disk is full in mid-answer (SQLite), then there is room again',
    look: 'The error `unavailable`; what had been said is in the thread once there is room.',
    run: diskFull,
  },
]

async function diskFull(lab: Lab): Promise<Tally> {
  const disk = smallDisk()
  try {
    return await onOneNode({
      world: { dataFolder: disk.folder },
      script: { tokens: 300, perSecond: 150 },
      outcomes: ['failed', 'completed'],
      async inject({ nodes: [node] }) {
        disk.fill(node?.pid ?? 0)
        await delay(800)
        disk.free(node?.pid ?? 0)
      },
    })(lab)
  } finally {
    disk.remove()
  }
}
