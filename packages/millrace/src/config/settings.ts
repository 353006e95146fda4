/**
 * Every setting of Millrace, in one table. Start-up errors, `.env.example` and `docs/settings.md` are made from it
 * (`npm run settings`).
 */
import {
  bytes,
  count,
  countWithin,
  database,
  hostName,
  httpAddress,
  type Kind,
  oneOf,
  origins,
  port,
  redis,
  seconds,
  secondsOrNone,
  signingSecret,
  text,
  textOrFile,
} from './kinds.ts'

export interface Setting<T = unknown> {
  /** The environment variable. */
  readonly variable: string
  readonly kind: Kind<T>
  /** As it would be written in the environment; absent where the setting may stay open. */
  readonly default?: string
  readonly example: string
  readonly meaning: string
  /** The heading it stands under in the documentation. */
  readonly group: 'Model' | 'Server' | 'Data' | 'Limits' | 'Users' | 'Observation'
  /** The option of the command that says the same. */
  readonly option?: string
  /** Its value is never shown, not even in an error. */
  readonly secret?: true
  /**
   * What this version does not do. Whoever asks for it learns so at the start: by an error where going on would be
   * wrong (data in the wrong place, a chat open to all), else by a warning.
   */
  readonly missing?: Missing<T>
}

interface Missing<T> {
  /** For which values it is missing. */
  when(value: T): boolean
  readonly severity: 'error' | 'warning'
  /** What the person who asked for it is told. */
  readonly say: string
  /** The same for the documentation, in short. */
  readonly note: string
}

/** A setting that always has a value. */
interface SettingWithDefault<T> extends Setting<T> {
  readonly default: string
}

const always = () => true

