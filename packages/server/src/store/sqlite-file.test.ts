import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SqliteFile } from './sqlite-file.ts'

let folder = ''
const files: SqliteFile[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-file-'))
})

afterEach(() => {
  for (const file of files.splice(0)) file.close()
  rmSync(folder, { recursive: true, force: true })
})

function open(path: string): SqliteFile {
  const file = new SqliteFile(path)
  files.push(file)
  return file
}

/** Another process that holds the file's lock, as a running server does. */
async function holder(path: string) {
  const libsql = createRequire(import.meta.url).resolve('libsql')
  const script = `
    const Database = require(${JSON.stringify(libsql)})
    const lock = new Database(${JSON.stringify(`${path}.lock`)})
    lock.exec('BEGIN EXCLUSIVE')
    console.log('held')
    setInterval(() => lock, 1000)`
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return child
}

describe('a SQLite file', () => {
  test('is made with its folder', () => {
    const path = join(folder, 'new', 'deep', 'chat.db')
    open(path)
    expect(existsSync(path)).toBe(true)
  })

  test('belongs to one process: a second opening says so, and what to do', () => {
    const path = join(folder, 'chat.db')
    const first = open(path)
    expect(() => open(path)).toThrow(/chat\.db is in use by another Millrace process\. Stop .* or set DATABASE_URL/)
    first.close()
    open(path)
  })

  test('is the same file through a link', () => {
    open(join(folder, 'chat.db'))
    symlinkSync(join(folder, 'chat.db'), join(folder, 'link.db'))
    expect(() => open(join(folder, 'link.db'))).toThrow(/in use/)
  })

  test('is free again when its process is killed', async () => {
    const path = join(folder, 'chat.db')
    const child = await holder(path)
    expect(() => open(path)).toThrow(/in use/)
    child.kill('SIGKILL')
    await once(child, 'exit')
    open(path)
  })

  test('that is no database says so, and is left alone', () => {
    const path = join(folder, 'notes.txt')
    writeFileSync(path, 'dear diary, '.repeat(500))
    expect(() => open(path)).toThrow(/notes\.txt is not a SQLite database\. Move it away, or set DATABASE_URL/)
    rmSync(path)
    open(path)
  })

  test('that is a folder says so', () => {
    mkdirSync(join(folder, 'chat.db'))
    expect(() => open(join(folder, 'chat.db'))).toThrow(/chat\.db is a folder/)
  })

  test('below something that is no folder says so', () => {
    writeFileSync(join(folder, 'plain'), '')
    expect(() => open(join(folder, 'plain', 'chat.db'))).toThrow(/has a file where its folder should be/)
    expect(() => open(join(folder, 'plain', 'deep', 'chat.db'))).toThrow(/has a file where its folder should be/)
  })

  test('where nothing can be written says so', () => {
    // Root may write in any folder, but not make files among the kernel's.
    const readOnly = process.getuid?.() === 0 ? '/proc' : folder
    if (readOnly === folder) chmodSync(folder, 0o500)
    expect(() => open(join(readOnly, 'chat.db'))).toThrow(/chat\.db can't be written\. Make it and its folder writable/)
    chmodSync(folder, 0o700)
  })

  test('lets one transaction in at a time, in the order of asking', async () => {
    const file = open(join(folder, 'chat.db'))
    const order: string[] = []
    await file.acquire()
    const second = file.acquire().then(() => order.push('second'))
    file.whenFree(() => order.push('third'))
    order.push('first')
    file.release()
    await second
    file.release()
    file.whenFree(() => order.push('fourth'))
    expect(order).toEqual(['first', 'second', 'third', 'fourth'])
  })

  test('keeps nothing of a transaction that fails', () => {
    const file = open(':memory:')
    file.prepare('CREATE TABLE numbers (n INTEGER PRIMARY KEY)').run([])
    const insert = (n: number) => file.prepare('INSERT INTO numbers VALUES (?)').run([n])
    expect(() => file.transaction(() => [insert(1), insert(2), insert(1)])).toThrow()
    file.transaction(() => insert(3))
    expect(file.prepare('SELECT n FROM numbers').all([])).toEqual([{ n: 3 }])
  })
})
