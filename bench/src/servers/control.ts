/** How the bench talks to a server process: it tells its port, and its CPU time and memory when asked. */

export interface Usage {
  /** User and system time of the whole process, in microseconds. */
  cpuUs: number
  rssBytes: number
}

export type FromServer = { port: number } | { usage: Usage }

/** Answers every message with the usage so far; ends when the bench goes away. */
export function reportTo(parent: NodeJS.Process, port: number): void {
  parent.on('message', () => {
    const { user, system } = process.cpuUsage()
    send({ usage: { cpuUs: user + system, rssBytes: process.memoryUsage.rss() } })
  })
  parent.on('disconnect', () => process.exit(0))
  send({ port })
}

function send(message: FromServer): void {
  process.send?.(message)
}
