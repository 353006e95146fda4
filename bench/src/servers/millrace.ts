/**
 * Millrace with a handler that yields ChatKit events, or with an agent and a model in the process.
 * Arguments: `events` or `agent`; the log: `memory`, `sqlite`, or the address of a Redis; then its lease in milliseconds; then
 * the address of a PostgreSQL for the threads, which are in memory without.
 */
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AssistantMessageItem, ThreadStreamEvent } from '@millrace/protocol'
import {
  ChatKitServer,
  createApp,
  MemoryRunLog,
  MemoryStore,
  type RunLog,
  type Store,
  type Turn,
} from '@millrace/server'
import { serve } from '@millrace/server/node'
import { parsePace, Said, tokens } from '../tokens.ts'
import { reportTo } from './control.ts'

const [handler = 'events', logName = 'memory', leaseMs, database] = process.argv.slice(2)
const { store, log } = await open(logName)
const server = new ChatKitServer({
  store,
  log,
  respond: handler === 'agent' ? (await import('./agent.ts')).respondWithAgent : respond,
  maxRuns: 0,
  timeouts: { totalMs: 3_600_000 },
})
const served = await serve(createApp({ server }), { port: 0 })
reportTo(process, served.port)

/** Only what is measured is loaded. */
async function open(name: string): Promise<{ store: Store; log: RunLog }> {
  if (name === 'memory') return { store: new MemoryStore(), log: new MemoryRunLog() }
  if (name === 'sqlite') {
    const { openSqlite } = await import('@millrace/server/sqlite')
    const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-'))
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
    return openSqlite(join(folder, 'bench.db'))
  }
  const { openRedis } = await import('@millrace/server/redis')
  const redis = openRedis(name, leaseMs === undefined ? {} : { leaseMs: Number(leaseMs) })
  await redis.ready
  const { log } = redis
  if (database === undefined) return { store: new MemoryStore(), log }
  const { openPostgres } = await import('@millrace/server/postgres')
  const { store, ready } = openPostgres(database)
  await ready
  return { store, log }
}

async function* respond(turn: Turn): AsyncGenerator<ThreadStreamEvent> {
  const [part] = turn.input?.content ?? []
  const item: AssistantMessageItem = {
    id: turn.generateId('message'),
    thread_id: turn.thread.id,
    created_at: turn.now().toISOString(),
    type: 'assistant_message',
    content: [],
  }
  yield { type: 'thread.item.added', item }
  const said = new Said()
  for await (const delta of tokens(parsePace(part?.text ?? ''))) {
    said.add(delta)
    const update = { type: 'assistant_message.content_part.text_delta' as const, content_index: 0, delta }
    yield { type: 'thread.item.updated', item_id: item.id, update }
  }
  const content = [{ type: 'output_text' as const, text: said.text, annotations: [] }]
  yield { type: 'thread.item.done', item: { ...item, content } }
}
