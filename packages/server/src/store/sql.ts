/** The store in an SQL database: the same queries for every dialect. */
import { type Attachment, ChatKitError, type Page, type ThreadItem } from '@millrace/protocol'
import { type Kysely, sql } from 'kysely'
import { withChanged } from './changed-fields.ts'
import { ownerOf } from './owner.ts'
import { toPage } from './page.ts'
import { notFound, unreachable } from './refusals.ts'
import type { StoreTables } from './sql-tables.ts'
import type { PageRequest, Store, StoredThread, StoreWrite } from './store.ts'

export interface SqlStoreOptions<Context> {
  /** Whose rows a request may see and makes. Default: the context's `userId`, else `local`. */
  owner?: (context: Context) => string
}

type Tables = Kysely<StoreTables>
type Changed = readonly (keyof StoredThread)[] | undefined
type Types = readonly ThreadItem['type'][] | undefined

export class SqlStore<Context = unknown> implements Store<Context> {
  readonly #tables: Tables
  readonly #owner: (context: Context) => string

  /** `tables` are those of `storeMigrations`. Who opened the database closes it. */
  constructor(tables: Tables, { owner = ownerOf }: SqlStoreOptions<Context> = {}) {
    this.#tables = tables
    this.#owner = owner
  }

  loadThread(threadId: string, context: Context): Promise<StoredThread> {
    return reach(async () => {
      const row = await ownThread(this.#tables, threadId, this.#owner(context)).select('data').executeTakeFirst()
      if (!row) throw notFound('thread', threadId)
      return JSON.parse(row.data) as StoredThread
    })
  }

  saveThread(thread: StoredThread, changed: Changed, context: Context): Promise<void> {
    return reach(() => saveThread(this.#tables, thread, changed, this.#owner(context)))
  }

  listThreads({ limit, after, order }: PageRequest, context: Context): Promise<Page<StoredThread>> {
    return reach(async () => {
      const owner = this.#owner(context)
      let query = this.#tables.selectFrom('threads').select('data').where('owner', '=', owner)
      if (after !== undefined) {
        const cursor = await ownThread(this.#tables, after, owner).select('position').executeTakeFirst()
        if (!cursor) throw notFound('cursor', after)
        query = query.where('position', order === 'asc' ? '>' : '<', cursor.position)
      }
      const rows = await query
        .orderBy('position', order)
        .limit(limit + 1)
        .execute()
      return toPage(
        rows.map(({ data }) => JSON.parse(data) as StoredThread),
        limit,
      )
    })
  }

  deleteThread(threadId: string, context: Context): Promise<void> {
    return reach(async () => {
      const owner = this.#owner(context)
      await this.#tables.deleteFrom('threads').where('id', '=', threadId).where('owner', '=', owner).execute()
    })
  }

  loadItem(threadId: string, itemId: string, context: Context): Promise<ThreadItem> {
    return reach(async () => {
      const item = ownItem(this.#tables, threadId, itemId, this.#owner(context))
      const row = await item.select('data').executeTakeFirst()
      if (!row) throw notFound('item', itemId)
      return JSON.parse(row.data) as ThreadItem
    })
  }

  saveItem(threadId: string, item: ThreadItem, context: Context): Promise<void> {
    return reach(() => saveItem(this.#tables, threadId, item, this.#owner(context)))
  }

  listItems(threadId: string, page: PageRequest, types: Types, context: Context): Promise<Page<ThreadItem>> {
    return reach(async () => {
      if (types?.length === 0) return { data: [], has_more: false }
      const { limit, after, order } = page
      const owner = this.#owner(context)
      let position: number | undefined
      if (after !== undefined) {
        const cursor = await ownItem(this.#tables, threadId, after, owner).select('position').executeTakeFirst()
        if (!cursor) throw notFound('cursor', after)
        position = cursor.position
      }
      const rows = await itemsBehind(this.#tables, threadId, owner, order, position, types)
        .orderBy('position', order)
        .limit(limit + 1)
        .execute()
      // Parsed in one go, which is cheaper than row by row.
      return toPage(JSON.parse(`[${rows.map(({ data }) => data).join(',')}]`) as ThreadItem[], limit)
    })
  }

  deleteItem(threadId: string, itemId: string, context: Context): Promise<void> {
    return reach(() => deleteItem(this.#tables, threadId, itemId, this.#owner(context)))
  }

  loadAttachment(attachmentId: string, context: Context): Promise<Attachment> {
    return reach(async () => {
      const row = await this.#tables
        .selectFrom('attachments')
        .select('data')
        .where('id', '=', attachmentId)
        .where('owner', '=', this.#owner(context))
        .executeTakeFirst()
      if (!row) throw notFound('attachment', attachmentId)
      return JSON.parse(row.data) as Attachment
    })
  }

  saveAttachment(attachment: Attachment, context: Context): Promise<void> {
    return reach(() => saveAttachment(this.#tables, attachment, this.#owner(context)))
  }

  deleteAttachment(attachmentId: string, context: Context): Promise<void> {
    return reach(async () => {
      const owner = this.#owner(context)
      await this.#tables.deleteFrom('attachments').where('id', '=', attachmentId).where('owner', '=', owner).execute()
    })
  }

  commit(writes: readonly StoreWrite[], context: Context): Promise<void> {
    const owner = this.#owner(context)
    return reach(() =>
      this.#tables.transaction().execute(async (transaction) => {
        for (const one of writes) await write(transaction, one, owner)
      }),
    )
  }

  async check(): Promise<void> {
    await reach(() => this.#tables.selectFrom('threads').select('position').limit(1).execute())
  }

  async close(): Promise<void> {
    await this.#tables.destroy()
  }
}

/** A store throws nothing else: what the database reports is `unavailable`. */
async function reach<T>(job: () => Promise<T>): Promise<T> {
  try {
    return await job()
  } catch (error) {
    throw error instanceof ChatKitError ? error : unreachable(error)
  }
}

function ownThread(tables: Tables, threadId: string, owner: string) {
  return tables.selectFrom('threads').where('id', '=', threadId).where('owner', '=', owner)
}

/** Holds for all rows of a statement or for none, so the database looks it up once. */
function isOwnThread(threadId: string, owner: string) {
  return sql<boolean>`EXISTS (SELECT 1 FROM threads AS own WHERE own.id = ${threadId} AND own.owner = ${owner})`
}

function ownItem(tables: Tables, threadId: string, itemId: string, owner: string) {
  return tables
    .selectFrom('items')
    .where('thread_id', '=', threadId)
    .where('id', '=', itemId)
    .where(isOwnThread(threadId, owner))
}

/**
 * One select for each type, which the database merges by position as it reads them: looking for a rare type does not
 * walk through a long thread, and nothing is sorted.
 */
function itemsBehind(
  tables: Tables,
  threadId: string,
  owner: string,
  order: 'asc' | 'desc',
  position: number | undefined,
  types: Types,
) {
  let items = tables
    .selectFrom('items')
    .select(['position', 'data'])
    .where('thread_id', '=', threadId)
    .where(isOwnThread(threadId, owner))
  if (position !== undefined) items = items.where('position', order === 'asc' ? '>' : '<', position)
  const [first, ...others] = new Set(types)
  if (first === undefined) return items
  return others.reduce((all, type) => all.unionAll(items.where('type', '=', type)), items.where('type', '=', first))
}

function write(tables: Tables, write: StoreWrite, owner: string): Promise<void> {
  switch (write.op) {
    case 'saveThread':
      return saveThread(tables, write.thread, write.changed, owner)
    case 'saveItem':
      return saveItem(tables, write.threadId, write.item, owner)
    case 'deleteItem':
      return deleteItem(tables, write.threadId, write.itemId, owner)
    case 'saveAttachment':
      return saveAttachment(tables, write.attachment, owner)
    default:
      return write satisfies never
  }
}

async function saveThread(tables: Tables, thread: StoredThread, changed: Changed, owner: string): Promise<void> {
  if (changed) return changeThread(tables, thread, changed, owner)
  const { numInsertedOrUpdatedRows } = await tables
    .insertInto('threads')
    .values({ id: thread.id, owner, revision: 0, data: JSON.stringify(thread) })
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
  tables: Tables,
  thread: StoredThread,
  changed: readonly (keyof StoredThread)[],
  owner: string,
): Promise<void> {
  for (;;) {
    const row = await ownThread(tables, thread.id, owner).select(['data', 'revision']).executeTakeFirst()
    if (!row) throw notFound('thread', thread.id)
    const data = JSON.stringify(withChanged(JSON.parse(row.data) as StoredThread, thread, changed))
    const { numUpdatedRows } = await tables
      .updateTable('threads')
      .set({ data, revision: row.revision + 1 })
      .where('id', '=', thread.id)
      .where('owner', '=', owner)
      .where('revision', '=', row.revision)
      .executeTakeFirstOrThrow()
    if (numUpdatedRows) return
  }
}

/** One statement, so that a thread which is deleted meanwhile gets no item. */
async function saveItem(tables: Tables, threadId: string, item: ThreadItem, owner: string): Promise<void> {
  const { numAffectedRows } = await sql`
    INSERT INTO items (thread_id, id, type, data)
    SELECT ${threadId}, ${item.id}, ${item.type}, ${JSON.stringify(item)} WHERE ${isOwnThread(threadId, owner)}
    ON CONFLICT (thread_id, id) DO UPDATE SET type = excluded.type, data = excluded.data
  `.execute(tables)
  if (!numAffectedRows) throw notFound('thread', threadId)
}

async function deleteItem(tables: Tables, threadId: string, itemId: string, owner: string): Promise<void> {
  await tables
    .deleteFrom('items')
    .where('thread_id', '=', threadId)
    .where('id', '=', itemId)
    .where(isOwnThread(threadId, owner))
    .execute()
}

async function saveAttachment(tables: Tables, attachment: Attachment, owner: string): Promise<void> {
  const { id, thread_id: threadId } = attachment
  const isAllowed = threadId === undefined ? sql<boolean>`1 = 1` : isOwnThread(threadId, owner)
  const { numAffectedRows } = await sql`
    INSERT INTO attachments (id, owner, thread_id, data)
    SELECT ${id}, ${owner}, ${threadId ?? null}, ${JSON.stringify(attachment)} WHERE ${isAllowed}
    ON CONFLICT (id) DO UPDATE SET thread_id = excluded.thread_id, data = excluded.data
      WHERE attachments.owner = excluded.owner
  `.execute(tables)
  if (!numAffectedRows) throw threadId === undefined ? notFound('attachment', id) : notFound('thread', threadId)
}
