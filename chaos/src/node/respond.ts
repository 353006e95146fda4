/** The model of a node under test: says what the message asks for, and writes down that it was asked. */
import { appendFileSync } from 'node:fs'
import { setImmediate, setTimeout } from 'node:timers/promises'
import type { AssistantMessageItem, ThreadStreamEvent } from '@millrace/protocol'
import type { Respond, Turn } from '@millrace/server'
import { type Script, scriptOf, token } from '../script.ts'

/** Of a flood the event loop gets its turn after each handful, as it would between reads of a model's socket. */
const TOKENS_PER_READ = 20

export function responder(countFile: string): Respond {
  return (turn) => answer(turn, countFile)
}

async function* answer(turn: Turn, countFile: string): AsyncGenerator<ThreadStreamEvent> {
  const [part] = turn.input?.content ?? []
  const script = scriptOf(part?.text ?? '')
  // One write in append mode: whole, whichever processes write at once.
  appendFileSync(countFile, `${script.name}\n`)
  const item: AssistantMessageItem = {
    id: turn.generateId('message'),
    thread_id: turn.thread.id,
    created_at: turn.now().toISOString(),
    type: 'assistant_message',
    content: [],
  }
  yield { type: 'thread.item.added', item }
  const said: string[] = []
  for await (const delta of tokens(script)) {
    said.push(delta)
    const update = { type: 'assistant_message.content_part.text_delta' as const, content_index: 0, delta }
    yield { type: 'thread.item.updated', item_id: item.id, update }
  }
  if (script.finally === 'throw') throw new Error('The model broke, as it was asked to.')
  if (script.finally === 'hang') await new Promise(() => {})
  const content = [{ type: 'output_text' as const, text: said.join(''), annotations: [] }]
  yield { type: 'thread.item.done', item: { ...item, content } }
}

/** At a steady pace: what a late timer missed is said at once. */
async function* tokens({ tokens: count, perSecond }: Script): AsyncGenerator<string> {
  const startedAt = performance.now()
  for (let number = 0; number < count; number += 1) {
    const dueMs = perSecond > 0 ? startedAt + (1000 * number) / perSecond - performance.now() : 0
    if (dueMs > 0) await setTimeout(dueMs)
    else if (number % TOKENS_PER_READ === 0) await setImmediate()
    yield token(number)
  }
}
