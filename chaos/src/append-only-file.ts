/** What Redis has written to its disk, and what a power cut takes of it. */
import { once } from 'node:events'
import { readdirSync, statSync, truncateSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { RedisServer } from '@millrace/testbed'

/** Remembers how long the file is now. What is returned cuts it back to that, for a server that does not run. */
export async function appendOnlyFile(redis: RedisServer): Promise<() => void> {
  const path = await findFile(redis)
  const { size } = statSync(path)
  return () => truncateSync(path, size)
}

/** Since Redis 7 a folder, whose newest part grows. */
async function findFile(redis: RedisServer): Promise<string> {
  const folder = (await setting(redis, 'dir')) ?? ''
  const parts = await setting(redis, 'appenddirname')
  if (parts === undefined) return join(folder, (await setting(redis, 'appendfilename')) ?? '')
  const growing = readdirSync(join(folder, parts)).find((file) => file.endsWith('.incr.aof'))
  return join(folder, parts, growing ?? '')
}

/** By an inline command, so that no client is needed; undefined where this version has no such setting. */
async function setting({ port }: RedisServer, name: string): Promise<string | undefined> {
  const socket = connect(port, '127.0.0.1')
  socket.write(`CONFIG GET ${name}\r\n`)
  const [answer] = await once(socket, 'data')
  socket.destroy()
  // *2, $length, name, $length, value
  return String(answer).split('\r\n')[4]
}
