/** The writes of the SQL store: the same statements for every dialect, one for as many rows as there are. */
import type { Attachment, ThreadItem } from '@millrace/protocol'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { withChanged } from './changed-fields.ts'
import { notFound } from './refusals.ts'
import { rowKey } from './row-key.ts'
import type { StoreTables } from './sql-tables.ts'
import type { StoredThread, StoreWrite } from './store.ts'

export type Tables = Kysely<StoreTables>

/** What the databases differ in. */
export interface SqlDialect {
  /**
   * Ends a `SELECT … FROM threads AS own`, so that the row stays as it is until the transaction ends: nobody deletes the
   * thread meanwhile, and who adds items to it at the same time comes one after the other, each with its positions.
   */
  readonly locked: RawBuilder<unknown>
  /** Whether a transaction only met another one, and can be done again. */
  isConflict(error: unknown): boolean
}

/** Whose rows, in which database. */
export interface WriteScope {
  tables: Tables
  dialect: SqlDialect
  /** The row key of the owner. */
  owner: string
}

/** Rows in one statement; a database takes some ten thousand parameters. */
const MAX_ROWS = 1000

/** What one statement does. */
type WriteStep =
  | Extract<StoreWrite, { op: 'saveThread' | 'saveItem' }>
  | { op: 'deleteItems'; threadId: string; itemIds: string[] }
  | { op: 'saveAttachments'; threadId: string | undefined; attachments: Attachment[] }

/** The writes in their order, with neighbours of one kind made one step: each step costs a round trip. */
export function toSteps(writes: readonly StoreWrite[]): WriteStep[] {
  const steps: WriteStep[] = []
  for (const write of writes) {
    const last = steps.at(-1)
    switch (write.op) {
      case 'saveThread':
      case 'saveItem':
        steps.push(write)
        break
      case 'deleteItem': {
        const { threadId, itemId } = write
        const isNeighbour = last?.op === 'deleteItems' && last.threadId === threadId && last.itemIds.length < MAX_ROWS
        if (isNeighbour) last.itemIds.push(itemId)
        else steps.push({ op: 'deleteItems', threadId, itemIds: [itemId] })
        break
      }
      case 'saveAttachment': {
        const { attachment } = write
        const threadId = attachment.thread_id
        const isNeighbour =
          last?.op === 'saveAttachments' && last.threadId === threadId && last.attachments.length < MAX_ROWS
        if (isNeighbour) last.attachments.push(attachment)
        else steps.push({ op: 'saveAttachments', threadId, attachments: [attachment] })
        break
      }
      default:
        write satisfies never
    }
  }
  return steps
}

export function takeStep(scope: WriteScope, step: WriteStep): Promise<void> {
  switch (step.op) {
    case 'saveThread':
      return step.changed ? changeThread(scope, step.thread, step.changed) : saveThread(scope, step.thread)
    case 'saveItem':
      return saveItem(scope, step.threadId, step.item)
    case 'deleteItems':
      return deleteItems(scope, step.threadId, step.itemIds)
    case 'saveAttachments':
      return saveAttachments(scope, step.threadId, step.attachments)
    default:
      return step satisfies never
  }
}

async function saveThread({ tables, owner }: WriteScope, thread: StoredThread): Promise<void> {
  const { numInsertedOrUpdatedRows } = await tables
    .insertInto('threads')
    .values({ id: rowKey(thread.id), owner, revision: 0, data: JSON.stringify(thread) })
    .onConflict((conflict) =>
      conflict
        .column('id')
        .doUpdateSet((row) => ({ data: row.ref('excluded.data'), revision: sql`threads.revision + 1` }))
        .where('threads.owner', '=', owner),
    )
    .executeTakeFirstOrThrow()
  if (!numInsertedOrUpdatedRows) throw notFound('thread', thread.id)
}

/** Reads, changes and writes; when another write came in between it reads again. */
async function changeThread(
  { tables, owner }: WriteScope,
  thread: StoredThread,
  changed: readonly (keyof StoredThread)[],
): Promise<void> {
  const id = rowKey(thread.id)
  for (;;) {
    const row = await tables
      .selectFrom('threads')
      .where('id', '=', id)
      .where('owner', '=', owner)
      .select(['data', 'revision'])
      .executeTakeFirst()
    if (!row) throw notFound('thread', thread.id)
    const data = JSON.stringify(withChanged(JSON.parse(row.data) as StoredThread, thread, changed))
    const { numUpdatedRows } = await tables
      .updateTable('threads')
      .set({ data, revision: row.revision + 1 })
      .where('id', '=', id)
      .where('owner', '=', owner)
      .where('revision', '=', row.revision)
      .executeTakeFirstOrThrow()
    if (numUpdatedRows) return
  }
}

/** One statement, so that a thread which is deleted meanwhile gets no item. */
async function saveItem({ tables, dialect, owner }: WriteScope, threadId: string, item: ThreadItem): Promise<void> {
  const { numAffectedRows } = await sql`
    INSERT INTO items (thread_id, id, type, data)
    SELECT own.id, ${rowKey(item.id)}, ${item.type}, ${JSON.stringify(item)}
    FROM threads AS own WHERE own.id = ${rowKey(threadId)} AND own.owner = ${owner} ${dialect.locked}
    ON CONFLICT (thread_id, id) DO UPDATE SET type = excluded.type, data = excluded.data
  `.execute(tables)
  if (!numAffectedRows) throw notFound('thread', threadId)
}

async function deleteItems({ tables, owner }: WriteScope, threadId: string, itemIds: string[]): Promise<void> {
  await tables
    .deleteFrom('items')
    .where('thread_id', '=', rowKey(threadId))
    .where('id', 'in', itemIds.map(rowKey))
    .where(isOwnThread(threadId, owner))
    .execute()
}

async function saveAttachments(
  { tables, dialect, owner }: WriteScope,
  threadId: string | undefined,
  attachments: Attachment[],
): Promise<void> {
  // The same one twice would be a row that the statement changes twice, which PostgreSQL refuses.
  const byId = new Map(attachments.map((attachment) => [attachment.id, attachment]))
  const rows = [...byId].map(([id, attachment]) => sql`(${rowKey(id)}, ${JSON.stringify(attachment)})`)
  const where =
    threadId === undefined
      ? sql`WHERE 1 = 1`
      : sql`, threads AS own WHERE own.id = ${rowKey(threadId)} AND own.owner = ${owner} ${dialect.locked}`
  const { numAffectedRows } = await sql`
    WITH given (id, data) AS (VALUES ${sql.join(rows)})
    INSERT INTO attachments (id, owner, thread_id, data)
    SELECT given.id, ${owner}, ${threadId === undefined ? null : rowKey(threadId)}, given.data FROM given ${where}
    ON CONFLICT (id) DO UPDATE SET thread_id = excluded.thread_id, data = excluded.data
      WHERE attachments.owner = excluded.owner
  `.execute(tables)
  if (numAffectedRows === BigInt(rows.length)) return
  throw threadId === undefined ? notFound('attachment', [...byId.keys()].join()) : notFound('thread', threadId)
}

/** Holds for all rows of a statement or for none, so the database looks it up once. */
export function isOwnThread(threadId: string, owner: string) {
  return sql<boolean>`EXISTS (SELECT 1 FROM threads AS own WHERE own.id = ${rowKey(threadId)} AND own.owner = ${owner})`
}
