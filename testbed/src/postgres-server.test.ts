import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PostgresServer, startPostgres } from './postgres-server.ts'

let server: PostgresServer

beforeAll(async () => {
  server = await startPostgres()
})

afterAll(async () => {
  await server?.stop()
})

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

test('databases are empty and of their own', async () => {
  const [one, other] = [await server.createDatabase(), await server.createDatabase()]
  await query(one, 'CREATE TABLE t (n integer)')
  const tables = `SELECT * FROM pg_tables WHERE schemaname = 'public'`
  expect(await query(one, tables)).toHaveLength(1)
  expect(await query(other, tables)).toHaveLength(0)
})

test('what was committed is there after kill -9, and a query in hand is cut', async () => {
  const url = await server.createDatabase()
  await query(url, 'CREATE TABLE t AS SELECT 1 AS n')
  const busy = query(url, 'SELECT pg_sleep(60)').catch(() => 'cut')
  await expect.poll(() => query(url, `SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)'`)).not.toEqual([])
  await server.kill()
  expect(await busy).toBe('cut')
  await expect(query(url, 'SELECT 1')).rejects.toThrow()
  await server.restart()
  expect(await query(url, 'SELECT n FROM t')).toEqual([{ n: 1 }])
})

test('a restart ends it first where it runs', async () => {
  const started = 'SELECT pg_postmaster_start_time() AS at'
  const before = await query(server.url, started)
  await server.restart()
  expect(await query(server.url, started)).not.toEqual(before)
})

test('paused it answers nothing until it is resumed', async () => {
  const client = new Client({ connectionString: server.url })
  await client.connect()
  server.pause()
  let isAnswered = false
  const answer = client.query('SELECT 1').then(() => {
    isAnswered = true
  })
  const second = new Client({ connectionString: server.url, connectionTimeoutMillis: 200 })
  await expect(second.connect()).rejects.toThrow()
  expect(isAnswered).toBe(false)
  server.resume()
  await answer
  await client.end()
})

test('ends with the process that started it, also where that is killed', async () => {
  // Vite, because Node 20 does not run TypeScript by itself.
  const script = `import { runnerImport } from 'vite'
    const { module } = await runnerImport(${JSON.stringify(fileURLToPath(new URL('./postgres-server.ts', import.meta.url)))})
    console.log((await module.startPostgres({ fsync: false })).url)
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script])
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const url = `${line}`.trim()
  const [{ data_directory }] = (await query(url, 'SHOW data_directory')) as [{ data_directory: string }]
  expect(existsSync(data_directory)).toBe(true)
  child.kill('SIGKILL')
  await expect.poll(() => query(url, 'SELECT 1').catch(() => 'gone')).toBe('gone')
  await expect.poll(() => existsSync(data_directory)).toBe(false)
})
