/** The store in an SQL database: the same queries for every dialect. */
import { type Attachment, ChatKitError, type Page, type ThreadItem } from '@millrace/protocol'
import { sql } from 'kysely'
import { ownerOf } from './owner.ts'
import { toPage } from './page.ts'
import { notFound, unreachable } from './refusals.ts'
import { rowKey } from './row-key.ts'
import { isOwnThread, type SqlDialect, type Tables, takeStep, toSteps } from './sql-writes.ts'
import type { PageRequest, Store, StoredThread, StoreWrite } from './store.ts'

export interface SqlStoreOptions<Context> {
  /** Whose rows a request may see and makes. Default: the context's `userId`, else `local`. */
  owner?: (context: Context) => string
}

/** One connection: transactions come one after the other anyway. */
const SQLITE: SqlDialect = { locked: sql``, isConflict: () => false }

/** How often a transaction is done again that met another one. */
const CONFLICT_TRIES = 5

type Types = readonly ThreadItem['type'][] | undefined

export class SqlStore<Context = unknown> implements Store<Context> {
  readonly #tables: Tables
  readonly #dialect: SqlDialect
  readonly #owner: (context: Context) => string

  /** `tables` are those of the dialect's migrations. Who opened the database closes it. */
  constructor(tables: Tables, { owner = ownerOf }: SqlStoreOptions<Context> = {}, dialect = SQLITE) {
    this.#tables = tables
    this.#dialect = dialect
    this.#owner = (context) => rowKey(owner(context))
  }

  loadThread(threadId: string, context: Context): Promise<StoredThread> {
    return this.#reach(async () => {
      const row = await ownThread(this.#tables, threadId, this.#owner(context)).select('data').executeTakeFirst()
      if (!row) throw notFound('thread', threadId)
      return JSON.parse(row.data) as StoredThread
    })
  }

  saveThread(
    thread: StoredThread,
    changed: readonly (keyof StoredThread)[] | undefined,
    context: Context,
  ): Promise<void> {
    return this.commit([{ op: 'saveThread', thread, ...(changed ? { changed } : {}) }], context)
  }

  listThreads({ limit, after, order }: PageRequest, context: Context): Promise<Page<StoredThread>> {
    return this.#reach(async () => {
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
    return this.#reach(async () => {
      const owner = this.#owner(context)
      await this.#tables.deleteFrom('threads').where('id', '=', rowKey(threadId)).where('owner', '=', owner).execute()
    })
  }

  loadItem(threadId: string, itemId: string, context: Context): Promise<ThreadItem> {
    return this.#reach(async () => {
      const item = ownItem(this.#tables, threadId, itemId, this.#owner(context))
      const row = await item.select('data').executeTakeFirst()
      if (!row) throw notFound('item', itemId)
      return JSON.parse(row.data) as ThreadItem
    })
  }

  saveItem(threadId: string, item: ThreadItem, context: Context): Promise<void> {
    return this.commit([{ op: 'saveItem', threadId, item }], context)
  }

  listItems(threadId: string, page: PageRequest, types: Types, context: Context): Promise<Page<ThreadItem>> {
    return this.#reach(async () => {
      if (types?.length === 0) return { data: [], has_more: false }
      const { limit, after, order } = page
      const owner = this.#owner(context)
      let position: number | undefined
      if (after !== undefined) {
        const cursor = await ownItem(this.#tables, threadId, after, owner).select('position').executeTakeFirst()
        if (!cursor) throw notFound('cursor', after)
        position = cursor.position
      }
      const rows = await itemsBehind(
        this.#tables,
        { threadId, owner, order, position, limit: limit + 1 },
        types,
      ).execute()
      // Parsed in one go, which is cheaper than row by row.
      return toPage(JSON.parse(`[${rows.map(({ data }) => data).join(',')}]`) as ThreadItem[], limit)
    })
  }

  deleteItem(threadId: string, itemId: string, context: Context): Promise<void> {
    return this.commit([{ op: 'deleteItem', threadId, itemId }], context)
  }

  loadAttachment(attachmentId: string, context: Context): Promise<Attachment> {
    return this.#reach(async () => {
      const row = await this.#tables
        .selectFrom('attachments')
        .select('data')
        .where('id', '=', rowKey(attachmentId))
        .where('owner', '=', this.#owner(context))
        .executeTakeFirst()
      if (!row) throw notFound('attachment', attachmentId)
      return JSON.parse(row.data) as Attachment
    })
  }

  saveAttachment(attachment: Attachment, context: Context): Promise<void> {
    return this.commit([{ op: 'saveAttachment', attachment }], context)
  }

  deleteAttachment(attachmentId: string, context: Context): Promise<void> {
    return this.#reach(async () => {
      const id = rowKey(attachmentId)
      await this.#tables
        .deleteFrom('attachments')
        .where('id', '=', id)
        .where('owner', '=', this.#owner(context))
        .execute()
    })
  }

  /** A single step is a transaction by itself. */
  commit(writes: readonly StoreWrite[], context: Context): Promise<void> {
    const [first, ...others] = toSteps(writes)
    if (!first) return Promise.resolve()
    const scope = { tables: this.#tables, dialect: this.#dialect, owner: this.#owner(context) }
    return this.#reach(() => {
      if (others.length === 0) return takeStep(scope, first)
      return this.#tables.transaction().execute(async (tables) => {
        for (const step of [first, ...others]) await takeStep({ ...scope, tables }, step)
      })
    })
  }

  async check(): Promise<void> {
    await this.#reach(() => ownThread(this.#tables, '', '').select('position').executeTakeFirst())
  }

  async close(): Promise<void> {
    await this.#tables.destroy()
  }

  /** A store throws nothing else: what the database reports is `unavailable`. */
  async #reach<T>(job: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await job()
      } catch (error) {
        if (error instanceof ChatKitError) throw error
        if (attempt === CONFLICT_TRIES || !this.#dialect.isConflict(error)) throw unreachable(error)
      }
    }
  }
}

