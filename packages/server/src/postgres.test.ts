import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type PostgresServer, startPostgres } from '@millrace/testbed'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { openPostgres, type Postgres, type PostgresOptions } from './postgres.ts'
import { ANN, item, thread } from './testing/store-rows.ts'

interface User {
  userId: string
}

let server: PostgresServer
const opened: Postgres<User>[] = []

beforeAll(async () => {
  server = await startPostgres({ fsync: false })
}, 60_000)

afterEach(async () => {
  for (const each of opened.splice(0)) await each.close()
})

afterAll(async () => {
  await server?.stop()
})

function open(url: string, options: PostgresOptions<User> = {}): Postgres<User> {
  const postgres = openPostgres<User>(url, options)
  opened.push(postgres)
  return postgres
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

const UNAVAILABLE = { code: 'unavailable', message: expect.stringMatching(/can't be reached right now/) }
const FAST = { connectTimeoutMs: 500, queryTimeoutMs: 500 }

describe('openPostgres', () => {
  test('five nodes may start at once on an empty database', async () => {
    const url = await server.createDatabase()
    const nodes = Array.from({ length: 5 }, () => open(url))
    await Promise.all(nodes.map(({ ready }) => ready))
    await Promise.all(nodes.map(({ store }, n) => store.saveThread(thread(`t${n}`), undefined, ANN)))
    for (const { store } of nodes) {
      expect((await store.listThreads({ limit: 9, order: 'asc' }, ANN)).data).toHaveLength(5)
    }
    expect(await query(url, 'SELECT name FROM millrace_migrations')).toHaveLength(1)
  })

  test('threads are there after a restart', async () => {
    const url = await server.createDatabase()
    const first = open(url)
    await first.ready
    await first.store.saveThread(thread('t', { title: 'kept' }), undefined, ANN)
    await first.close()
    const second = open(url)
    await second.ready
    expect((await second.store.loadThread('t', ANN)).title).toBe('kept')
  })

  test('a user who may not make tables can use those that are there', async () => {
    const url = await server.createDatabase()
    await open(url).ready
    await query(url, `CREATE USER clerk; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO clerk`)
    const clerk = open(url.replace('postgres@', 'clerk@'))
    await clerk.ready
    await clerk.store.saveThread(thread('t'), undefined, ANN)
    await clerk.store.saveItem('t', item('i'), ANN)
    expect(await clerk.store.loadItem('t', 'i', ANN)).toEqual(item('i'))
  })

  test('a database of a later version is refused', async () => {
    const url = await server.createDatabase()
    const { ready, store, close } = open(url)
    await ready
    await close()
    await query(url, `INSERT INTO millrace_migrations (name) VALUES ('2999-12-31-future')`)
    const onTrouble = vi.fn()
    const older = open(url, { onTrouble })
    await expect(older.ready).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/was made by a later version of Millrace\. Update Millrace, or set DATABASE_URL/),
    })
    expect(onTrouble).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/later version/))
    for (const { check } of [older.store, store]) await expect(check()).rejects.toThrow()
  })

  test('a database with tables of another program is left alone, and what to do is said', async () => {
    const url = await server.createDatabase()
    await query(url, 'CREATE TABLE items (mine text)')
    const onTrouble = vi.fn()
    const { store } = open(url, { onTrouble })
    await expect
      .poll(() => onTrouble.mock.calls)
      .toEqual([[expect.stringMatching(/another program made. Set DATABASE_URL to a database of Millrace's own/)]])
    await expect(store.check()).rejects.toMatchObject(UNAVAILABLE)
    expect(await query(url, `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`)).toHaveLength(1)
  })

  test.each(['postgres://:', 'postgres://user:hunter2@host:port/x', 'postgres://user:hunter2@[/'])(
    'an address that is none is refused at once, and not repeated: %s',
    (url) => {
      expect(() => open(url)).toThrow(/DATABASE_URL is no address of a PostgreSQL database/)
      expect(() => open(url)).not.toThrow(/hunter2/)
    },
  )
})

describe('a PostgreSQL that is away', () => {
  test('when the node starts: every call is unavailable, and all is well once it is there', async () => {
    const own = await startPostgres({ fsync: false })
    try {
      await own.kill()
      const [onTrouble, onRecovered] = [vi.fn(), vi.fn()]
      const { store, ready } = open(own.url, { onTrouble, onRecovered })
      await expect(store.check()).rejects.toMatchObject(UNAVAILABLE)
      await expect(store.saveThread(thread('t'), undefined, ANN)).rejects.toMatchObject(UNAVAILABLE)
      await expect(store.commit([{ op: 'saveThread', thread: thread('t') }], ANN)).rejects.toMatchObject(UNAVAILABLE)
      await own.restart()
      await ready
      await store.check()
      expect(onTrouble).toHaveBeenCalledWith(
        `PostgreSQL at 127.0.0.1:${own.port} can't be reached (ECONNREFUSED). Millrace keeps trying.`,
      )
      expect(onRecovered).toHaveBeenCalledExactlyOnceWith(`PostgreSQL at 127.0.0.1:${own.port} answers again.`)
    } finally {
      await own.stop()
    }
  })

  test('closed before it was ever there, the node ends', async () => {
    const { store, ready, close } = open('postgres://127.0.0.1:1/none')
    const outcome = expect(ready).rejects.toMatchObject({ code: 'unavailable' })
    await close()
    await outcome
    await expect(store.check()).rejects.toMatchObject(UNAVAILABLE)
  })

  test('killed in the middle of everything: calls fail, and work again after its restart', async () => {
    const [onTrouble, onRecovered] = [vi.fn(), vi.fn()]
    const { store, ready } = open(await server.createDatabase(), { onTrouble, onRecovered })
    await ready
    await store.saveThread(thread('t'), undefined, ANN)
    const confirmed: string[] = []
    let isKilled = false
    const busy = Array.from({ length: 20 }, async (_, n) => {
      for (let round = 0; ; round += 1) {
        const id = `i${n}_${round}`
        try {
          // A transaction of several steps: the half of one must not stay.
          await store.commit(
            ['a', 'b'].map((part) => ({ op: 'saveItem', threadId: 't', item: item(`${id}${part}`) }) as const),
            ANN,
          )
          confirmed.push(`${id}a`, `${id}b`)
        } catch (error) {
          expect(error).toMatchObject(UNAVAILABLE)
          expect(isKilled).toBe(true)
          return
        }
      }
    })
    await expect.poll(() => confirmed.length).toBeGreaterThan(50)
    isKilled = true
    await server.kill()
    await Promise.all(busy)
    await expect(store.check()).rejects.toMatchObject(UNAVAILABLE)
    expect(onTrouble).toHaveBeenCalled()
    await server.restart()
    await store.check()
    expect(onRecovered).toHaveBeenCalledTimes(1)
    const { data } = await store.listItems('t', { limit: 9999, order: 'asc' }, undefined, ANN)
    const ids = data.map(({ id }) => id)
    expect(ids).toEqual(expect.arrayContaining(confirmed))
    expect(ids.length % 2).toBe(0)
  })

  test('ended in good order and started again, it is used again', async () => {
    const { store, ready } = open(await server.createDatabase())
    await ready
    await server.restart()
    // Connections that were idle are noticed one by one.
    await expect
      .poll(() =>
        store.check().then(
          () => 'well',
          () => 'away',
        ),
      )
      .toBe('well')
  })

  test('frozen it holds up no call for longer than the time-outs, and thawed it is used again', async () => {
    const { store, ready } = open(await server.createDatabase(), { ...FAST, maxConnections: 2 })
    await ready
    await store.saveThread(thread('t'), undefined, ANN)
    server.pause()
    const writes = Array.from({ length: 10 }, (_, n) => [
      { op: 'saveThread', thread: thread('t', { title: `${n}` }), changed: ['title'] } as const,
      { op: 'saveItem', threadId: 't', item: item(`i${n}`) } as const,
    ])
    const attempts = [store.check(), store.loadThread('t', ANN), ...writes.map((each) => store.commit(each, ANN))]
    try {
      for (const outcome of await Promise.allSettled(attempts)) {
        expect(outcome).toMatchObject({ status: 'rejected', reason: UNAVAILABLE })
      }
    } finally {
      server.resume()
    }
    // No connection may be left inside of a transaction that nobody ends.
    await store.saveItem('t', item('after'), ANN)
    const { data } = await store.listItems('t', { limit: 99, order: 'asc' }, undefined, ANN)
    expect(data).toEqual([item('after')])
    expect((await store.loadThread('t', ANN)).title).toBeUndefined()
  })

  test('frozen for good it does not keep the node from ending', async () => {
    const postgres = open(await server.createDatabase(), FAST)
    await postgres.ready
    await postgres.store.saveThread(thread('t'), undefined, ANN)
    server.pause()
    try {
      await postgres.close()
    } finally {
      server.resume()
    }
  })

  test('all connections cut by an operator: the next calls have new ones', async () => {
    const { store, ready } = open(await server.createDatabase())
    await ready
    await Promise.all(Array.from({ length: 10 }, () => store.check()))
    await query(server.url, 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()')
    await expect
      .poll(() =>
        store.check().then(
          () => 'well',
          () => 'away',
        ),
      )
      .toBe('well')
  })
})

describe('a PostgreSQL that refuses', () => {
  let strict: PostgresServer
  let folder = ''

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-pg-rules-'))
    // PostgreSQL may run as another user.
    chmodSync(folder, 0o755)
    const rules = join(folder, 'pg_hba.conf')
    writeFileSync(rules, 'host all postgres 127.0.0.1/32 trust\nhost all known 127.0.0.1/32 scram-sha-256\n')
    strict = await startPostgres({ fsync: false, settings: { hba_file: rules } })
    await query(strict.url, `CREATE USER known PASSWORD 'secret1'`)
  }, 60_000)

  afterAll(async () => {
    await strict?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test.each([
    ['known:hunter2', 'postgres', /refuses the user "known": wrong password\. Correct DATABASE_URL/],
    ['known', 'postgres', /asks for a password\. Put it into DATABASE_URL: postgres:\/\/known:<password>@/],
    ['stranger:hunter2', 'postgres', /refuses the user "stranger".*pg_hba\.conf/],
    ['postgres', 'nothing', /has no database "nothing"\. Create it \(createdb nothing\) or correct DATABASE_URL/],
    ['known:secret1', 'postgres', /does not let the user "known" do this/],
    ['postgres', 'postgres?sslmode=verify-full', /can't agree on TLS.* Check sslmode in DATABASE_URL/],
  ])('%s at %s: says why, once, without a password', async (user, database, reason) => {
    const onTrouble = vi.fn()
    const { store } = open(`postgres://${user}@127.0.0.1:${strict.port}/${database}`, { onTrouble })
    await expect.poll(() => onTrouble.mock.calls).toEqual([[expect.stringMatching(reason)]])
    await expect(store.check()).rejects.toMatchObject(UNAVAILABLE)
    expect(onTrouble).toHaveBeenCalledTimes(1)
    expect(onTrouble.mock.calls.join()).not.toMatch(/hunter2|secret1/)
  })

  test('corrected while the node waits, it is used', async () => {
    const onTrouble = vi.fn()
    const { ready, store } = open(`postgres://postgres@127.0.0.1:${strict.port}/late`, { onTrouble })
    await expect.poll(() => onTrouble.mock.calls.length).toBe(1)
    await query(strict.url, 'CREATE DATABASE late')
    await ready
    await store.check()
  })
})
