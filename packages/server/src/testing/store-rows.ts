/** What the store's contract works with: users, rows, and stores to put them in. */
import type { Attachment, ThreadItem, ThreadMetadata } from '@millrace/protocol'
import type { Store } from '../store/store.ts'

export interface StoreFixture {
  /** A store whose owner is the context's `userId`. */
  store: Store<{ userId: string }>
  /** Another store over the same rows, as another node has it. Only where there can be several. */
  second?(): Promise<Store<{ userId: string }>>
  close(): Promise<void>
}

/** Two stores over the same new rows; the same one twice where there can't be two. */
export type StoreSetUp = () => Promise<[Store<{ userId: string }>, Store<{ userId: string }>]>

export const ANN = { userId: 'ann' }
export const BOB = { userId: 'bob' }
export const NOT_FOUND = { code: 'not_found' }

const CREATED_AT = '2026-01-01T12:00:00.000Z'

export function thread(id: string, given: Partial<ThreadMetadata> = {}): ThreadMetadata {
  return { id, created_at: CREATED_AT, status: { type: 'active' }, metadata: {}, ...given }
}

export function item(id: string, text = 'hello'): ThreadItem {
  return {
    type: 'user_message',
    id,
    thread_id: 't',
    created_at: CREATED_AT,
    content: [{ type: 'input_text', text }],
    attachments: [],
    inference_options: {},
  }
}

export function hidden(id: string): ThreadItem {
  return { type: 'hidden_context_item', id, thread_id: 't', created_at: CREATED_AT, content: { none: null } }
}

export function ending(id: string): ThreadItem {
  return { type: 'end_of_turn', id, thread_id: 't', created_at: CREATED_AT }
}

export function attachment(id: string, given: Partial<Attachment> = {}): Attachment {
  return { type: 'file', id, name: 'notes.txt', mime_type: 'text/plain', ...given } as Attachment
}
