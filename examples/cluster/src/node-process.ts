/** One node of the cluster: the command `millrace start` as a process, started again when it dies. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** What is waited before a node that died is started again: long enough to see the other one take over. */
const RESTART_MS = 8000

export interface NodeOptions {
  name: string
  port: number
  /** The folder it runs in. */
  folder: string
  environment: Readonly<Record<string, string>>
  /** Told of each line that the node logs, and of its life. */
  onLine(line: string): void
}

export interface NodeProcess {
  readonly name: string
  readonly url: string
  /** Of the process that runs now. */
  readonly pid: number | undefined
  /** Sends a signal to the process that runs now. `SIGKILL` is what a crash looks like to the others. */
  signal(name: NodeJS.Signals): void
  /** Asks it to end, and waits until it has. It is not started again. */
  stop(): Promise<void>
}

/** Starts a node and keeps it running until it is stopped. */
export function startNode({ name, port, folder, environment, onLine }: NodeOptions): NodeProcess {
  const url = `http://127.0.0.1:${port}`
  let child: ChildProcess | undefined
  let isStopping = false
  let restart: NodeJS.Timeout | undefined

  const run = () => {
    const started = spawn(process.execPath, [command(), 'start'], {
      cwd: folder,
      env: { ...process.env, ...environment, HOST: '127.0.0.1', PORT: String(port) },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    child = started
    started.stderr.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n')) if (line.trim()) onLine(line)
    })
    started.once('exit', (code, signal) => {
      if (child === started) child = undefined
      if (isStopping) return
      onLine(`ended (${signal ?? code}), starts again in ${RESTART_MS / 1000} s`)
      restart = setTimeout(run, RESTART_MS)
    })
    onLine(`runs at ${url} as process ${started.pid}`)
  }
  run()
  const killWithUs = () => child?.kill('SIGKILL')
  process.once('exit', killWithUs)
  return {
    name,
    url,
    get pid() {
      return child?.pid
    },
    signal: (signal) => void child?.kill(signal),
    async stop() {
      isStopping = true
      clearTimeout(restart)
      process.off('exit', killWithUs)
      if (!child) return
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      // The second signal ends a node at once that still has answers to finish.
      const impatient = setTimeout(() => child?.kill('SIGKILL'), 5000)
      await ended
      clearTimeout(impatient)
    },
  }
}

function command(): string {
  return join(dirname(createRequire(import.meta.url).resolve('millrace/package.json')), 'dist/cli.js')
}
