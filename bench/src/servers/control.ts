/** How the bench talks to a server process: it tells its port, and its CPU time and memory when asked. */

export interface Usage {
  /** User and system time of the whole process, in microseconds. */
  cpuUs: number
}

export interface MemoryUsage {
  rssBytes: number
  /** Of the heap, and of buffers outside of it. */
  usedBytes: number
}

export type FromServer = { port: number } | { usage: Usage } | { memory: MemoryUsage }

/** Answers `usage` and `memory`; ends when the bench goes away. */
export function reportTo(parent: NodeJS.Process, port: number): void {
  parent.on('message', (question) => {
    if (question === 'memory') send({ memory: memoryUsage() })
    else send({ usage: cpuUsage() })
  })
  parent.on('disconnect', () => process.exit(0))
  send({ port })
}

/** CPU time so far of the process that asks. */
export function cpuUsage(): Usage {
  const { user, system } = process.cpuUsage()
  return { cpuUs: user + system }
}

function memoryUsage(): MemoryUsage {
  if (!globalThis.gc) throw new Error('Memory is measured after a collection: start the server with --expose-gc.')
  // Twice: what a finaliser of the first one lets go is gone after the second.
  globalThis.gc()
  globalThis.gc()
  const { rss, heapUsed, external } = process.memoryUsage()
  return { rssBytes: rss, usedBytes: heapUsed + external }
}

function send(message: FromServer): void {
  process.send?.(message)
}
