import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ChatKitError } from '@millrace/protocol'
import { expect, test } from 'vitest'
import { readConfig } from './read-config.ts'

/** What the person at the keyboard is told. */
function complaintAbout(environment: Record<string, string>, options: Record<string, string> = {}): string {
  try {
    readConfig(environment, options)
  } catch (error) {
    if (error instanceof ChatKitError) return error.message
    throw error
  }
  return ''
}

test('with nothing set every setting has its default, and nothing is complained about', () => {
  const { config, warnings } = readConfig({})
  expect(config).toMatchObject({
    host: '127.0.0.1',
    port: 8000,
    database: { kind: 'sqlite', path: '.millrace/millrace.db' },
    streamTimeoutMs: 120_000,
    drainTimeoutMs: 30_000,
    maxBodyBytes: 4 * 1024 * 1024,
    maxUploadBytes: 20 * 1024 * 1024,
    logLevel: 'info',
    openaiApiKey: undefined,
    agentModel: undefined,
    auth: undefined,
    sessionSecret: undefined,
    rateLimit: 10,
    corsOrigins: undefined,
  })
  expect(warnings).toEqual([])
})

test.each([
  ['PORT', '9000', 'port', 9000],
  ['PORT', '0', 'port', 0],
  ['HOST', '::1', 'host', '::1'],
  ['DRAIN_TIMEOUT', '0.5', 'drainTimeoutMs', 500],
  ['MAX_BODY', '1048576', 'maxBodyBytes', 1_048_576],
  ['MAX_UPLOAD', '1.5 GiB', 'maxUploadBytes', 1.5 * 1024 ** 3],
  ['MAX_UPLOAD', '50mb', 'maxUploadBytes', 50 * 1024 ** 2],
  ['LOG_LEVEL', 'DEBUG', 'logLevel', 'debug'],
  ['OPENAI_BASE_URL', 'http://127.0.0.1:1/v1', 'openaiBaseUrl', 'http://127.0.0.1:1/v1'],
  [
    'CORS_ORIGINS',
    'https://a.example, http://localhost:3000/',
    'corsOrigins',
    ['https://a.example', 'http://localhost:3000'],
  ],
  ['DATABASE_URL', 'sqlite:/data/x.db', 'database', { kind: 'sqlite', path: '/data/x.db' }],
  ['DATABASE_URL', 'postgres://user@db/x', 'database', { kind: 'postgres', address: 'postgres://user@db/x' }],
  ['REDIS_URL', 'rediss://:pw@cache:6380', 'redisUrl', 'rediss://:pw@cache:6380'],
  ['AUTH', 'anonymous', 'auth', 'anonymous'],
  ['AUTH', 'Session', 'auth', 'session'],
  ['RATE_LIMIT', '0', 'rateLimit', 0],
  ['SESSION_SECRET', 'x'.repeat(32), 'sessionSecret', 'x'.repeat(32)],
  ['DRAIN_TIMEOUT', '0', 'drainTimeoutMs', 0],
  ['PORT', ' ', 'port', 8000],
] as const)('%s=%s is read', (variable, value, name, expected) => {
  expect(readConfig({ [variable]: value }).config[name]).toEqual(expected)
})

test.each([
  ['PORT', 'abc'],
  ['PORT', '70000'],
  ['PORT', '-1'],
  ['PORT', '80.5'],
  ['HOST', 'http://localhost'],
  ['STREAM_TIMEOUT', '0'],
  ['STREAM_TIMEOUT', '2m'],
  ['MAX_BODY', '4 parsecs'],
  ['MAX_BODY', '0'],
  ['MAX_RUNS', 'many'],
  ['LOG_LEVEL', 'loud'],
  ['OPENAI_BASE_URL', 'localhost:11434'],
  ['CORS_ORIGINS', '*'],
  ['CORS_ORIGINS', 'https://a.example/path'],
  ['DATABASE_URL', 'mysql://root@localhost/db'],
  ['REDIS_URL', 'http://localhost:6379'],
  ['AUTH', 'none'],
  ['SESSION_SECRET', 'x'.repeat(31)],
  ['RATE_LIMIT', '-1'],
  ['BUFFER_SIZE', '1001'],
  ['AGENT_INSTRUCTIONS', '@no/such/file.md'],
])('%s=%s is refused with its name, its shape and an example', (variable, value) => {
  expect(complaintAbout({ [variable]: value })).toMatch(
    new RegExp(`^${variable}(=.*)? can't be used. It must be .+. Example: ${variable}=.+$`),
  )
})

test('all wrong values are told at once', () => {
  const complaint = complaintAbout({ PORT: 'abc', LOG_LEVEL: 'loud' })
  expect(complaint).toContain('PORT=abc')
  expect(complaint).toContain('LOG_LEVEL=loud')
})

test('a secret is never repeated', () => {
  const complaint = complaintAbout({ DATABASE_URL: 'mysql://root:hunter2@localhost/db' })
  expect(complaint).toContain('DATABASE_URL')
  expect(complaint).not.toContain('hunter2')
})

test('an option of the command wins over the environment, and is named when it is wrong', () => {
  expect(readConfig({ PORT: '1' }, { PORT: '9000' }).config.port).toBe(9000)
  expect(complaintAbout({ PORT: '1' }, { PORT: 'abc' })).toMatch(/^--port abc can't be used.* Example: --port 9000$/)
})

test('what has no effect yet is a warning that says so', () => {
  expect(readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x:4318' }).warnings).toEqual([
    expect.stringContaining('OTEL_EXPORTER_OTLP_ENDPOINT has no effect in this version'),
  ])
})

test('an unknown MILLRACE_ variable is a warning that knows what was meant', () => {
  expect(readConfig({ MILLRACE_PORT: '9000', PORT: '1' }).warnings).toEqual([
    'MILLRACE_PORT is no setting of Millrace and has no effect. Did you mean PORT?',
  ])
  expect(readConfig({ MILLRACE_COLOUR: 'red' }).warnings).toEqual([
    'MILLRACE_COLOUR is no setting of Millrace and has no effect.',
  ])
})

test('instructions may be the content of a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-config-'))
  writeFileSync(join(folder, 'agent.md'), 'Answer in rhymes.\n')
  const { config } = readConfig({ AGENT_INSTRUCTIONS: `@${join(folder, 'agent.md')}` })
  expect(config.agentInstructions).toBe('Answer in rhymes.')
  rmSync(folder, { recursive: true })
})
