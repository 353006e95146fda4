/** The built command as a real process: started, heard, told to end, killed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { type AddressInfo, createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { atEnd } from './cleanup.ts'
import { builtCommand, temporaryFolder } from './places.ts'

export interface MillraceOptions {
  /** Folder that the process runs in and keeps its data in. Default: a new one. */
  folder?: string
  /** Added to a small environment: the demo model, any free port, no limit on starts. */
  environment?: Readonly<Record<string, string>>
  /** Arguments of the command. Default `start`. */
  args?: readonly string[]
}

/** A line of the process's log. */
export interface LogLine {
  level: string
  msg: string
  [field: string]: unknown
}

export interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
}

export interface MillraceProcess {
  readonly pid: number
  readonly folder: string
  /** What it has printed so far. */
  readonly printed: { out: string; err: string }
  /** The lines of its log so far. */
  logLines(): LogLine[]
  /** Sends a signal and returns at once. */
  signal(name: NodeJS.Signals): void
  /** `kill -9`; resolves once it is gone. */
  kill(): Promise<void>
  /** Resolves with the address once it is printed. */
  readonly announced: Promise<string>
  /** Resolves once the process has ended and all its output has been read. */
  readonly ended: Promise<Exit>
}

export interface Millrace extends MillraceProcess {
  /** The address that it printed. */
  readonly url: string
}

const START_TIMEOUT_MS = 30_000

/** Starts `millrace start` and waits until it says where the chat is. The process ends with the test at the latest. */
export async function startMillrace(options: MillraceOptions = {}): Promise<Millrace> {
  const started = runMillrace(options)
  const url = await Promise.race([started.announced, started.ended, delay(START_TIMEOUT_MS, undefined, { ref: false })])
  if (typeof url !== 'string') throw new Error(`Millrace did not start.\n${started.printed.out}${started.printed.err}`)
  return { ...started, url }
}

const ADDRESS = /http:\/\/\S+(?=\s)/

/** Starts the command and does not wait. The process ends with the test at the latest. */
export function runMillrace({ args = ['start'], ...options }: MillraceOptions = {}): MillraceProcess {
  return runProgram([builtCommand(), ...args], options)
}

/** Starts a program with Node, in the same way. */
export function runProgram(
  [program = '', ...args]: readonly string[],
  { folder = temporaryFolder(), environment }: Omit<MillraceOptions, 'args'> = {},
): MillraceProcess {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      AGENT_MODEL: 'demo',
      PORT: '0',
      RATE_LIMIT: '0',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const printed = { out: '', err: '' }
  const announced = new Promise<string>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed.out += text
      const [url] = printed.out.match(ADDRESS) ?? []
      if (url) resolve(url)
    })
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    printed.err += text
  })
  const ended = new Promise<Exit>((resolve) => child.once('close', (code, signal) => resolve({ code, signal })))
  const kill = async () => {
    child.kill('SIGKILL')
    await ended
  }
  endWithUs(child)
  atEnd(kill)
  return {
    pid: child.pid ?? 0,
    folder,
    printed,
    announced,
    ended,
    kill,
    logLines: () => parseLog(printed.err),
    signal: (name) => void child.kill(name),
  }
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Also where vitest itself is ended, and no hook runs any more. */
function endWithUs(child: ChildProcess): void {
  const end = () => void child.kill('SIGKILL')
  process.once('exit', end)
  child.once('close', () => process.off('exit', end))
}

/** Complete JSON lines; what the command tells a person stands between them. */
function parseLog(text: string): LogLine[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line): LogLine => JSON.parse(line))
}
