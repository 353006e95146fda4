import type { ThreadItem } from '@millrace/protocol'
import { type PostgresServer, startPostgres } from '@millrace/testbed'
import { Kysely } from 'kysely'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPostgres, type Postgres } from '../postgres.ts'
import { storeContract } from '../testing/store-contract.ts'
import { ANN, attachment, ending, thread } from '../testing/store-rows.ts'
import { ALICE, requests, testServer } from '../testing/test-server.ts'
import { migratePostgres, POSTGRES, postgresDialect } from './postgres.ts'
import { PostgresPool } from './postgres-pool.ts'
import { SqlStore } from './sql.ts'
import { postgresMigrations, type StoreTables } from './sql-tables.ts'
import type { StoreWrite } from './store.ts'

let server: PostgresServer
let database: Client
let schemas = 0

beforeAll(async () => {
  server = await startPostgres({ fsync: false })
  database = new Client({ connectionString: server.url })
  await database.connect()
}, 60_000)

afterAll(async () => {
  await database?.end()
  await server?.stop()
})

/** The address of an empty schema, which is made faster than a database. */
async function emptySchema(): Promise<string> {
  const name = `s${++schemas}`
  await database.query(`CREATE SCHEMA ${name}`)
  return `${server.url}?options=${encodeURIComponent(`-c search_path=${name}`)}`
}

storeContract('postgres', async () => {
  const url = await emptySchema()
  const nodes: Postgres<{ userId: string }>[] = []
  const opened = async () => {
    const node = openPostgres<{ userId: string }>(url)
    nodes.push(node)
    await node.ready
    return node.store
  }
  return {
    store: await opened(),
    second: opened,
    close: async () => {
      for (const node of nodes) await node.close()
    },
  }
})

interface Statement {
  text: string
  values: readonly unknown[]
}

/** A store that notes the statements it sends, one round trip each. */
async function watched() {
  const pool = new PostgresPool(await emptySchema())
  await migratePostgres(pool, postgresMigrations)
  const statements: Statement[] = []
  const take = async () => {
    const connection = await pool.take()
    return {
      get isBroken() {
        return connection.isBroken
      },
      release: connection.release,
      query: <Row extends object>(text: string, values: readonly unknown[]) => {
        statements.push({ text, values })
        return connection.query<Row>(text, values)
      },
    }
  }
  const tables = new Kysely<StoreTables>({ dialect: postgresDialect(take) })
  return { store: new SqlStore<{ userId: string }>(tables, {}, POSTGRES), pool, statements }
}

interface PlanNode {
  'Node Type': string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  Plans?: PlanNode[]
}

/** What the database does for a statement, and how many rows it looks at; nothing is changed. */
async function planOf(pool: PostgresPool, { text, values }: Statement) {
  const connection = await pool.take()
  try {
    await connection.query('BEGIN', [])
    const { rows } = await connection.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(
      `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`,
      values,
    )
    const nodes: PlanNode[] = rows[0]?.['QUERY PLAN'].map(({ Plan }) => Plan) ?? []
    for (const node of nodes) nodes.push(...(node.Plans ?? []))
    return {
      steps: nodes.map((node) => node['Node Type']),
      mostRows: Math.max(
        ...nodes.map((node) => node['Actual Rows'] * node['Actual Loops'] + (node['Rows Removed by Filter'] ?? 0)),
      ),
    }
  } finally {
    await connection.query('ROLLBACK', [])
    connection.release()
  }
}

/** Of the long thread below: one of a few items, one of half of them, and one that only the other threads are full of. */
const RARE: ThreadItem['type'] = 'task'
const FREQUENT: ThreadItem['type'] = 'widget'
const ABSENT: ThreadItem['type'] = 'client_tool_call'

