/** A real PostgreSQL on a free port, with a data folder of its own, for as long as a test needs it. */
import { execFile, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { freePort } from './free-port.ts'
import { findPostgres } from './postgres-programs.ts'
import { childrenOf, signalAll } from './process-tree.ts'

export interface PostgresServer {
  /** `postgres://postgres@127.0.0.1:<port>/postgres`; no password is asked for. */
  readonly url: string
  readonly port: number
  /** `kill -9` of the server and of all its processes. */
  kill(): Promise<void>
  /** Starts it again after `kill`, or ends it in good order first: same port, same data folder. Resolves when it answers. */
  restart(): Promise<void>
  /** SIGSTOP for all of its processes: it takes connections and answers nothing. */
  pause(): void
  /** SIGCONT. */
  resume(): void
  /** The address of a new, empty database. */
  createDatabase(): Promise<string>
  /** Ends it and removes its folder. */
  stop(): Promise<void>
}

export interface PostgresServerOptions {
  /** Whether what is committed survives a power cut. Off is faster; a `kill -9` loses nothing either way. Default true. */
  fsync?: boolean
  /** More settings, as `{ max_connections: '20' }`. */
  settings?: Readonly<Record<string, string>>
}

/** How long a start may take on a busy machine; recovery after `kill -9` is part of it. */
const START_MS = 60_000

/** Another process may take the free port before the server does. */
const TRIES = 5

const POLL_MS = 20

/**
 * Starts a server. It ends with this process, however that ends. Started by root it runs as `postgres` or `nobody`.
 * @throws Error where PostgreSQL is not installed, or the server does not answer
 */
export async function startPostgres({
  fsync = true,
  settings = {},
}: PostgresServerOptions = {}): Promise<PostgresServer> {
  const programs = findPostgres()
  const user = ownUser()
  const folder = mkdtempSync(join(tmpdir(), 'millrace-postgres-'))
  if (user) chownSync(folder, user.uid, user.gid)
  const data = join(folder, 'data')
  const all = { listen_addresses: '127.0.0.1', unix_socket_directories: '', shared_buffers: '32MB', fsync, ...settings }
  const options = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const guard = guardOf(folder)
  const start = (port: number) =>
    startProcess(programs.postgres, ['-D', data, '-p', `${port}`, ...options], { user, guard, url: urlOf(port) })
  const remove = () => {
    rmSync(folder, { recursive: true, force: true })
    guard.end()
  }

  let port = 0
  let running: RunningServer | undefined
  try {
    const initialise = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']
    await promisify(execFile)(programs.initdb, initialise, { ...user, cwd: folder })
    for (let attempt = 1; !running; attempt += 1) {
      port = await freePort()
      running = await start(port).catch((error: unknown) => {
        if (attempt === TRIES) throw error
        return undefined
      })
    }
  } catch (error) {
    remove()
    throw error
  }
  let server = running
  return {
    url: urlOf(port),
    port,
    kill: () => server.kill(),
    async restart() {
      await server.end()
      server = await start(port)
    },
    pause: () => server.signal('SIGSTOP'),
    resume: () => server.signal('SIGCONT'),
    async createDatabase() {
      const name = `test_${randomBytes(8).toString('hex')}`
      const client = new Client({ connectionString: urlOf(port) })
      await client.connect()
      try {
        await client.query(`CREATE DATABASE ${name} TEMPLATE template0`)
      } finally {
        await client.end()
      }
      return urlOf(port, name)
    },
    async stop() {
      await server.kill()
      remove()
    },
  }
}

function urlOf(port: number, database = 'postgres'): string {
  return `postgres://postgres@127.0.0.1:${port}/${database}`
}

interface User {
  uid: number
  gid: number
}

/** PostgreSQL refuses to run as root: who it runs as instead. */
function ownUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout?.trim())
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) }
  }
  throw new Error('PostgreSQL does not run as root, and there is neither a user `postgres` nor `nobody`.')
}

interface RunningServer {
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void
  kill(): Promise<void>
  /** In good order: connections are cut, transactions rolled back, data written. */
  end(): Promise<void>
}

interface Start {
  user: User | undefined
  guard: Guard
  url: string
}

async function startProcess(program: string, args: string[], { user, guard, url }: Start): Promise<RunningServer> {
  const child = spawn(program, args, { ...user, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] })
  let output = ''
  child.stderr.on('data', (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-4000)
  })
  let isGone = false
  const gone = new Promise<void>((resolve) => {
    const end = () => {
      isGone = true
      guard.watch(undefined)
      process.off('exit', kill)
      resolve()
    }
    child.once('exit', end)
    child.once('error', end)
  })
  // Each of its processes leads a group of its own, so they are found by their parent, which is held still meanwhile.
  const kill = () => {
    if (isGone || child.pid === undefined) return
    signalAll([child.pid], 'SIGSTOP')
    signalAll([...childrenOf(child.pid), child.pid], 'SIGKILL')
  }
  process.once('exit', kill)
  guard.watch(child.pid)
  const server: RunningServer = {
    signal(signal) {
      if (isGone || child.pid === undefined) return
      signalAll([child.pid], signal)
      signalAll(childrenOf(child.pid), signal)
    },
    kill() {
      // Whoever waits for its end must not end before it.
      child.ref()
      kill()
      return gone
    },
    end() {
      child.ref()
      child.kill('SIGINT')
      return gone
    },
  }
  const deadline = Date.now() + START_MS
  while (!(await answers(url))) {
    if (isGone || Date.now() > deadline) {
      await server.kill()
      throw new Error(`${program} did not start at ${url}:\n${output}`)
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  // Something else may have had the port, and answer there.
  if (isGone) throw new Error(`${program} did not start at ${url}:\n${output}`)
  // Who forgets to stop it can still end: it goes along.
  child.unref()
  if ('unref' in child.stderr && typeof child.stderr.unref === 'function') child.stderr.unref()
  return server
}

interface Guard {
  /** The process that is to end with this one. */
  watch(pid: number | undefined): void
  end(): void
}

/**
 * A shell that waits for the end of this process, which closes the pipe even where it is killed, and then ends the server
 * and removes its folder. SIGQUIT is the server's own immediate end, which takes its processes along.
 */
function guardOf(folder: string): Guard {
  const script = `
    while read -r line; do pid=$line; done
    if [ -n "$pid" ]; then
      kill -CONT "$pid"; kill -QUIT "$pid"
      tries=0; while kill -0 "$pid" && [ $tries -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
    fi
    rm -rf "$0"`
  const shell = spawn('sh', ['-c', script, folder], { cwd: '/', stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  const pipe = shell.stdin
  shell.on('error', () => {})
  pipe.on('error', () => {})
  shell.unref()
  if ('unref' in pipe && typeof pipe.unref === 'function') pipe.unref()
  return {
    watch: (pid) => void pipe.write(`${pid ?? ''}\n`),
    end: () => void pipe.end(),
  }
}

/** Whether a server there takes queries: while it recovers it takes connections and refuses to log in. */
async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 1000 })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('SELECT 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}