export const settings = {
  openaiApiKey: setting({
    variable: 'OPENAI_API_KEY',
    kind: text,
    example: 'sk-…',
    meaning: 'The key of the model service.',
    group: 'Model',
    secret: true,
  }),
  openaiBaseUrl: setting({
    variable: 'OPENAI_BASE_URL',
    kind: httpAddress,
    example: 'http://127.0.0.1:11434/v1',
    meaning: 'Any OpenAI-compatible model service. It needs no key unless the service asks for one.',
    group: 'Model',
  }),
  agentModel: setting({
    variable: 'AGENT_MODEL',
    kind: text,
    example: 'gpt-5-mini',
    meaning:
      'A model name; the path of a GGUF file for a model in this process; or `demo` for the built-in scripted one. Left open: with a key alone the Agents SDK’s default, with a base URL the first of its `/models`, with neither `demo`.',
    group: 'Model',
  }),
  agentInstructions: withDefault({
    variable: 'AGENT_INSTRUCTIONS',
    kind: textOrFile,
    default: 'You are a helpful assistant.',
    example: '@instructions.md',
    meaning: 'What the agent is told about its task: text, or `@path` to a file.',
    group: 'Model',
  }),
  host: withDefault({
    variable: 'HOST',
    kind: hostName,
    default: '127.0.0.1',
    example: '127.0.0.1',
    meaning: 'The address to listen on. Any other than this machine’s own opens the chat to others: see `AUTH`.',
    group: 'Server',
    option: '--host',
  }),
  port: withDefault({
    variable: 'PORT',
    kind: port,
    default: '8000',
    example: '9000',
    meaning: 'The port to listen on; 0 takes any free one.',
    group: 'Server',
    option: '--port',
  }),
  corsOrigins: setting({
    variable: 'CORS_ORIGINS',
    kind: origins,
    example: 'https://app.example.com,http://localhost:3000',
    meaning: 'Other origins whose pages may use this server. Left open: its own alone.',
    group: 'Server',
  }),
  streamTimeoutMs: withDefault({
    variable: 'STREAM_TIMEOUT',
    kind: seconds,
    default: '120',
    example: '300',
    meaning: 'Seconds that one answer may take. Besides, a model may be silent for 60 s.',
    group: 'Server',
  }),
  drainTimeoutMs: withDefault({
    variable: 'DRAIN_TIMEOUT',
    kind: secondsOrNone,
    default: '30',
    example: '10',
    meaning: 'Seconds that running answers get to finish when the server is asked to end.',
    group: 'Server',
  }),
  runLeaseMs: withDefault({
    variable: 'RUN_LEASE',
    kind: seconds,
    default: '10',
    example: '10',
    meaning: 'Seconds without a proof of life after which another node takes over a run.',
    group: 'Server',
  }),
  database: withDefault({
    variable: 'DATABASE_URL',
    kind: database,
    default: 'sqlite:.millrace/millrace.db',
    example: 'sqlite:/var/lib/millrace/millrace.db',
    meaning:
      'Where threads are kept, and runs where `REDIS_URL` is open: `sqlite:` and a path, or a `postgres://` address. Attachments lie in the folder `attachments` beside the file, with PostgreSQL in `.millrace/attachments`.',
    group: 'Data',
    option: '--data',
    secret: true,
  }),
  redisUrl: setting({
    variable: 'REDIS_URL',
    kind: redis,
    example: 'redis://127.0.0.1:6379',
    meaning:
      'The run log and stop signals for several nodes. Left open: one node, whose runs are kept in a SQLite file.',
    group: 'Data',
    secret: true,
  }),
  maxBodyBytes: withDefault({
    variable: 'MAX_BODY',
    kind: bytes,
    default: '4 MiB',
    example: '8 MiB',
    meaning: 'The largest request body.',
    group: 'Limits',
  }),
  maxUploadBytes: withDefault({
    variable: 'MAX_UPLOAD',
    kind: bytes,
    default: '20 MiB',
    example: '50 MiB',
    meaning: 'The largest attachment.',
    group: 'Limits',
  }),
  maxRuns: withDefault({
    variable: 'MAX_RUNS',
    kind: count,
    default: '1000',
    example: '200',
    meaning: 'Answers that run at once; more are told to come back later. 0 is no limit.',
    group: 'Limits',
  }),
  runRetentionMs: withDefault({
    variable: 'RUN_RETENTION',
    kind: seconds,
    default: '600',
    example: '3600',
    meaning: 'Seconds that a finished run can be read back. The thread keeps its answer for good.',
    group: 'Limits',
  }),
  rateLimit: withDefault({
    variable: 'RATE_LIMIT',
    kind: count,
    default: '10',
    example: '30',
    meaning: 'Answers that one user may start in a minute. 0 is no limit.',
    group: 'Limits',
  }),
  bufferSize: withDefault({
    variable: 'BUFFER_SIZE',
    kind: countWithin(1, 1000),
    default: '5',
    example: '20',
    meaning: 'Tokens in one event of the buffered view.',
    group: 'Limits',
  }),
  auth: setting({
    variable: 'AUTH',
    kind: oneOf('anonymous', 'session'),
    example: 'anonymous',
    meaning:
      '`anonymous`: everyone is the one user `local`. `session`: every browser is a user of its own and carries a client secret. Left open: `anonymous` on a `HOST` that only this machine can reach, else `session`.',
    group: 'Users',
  }),
  sessionSecret: setting({
    variable: 'SESSION_SECRET',
    kind: signingSecret,
    example: 'put-here-what-openssl-rand-base64-32-prints',
    meaning:
      'Signs client secrets, and lets an app’s backend ask for those of its users. Left open: made at the first start and kept in the folder of the data; with `REDIS_URL` and sessions it must be given, the same on every node.',
    group: 'Users',
    secret: true,
  }),
  logLevel: withDefault({
    variable: 'LOG_LEVEL',
    kind: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
    default: 'info',
    example: 'debug',
    meaning: 'The least important lines that are logged.',
    group: 'Observation',
  }),
  otlpEndpoint: setting({
    variable: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    kind: httpAddress,
    example: 'http://127.0.0.1:4318',
    meaning: 'Where traces go.',
    group: 'Observation',
    missing: {
      when: always,
      severity: 'warning',
      say: 'OTEL_EXPORTER_OTLP_ENDPOINT has no effect in this version: traces are not available yet.',
      note: 'No effect yet.',
    },
  }),
}

type Settings = typeof settings

/** The value of every setting, by its name in {@link settings}. Durations are milliseconds. */
export type Config = {
  readonly [Name in keyof Settings]: Settings[Name] extends SettingWithDefault<infer T>
    ? T
    : Settings[Name] extends Setting<infer T>
      ? T | undefined
      : never
}

function setting<T>(row: Setting<T>): Setting<T> {
  return row
}

function withDefault<T>(row: SettingWithDefault<T>): SettingWithDefault<T> {
  return row
}
