/** A conversation in a tab of an app, with a server that takes its time. */
import { type ConversationResult, type UseConversationOptions, useConversation } from '../index.ts'
import { Hidable, Start, seen } from './parts.tsx'

const THREAD = {
  id: 'thr_1',
  title: 'Hi',
  created_at: '2026-01-01T00:00:00Z',
  status: { type: 'active' },
  metadata: {},
} as const

/** A server that takes its time to say that it has the message. */
const slowChat: NonNullable<UseConversationOptions['transport']> = {
  async request(req) {
    seen.told.push(req.type)
    const items = { data: [ITEM], has_more: false, after: null }
    return req.type === 'threads.get_by_id' ? { ...THREAD, items } : items
  },
  async stream(req, { signal }) {
    seen.told.push(req.type)
    if (req.type === 'runs.resume') return undefined
    return {
      async *[Symbol.asyncIterator]() {
        await new Promise((resolve) => window.addEventListener('taken', resolve, { once: true }))
        signal.throwIfAborted()
        yield { seq: 1, event: { type: 'thread.created', thread: { ...THREAD, items: { data: [], has_more: false } } } }
        yield { seq: 2, event: { type: 'thread.item.done', item: ITEM } }
        yield { seq: 3, event: { type: 'run.ended', run_id: 'run_1', outcome: 'completed' } }
      },
    }
  },
}

const ITEM: ConversationResult['items'][number] = {
  type: 'user_message',
  id: 'msg_1',
  thread_id: THREAD.id,
  created_at: THREAD.created_at,
  content: [{ type: 'input_text', text: 'Hi' }],
  attachments: [],
  inference_options: {},
}

function Chat() {
  const { items, threadId, send } = useConversation({ transport: slowChat, channel: null })
  const ask = () =>
    send({ content: [{ type: 'input_text', text: 'Hi' }] }).then(
      () => seen.outcomes.push('sent'),
      (error) => seen.outcomes.push(error.message),
    )
  return (
    <>
      <p id="text">{items.length}</p>
      <output>{threadId}</output>
      <Start onClick={ask} />
    </>
  )
}

export function ChatTab() {
  return (
    <Hidable>
      <Chat />
    </Hidable>
  )
}
