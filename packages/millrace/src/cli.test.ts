import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'

/** The built command: what is tested here is a process, with its exit code, its output and its signals. */
const command = fileURLToPath(new URL('../dist/cli.js', import.meta.url))

let folder = ''
const processes: ChildProcess[] = []

beforeAll(() => {
  if (!existsSync(command)) throw new Error('The command is not built. Run: npm run build')
})

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-cli-'))
})

afterEach(async () => {
  for (const child of processes.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('exit', resolve))
  }
  rmSync(folder, { recursive: true })
})

function millrace(args: string[] = [], environment: Record<string, string> = {}) {
  const env = { PATH: process.env.PATH, AGENT_MODEL: 'demo', ...environment }
  const child = spawn(process.execPath, [command, ...args], { cwd: folder, env })
  processes.push(child)
  const printed = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (text) => (printed.out += text))
  child.stderr.setEncoding('utf8').on('data', (text) => (printed.err += text))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const url = async () => {
    await expect.poll(() => printed.out + printed.err, { timeout: 10_000 }).toMatch(/http:\/\/\S+/)
    return printed.out.match(/http:\/\/\S+/)?.[0] ?? ''
  }
  return { child, printed, ended, url }
}

/** Starts an answer that takes a while. */
function askForStory(url: string): Promise<Response> {
  const input = {
    content: [{ type: 'input_text', text: 'Tell me a long story' }],
    attachments: [],
    inference_options: {},
  }
  return fetch(`${url}/chatkit`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'last-event-id': '0' },
    body: JSON.stringify({ type: 'threads.create', params: { input } }),
  })
}

test('without a command it serves the chat, says where, and ends when it is told to', async () => {
  const { child, url, ended, printed } = millrace(['--port', '0'])
  const page = await fetch(await url())
  expect(page.headers.get('content-type')).toContain('text/html')
  expect(printed.out).toContain('demo model')
  expect(existsSync(join(folder, '.millrace/millrace.db'))).toBe(true)
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
})

test('--data names the folder of the data, .env in the working folder is read', async () => {
  writeFileSync(join(folder, '.env'), 'PORT=0\nLOG_LEVEL=loud\n')
  const refused = millrace()
  expect(await refused.ended).toBe(1)
  expect(refused.printed.err).toMatch(
    /^LOG_LEVEL=loud can't be used\. It must be one of trace, .* Example: LOG_LEVEL=debug\n$/,
  )
  const { url } = millrace(['start', '--data', 'elsewhere'], { LOG_LEVEL: 'info' })
  await url()
  expect(existsSync(join(folder, 'elsewhere/millrace.db'))).toBe(true)
})

test.each([
  [['--port', 'abc'], {}, /^--port abc can't be used\. It must be a port/],
  [[], { SESSION_SECRET: 'short' }, /^SESSION_SECRET can't be used\. It must be at least 32 characters/],
  [[], { REDIS_URL: 'redis://127.0.0.1:1', AUTH: 'session' }, /^SESSION_SECRET is needed, the same on every node/],
  [['--host', '0.0.0.0'], { AUTH: 'anonymous' }, /^HOST=0\.0\.0\.0 with AUTH=anonymous would open this chat/],
  [['--nonsense'], {}, /unknown option '--nonsense'/],
  [['nonsense'], {}, /too many arguments|unknown command/],
])('millrace %j with %j ends with code 1 and one clear message', async (args, environment, message) => {
  const { ended, printed } = millrace(args, environment)
  expect(await ended).toBe(1)
  expect(printed.err).toMatch(message)
  expect(printed.err).not.toMatch(/\n {4}at /)
})

test('a port in use and data in use are said', async () => {
  const first = millrace(['--port', '0'])
  const { port } = new URL(await first.url())
  const samePort = millrace(['--port', port, '--data', 'other'])
  expect(await samePort.ended).toBe(1)
  expect(samePort.printed.err).toMatch(new RegExp(`^Port ${port} .*in use`))
  const sameData = millrace(['--port', '0'])
  expect(await sameData.ended).toBe(1)
  expect(sameData.printed.err).toMatch(/in use by another Millrace process/)
})

test('what has no effect is a warning, and the chat starts all the same', async () => {
  const { url, printed } = millrace(['--port', '0'], {
    MILLRACE_PORT: '1',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
  })
  await url()
  const warnings = printed.err
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(warnings).toMatchObject([
    { level: 'warn', msg: expect.stringContaining('MILLRACE_PORT') },
    { level: 'warn', msg: expect.stringContaining('OTEL_EXPORTER_OTLP_ENDPOINT') },
  ])
})

test('a running answer gets DRAIN_TIMEOUT to finish, then it ends as interrupted', async () => {
  const { child, url, ended } = millrace(['--port', '0'], { DRAIN_TIMEOUT: '0.2' })
  const answer = await askForStory(await url())
  child.kill('SIGINT')
  expect(await answer.text()).toContain('"outcome":"interrupted"')
  expect(await ended).toBe(0)
})

test('a second Ctrl+C does not wait; the one that npm passes on does not count', async () => {
  const { child, url, ended, printed } = millrace(['--port', '0'])
  await askForStory(await url())
  child.kill('SIGINT')
  child.kill('SIGINT')
  await expect.poll(() => printed.err).toContain('One answer is running and has 30 s to finish')
  expect(child.exitCode).toBeNull()
  // Signals are sent again until one is late enough to be a key press of its own.
  const again = setInterval(() => child.kill('SIGINT'), 100)
  expect(await ended).toBe(1)
  clearInterval(again)
})

test('--version prints the version, --help the commands', async () => {
  const version = millrace(['--version'])
  expect(await version.ended).toBe(0)
  expect(version.printed.out).toMatch(/^\d+\.\d+\.\d+\n$/)
  const help = millrace(['--help'])
  expect(await help.ended).toBe(0)
  expect(help.printed.out).toMatch(/start[\s\S]*model/)
})