function ownThread(tables: Tables, threadId: string, owner: string) {
  return tables.selectFrom('threads').where('id', '=', rowKey(threadId)).where('owner', '=', owner)
}

function ownItem(tables: Tables, threadId: string, itemId: string, owner: string) {
  return tables
    .selectFrom('items')
    .where('thread_id', '=', rowKey(threadId))
    .where('id', '=', rowKey(itemId))
    .where(isOwnThread(threadId, owner))
}

interface ItemRange {
  threadId: string
  owner: string
  order: 'asc' | 'desc'
  position: number | undefined
  limit: number
}

function itemsBehind(tables: Tables, range: ItemRange, types: Types) {
  const { order, position, limit } = range
  const [first, ...others] = new Set(types)
  if (first === undefined) {
    let items = itemsOf(tables, range)
    if (position !== undefined) items = items.where('position', order === 'asc' ? '>' : '<', position)
    return items.orderBy('position', order).limit(limit)
  }
  const typed = (type: string) => itemsOfType(tables, range, type)
  if (others.length === 0) return typed(first)
  // At most a page of each is looked at, and merged.
  const page = (type: string) => tables.selectFrom(typed(type).as('typed')).select(['position', 'data'])
  return others
    .reduce((all, type) => all.unionAll(page(type)), page(first))
    .orderBy('position', order)
    .limit(limit)
}

function itemsOf(tables: Tables, { threadId, owner }: ItemRange) {
  return tables
    .selectFrom('items')
    .select(['position', 'data'])
    .where('thread_id', '=', rowKey(threadId))
    .where(isOwnThread(threadId, owner))
}

/**
 * Looking for a rare type does not walk through a long thread. That depends on the index of the types, which alone has this
 * order: for `type = …` PostgreSQL guesses how rare the type is, and would rather filter the thread.
 */
function itemsOfType(tables: Tables, range: ItemRange, type: string) {
  const { order, position, limit } = range
  const from = order === 'asc' ? (position ?? 0) : 0
  const to = order === 'desc' ? (position ?? Number.MAX_SAFE_INTEGER) : Number.MAX_SAFE_INTEGER
  return itemsOf(tables, range)
    .where(sql<boolean>`(type, position) > (${type}, ${from}) AND (type, position) < (${type}, ${to})`)
    .orderBy('type', order)
    .orderBy('position', order)
    .limit(limit)
}
