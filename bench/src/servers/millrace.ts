/** Millrace with a handler that yields ChatKit events, or with an agent and a model in the process. */
import { mkdtemp, rm } from 'node:fs/promises'
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
import { openSqlite } from '@millrace/server/sqlite'
import { parsePace, tokens } from '../tokens.ts'
import { respondWithAgent } from './agent.ts'
import { reportTo } from './control.ts'

const [handler = 'events', kind = 'memory'] = process.argv.slice(2)
const { store, log } = kind === 'sqlite' ? await sqlite() : { store: new MemoryStore(), log: new MemoryRunLog() }
const server = new ChatKitServer({ store, log, respond: handler === 'agent' ? respondWithAgent : respond })
const served = await serve(createApp({ server }), { port: 0 })
reportTo(process, served.port)

async function sqlite(): Promise<{ store: Store; log: RunLog }> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-bench-'))
  process.on('exit', () => void rm(folder, { recursive: true, force: true }))
  return openSqlite(join(folder, 'bench.db'))
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
  const said: string[] = []
  for await (const delta of tokens(parsePace(part?.text ?? ''))) {
    said.push(delta)
    const update = { type: 'assistant_message.content_part.text_delta' as const, content_index: 0, delta }
    yield { type: 'thread.item.updated', item_id: item.id, update }
  }
  const content = [{ type: 'output_text' as const, text: said.join(''), annotations: [] }]
  yield { type: 'thread.item.done', item: { ...item, content } }
}
