/** The command `millrace start` as people run it, with its demo model. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { controlled, endWithUs, type Launched, type ServerProcess, unlessItEnds } from './controlled.ts'

const PROGRAM = resolve(import.meta.dirname, '../../../packages/millrace/dist/cli.js')

const ADDRESS = /http:\/\/\S+:(\d+)(?=\s)/

export interface CommandOptions {
  /** Which it runs in. */
  folder: string
  environment: Readonly<Record<string, string>>
}

/** Starts the command and waits until it says where the chat is. */
export async function startCommand({ folder, environment }: CommandOptions): Promise<ServerProcess> {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is missing. Build it first: npm run build`)
  mkdirSync(folder, { recursive: true })
  return controlled((port) => launch(folder, { ...environment, PORT: `${port}` }))
}

async function launch(folder: string, environment: Readonly<Record<string, string>>): Promise<Launched> {
  const { PATH, HOME } = process.env
  const child = spawn(process.execPath, [PROGRAM, 'start'], {
    cwd: folder,
    env: { PATH, HOME, AGENT_MODEL: 'demo', RATE_LIMIT: '0', LOG_LEVEL: 'error', ...environment },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  endWithUs(child)
  endWhenWeAreKilled(child)
  const port = await unlessItEnds(child, 'millrace start', async () => {
    let printed = ''
    for await (const text of child.stdout.iterator({ destroyOnReturn: false })) {
      printed += text
      const [, found] = ADDRESS.exec(printed) ?? []
      if (found) return Number(found)
    }
    throw new Error('millrace start did not say where it listens.')
  })
  child.stdout.resume()
  return { child, port }
}

/** Unlike a forked node it does not notice: a shell waits for the end of the pipe from this process. */
function endWhenWeAreKilled(child: ChildProcess): void {
  const script = `read -r _; kill -9 ${child.pid}`
  const shell = spawn('sh', ['-c', script], { stdio: ['pipe', 'ignore', 'ignore'] })
  shell.stdin.on('error', () => {})
  child.once('exit', () => shell.kill('SIGKILL'))
}