describe('postgres store', () => {
  test('every query goes by an index and reads no more than its page, however much there is', async () => {
    const { store, pool, statements } = await watched()
    const connection = await pool.take()
    // Users and threads of all sizes: `thread2` has 20,000 items.
    const fill = [
      `INSERT INTO threads (id, owner, revision, data)
        SELECT 'thread' || n, CASE WHEN n % 2 = 0 THEN 'ann' ELSE 'user' || n % 500 END, 0, '{"id":"thread' || n || '"}'
        FROM generate_series(1, 10000) AS n`,
      `INSERT INTO items (thread_id, id, type, data)
        SELECT 'thread' || CASE WHEN n <= 20000 THEN 2 ELSE n % 1000 * 2 + 4 END, 'item' || n,
          CASE WHEN n % 4000 = 1 THEN 'task' WHEN n > 20000 THEN 'client_tool_call' WHEN n % 2 = 0 THEN 'widget'
            ELSE 'user_message' END,
          '{"id":"item' || n || '"}'
        FROM generate_series(1, 30000) AS n`,
      `INSERT INTO attachments (id, owner, thread_id, data)
        SELECT 'attachment' || n, 'ann', 'thread' || n * 2, '{}' FROM generate_series(1, 5000) AS n`,
      'ANALYZE',
    ]
    for (const statement of fill) await connection.query(statement, [])
    connection.release()

    await store.loadThread('thread2', ANN)
    await store.saveThread(thread('thread2'), undefined, ANN)
    await store.saveThread(thread('thread2'), ['title'], ANN)
    await store.saveItem('thread2', ending('new'), ANN)
    await store.loadItem('thread2', 'item9', ANN)
    await store.saveAttachment(attachment('attachment1'), ANN)
    const attachments = [attachment('attachment1', { thread_id: 'thread2' }), attachment('b', { thread_id: 'thread2' })]
    await store.commit(
      attachments.map((each) => ({ op: 'saveAttachment', attachment: each })),
      ANN,
    )
    await store.loadAttachment('attachment1', ANN)
    for (const order of ['asc', 'desc'] as const) {
      await store.listThreads({ limit: 2, order }, ANN)
      await store.listThreads({ limit: 2, order, after: 'thread5000' }, ANN)
      for (const after of [undefined, 'item10000']) {
        const page = { limit: 2, order, ...(after && { after }) }
        for (const types of [undefined, [RARE], [FREQUENT], [ABSENT], [RARE, FREQUENT, ABSENT]]) {
          await store.listItems('thread2', page, types, ANN)
        }
      }
    }
    await store.check()
    const deletions = ['item1', 'item2'].map(
      (itemId): StoreWrite => ({ op: 'deleteItem', threadId: 'thread2', itemId }),
    )
    await store.commit(deletions, ANN)
    await store.deleteAttachment('attachment1', ANN)
    await store.deleteThread('thread4', ANN)

    expect(statements.length).toBeGreaterThan(30)
    for (const statement of statements) {
      const { steps, mostRows } = await planOf(pool, statement)
      // Where several types are merged, a page of each is sorted.
      const isMerged = statement.text.includes('union all')
      expect(`${steps} for ${statement.text}`).not.toMatch(isMerged ? /Seq Scan|Bitmap/ : /Seq Scan|Bitmap|Sort|Hash/)
      expect(mostRows, statement.text).toBeLessThanOrEqual(isMerged ? 12 : 4)
    }
    await pool.close()
  })

  test('a turn costs a handful of round trips, however long the thread and however many its attachments are', async () => {
    const { store, pool, statements } = await watched()
    const { read, items } = testServer({ store })
    const costs = async (request: object) => {
      statements.length = 0
      const { end } = await read(request)
      expect(end).toEqual({ outcome: 'completed' })
      return statements.map(({ text }) => text.trim().split(/\s/, 1)[0]?.toUpperCase())
    }
    const [load, insert] = ['SELECT', 'INSERT']
    // The thread and the message in one transaction, and the answer.
    expect(await costs(requests.create('hi'))).toEqual(['BEGIN', insert, insert, 'COMMIT', insert])
    const [{ id: threadId } = { id: '' }] = (await store.listThreads({ limit: 1, order: 'asc' }, ALICE)).data
    expect(await costs(requests.message(threadId, 'and?'))).toEqual([load, insert, insert])

    const files = Array.from({ length: 10 }, (_, n) => `file${n}`)
    for (const id of files) await store.saveAttachment(attachment(id), ALICE)
    const plain = requests.message(threadId, 'look')
    const withFiles = { ...plain, params: { ...plain.params, input: { ...plain.params.input, attachments: files } } }
    const loads = Array.from({ length: 11 }, () => load)
    expect(await costs(withFiles)).toEqual([...loads, 'BEGIN', 'WITH', insert, 'COMMIT', insert])

    const [message] = await items(threadId, ALICE)
    // The five items after the first message leave with the first of the new answer.
    expect(await costs(requests.retry(threadId, message?.id ?? ''))).toEqual([
      load,
      load,
      load,
      'BEGIN',
      'DELETE',
      insert,
      'COMMIT',
    ])
    await pool.close()
  })
})
