/** A real Redis (or Valkey) on a free port, with a data folder of its own, for as long as a test needs it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { freePort } from './free-port.ts'

export interface RedisServer {
  /** `redis://127.0.0.1:<port>` */
  readonly url: string
  readonly port: number
  /** Of the process that runs now. */
  readonly pid: number
  /** `kill -9`. */
  kill(): Promise<void>
  /** Starts it again after `kill`, or ends it first: same port, same data folder. Resolves when it answers. */
  restart(): Promise<void>
  /** SIGSTOP: it takes connections and answers nothing. */
  pause(): void
  /** SIGCONT. */
  resume(): void
  /** Ends it and removes its folder. */
  stop(): Promise<void>
}

export interface RedisServerOptions {
  /** `always`: an append-only file with `appendfsync always`. Default `none`: a restart comes back empty. */
  persistence?: 'none' | 'always'
  /** More arguments of the server, as `['--maxmemory', '4mb']`. */
  config?: readonly string[]
}

/** How long a start may take; loading an append-only file is part of it. */
const START_MS = 20_000

/** Another process may take the free port before the server does. */
const TRIES = 5

/**
 * Starts a server. It ends with this process, however that ends.
 * @throws Error where neither `redis-server` nor `valkey-server` is on the PATH, or the server does not answer
 */
export async function startRedis({ persistence = 'none', config = [] }: RedisServerOptions = {}): Promise<RedisServer> {
  const program = findProgram()
  const folder = mkdtempSync(join(tmpdir(), 'millrace-redis-'))
  const settings = ['--save', '', '--appendonly', persistence === 'always' ? 'yes' : 'no', '--appendfsync', 'always']
  const start = (port: number) =>
    startProcess(program, ['--bind', '127.0.0.1', '--port', `${port}`, '--dir', folder, ...settings, ...config], {
      port,
      folder,
    })

  let port = 0
  let running: RunningServer | undefined
  for (let attempt = 1; !running; attempt += 1) {
    port = await freePort()
    running = await start(port).catch((error: unknown) => {
      if (attempt < TRIES) return undefined
      rmSync(folder, { recursive: true, force: true })
      throw error
    })
  }
  let server = running
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return server.pid
    },
    kill: () => server.kill(),
    restart: async () => {
      await server.kill()
      server = await start(port)
    },
    pause: () => server.signal('SIGSTOP'),
    resume: () => server.signal('SIGCONT'),
    stop: async () => {
      await server.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

interface RunningServer {
  readonly pid: number
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void
  kill(): Promise<void>
}

async function startProcess(
  program: string,
  args: string[],
  { port, folder }: { port: number; folder: string },
): Promise<RunningServer> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-2000)
  })
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  const kill = () => void child.kill('SIGKILL')
  process.once('exit', kill)
  const watcher = killedWithUs(child, folder)
  void gone.then(() => {
    process.off('exit', kill)
    watcher.kill('SIGKILL')
  })
  const server: RunningServer = {
    pid: child.pid ?? 0,
    signal: (signal) => void child.kill(signal),
    kill: () => {
      // Whoever waits for its end must not end before it.
      child.ref()
      kill()
      return gone
    },
  }
  const deadline = Date.now() + START_MS
  while (!(await answers(port))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await server.kill()
      throw new Error(`${program} did not start on port ${port}:\n${output}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  // Something else may have had the port, and answer there.
  if (child.exitCode !== null) throw new Error(`${program} did not start on port ${port}:\n${output}`)
  // Who forgets to stop it can still end: it goes along.
  child.unref()
  if ('unref' in child.stdout && typeof child.stdout.unref === 'function') child.stdout.unref()
  return server
}

/** A shell that waits for the end of this process, which closes the pipe even where it is killed, and then cleans up. */
function killedWithUs(child: ChildProcess, folder: string): ChildProcess {
  const watcher = spawn('sh', ['-c', 'read -r _; kill -9 "$1"; rm -rf "$2"', 'sh', `${child.pid}`, folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  watcher.on('error', () => {})
  watcher.unref()
  const pipe = watcher.stdin
  pipe?.on('error', () => {})
  if (pipe && 'unref' in pipe && typeof pipe.unref === 'function') pipe.unref()
  return watcher
}

/** Whether a server at that port has loaded its data and takes commands. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    const finish = (isThere: boolean) => {
      socket.destroy()
      resolve(isThere)
    }
    socket.setTimeout(1000, () => finish(false))
    socket.once('error', () => finish(false))
    socket.once('connect', () => socket.write('PING\r\n'))
    socket.once('data', (data) => finish(data.toString().startsWith('+PONG')))
  })
}

function findProgram(): string {
  for (const name of ['redis-server', 'valkey-server']) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      const path = join(folder, name)
      try {
        accessSync(path, constants.X_OK)
        return path
      } catch {
        // Not here: on to the next folder.
      }
    }
  }
  throw new Error(
    'Neither redis-server nor valkey-server is on the PATH. Install one: `apt-get install redis-server`, `brew install redis`.',
  )
}
