/**
 * A node under test: Millrace's real server in a process of its own, with a model that says numbered tokens. The suite
 * that forked it tells it what to suffer; when the suite is gone it ends.
 */
import { ChatKitServer, createApp } from '@millrace/server'
import { serve } from '@millrace/server/node'
import type { Command, FromNode, NodeSettings } from './control.ts'
import { responder } from './respond.ts'
import { openStorage } from './storage.ts'

/** As the command has it: until balancers have noticed that the node goes, requests still come. */
const NOTICE_MS = 500
const FLUSH_MS = 1000

// Before anything remembers the clock.
let clockOffsetMs = 0
const trueNow = Date.now
Date.now = () => trueNow() + clockOffsetMs

const settings = JSON.parse(process.argv[2] ?? '') as NodeSettings
const storage = await openStorage(settings.data)
const server = new ChatKitServer({
  store: storage.store,
  log: storage.log,
  respond: responder(settings.countFile),
  now: () => new Date(Date.now()),
  maxReaders: 10_000,
  observer: {
    failed(error, where) {
      if (process.env.CHAOS_DEBUG) console.error(error, where)
    },
  },
  ...(settings.timeouts && { timeouts: settings.timeouts }),
  ...(settings.storePatienceMs !== undefined && { storePatienceMs: settings.storePatienceMs }),
})
if (storage.log.adoptEveryMs === undefined) await server.adopt()
const served = await serve(createApp({ server }), { port: settings.port })

process.on('message', (command: Command) => {
  if ('clock' in command) {
    clockOffsetMs += command.clock
    tell({ done: true })
    return
  }
  tell({ done: true })
  setImmediate(() => {
    const until = performance.now() + command.block
    while (performance.now() < until) {}
  })
})
process.on('disconnect', () => process.exit(0))
process.on('SIGTERM', () => void drain(settings.drainMs ?? 30_000))
tell({ port: served.port })

async function drain(graceMs: number): Promise<void> {
  const noticed = new Promise((resolve) => setTimeout(resolve, Math.min(graceMs, NOTICE_MS)))
  await server.close(graceMs)
  await noticed
  await served.close(FLUSH_MS)
  await storage.close()
  process.exit(0)
}

function tell(message: FromNode): void {
  process.send?.(message)
}
