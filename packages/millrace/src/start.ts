/** Starts a chat: puts store, log, attachments, model, agent, page and HTTP together, and takes them apart again. */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { tapped } from '@millrace/agents'
import { DEMO_PROMPTS } from '@millrace/agents/demo'
import { ChatKitError } from '@millrace/protocol'
import { ChatKitServer, createApp, type Handler, observers, startLimit } from '@millrace/server'
import { createMetrics } from '@millrace/server/metrics'
import { DiskAttachmentStore, isLoopback, type Served, serve } from '@millrace/server/node'
import { chatAgent, demoAction } from './agent/index.ts'
import { readConfig } from './config/read-config.ts'
import type { Config } from './config/settings.ts'
import { createLog, type Log } from './log.ts'
import { logRuns } from './log-runs.ts'
import { type ResolvedModel, resolveModel } from './model/index.ts'
import { type PageConfig, pageFiles } from './page-files.ts'
import { chatResponder } from './respond.ts'
import { requireUsers, type SessionUsers, sessionUsers } from './session-users.ts'
import { openStorage, type Storage } from './storage.ts'

/** Whose threads a request may see. */
export interface User {
  userId: string
}

export interface StartOptions {
  /** Default: what the environment says. */
  config?: Config
  /** Default: lines on stderr. */
  log?: Log
  /**
   * Who asks; undefined is refused (401). Without it everyone is one user where only this machine can connect, and else
   * each browser is one.
   */
  authenticate?(request: Request): Promise<User | undefined> | User | undefined
  /** Folder of another page to serve, with an `index.html`. Default: the chat page of this package. */
  page?: string
}

export interface Started {
  /** Where the chat is. */
  readonly url: string
  /** What answers, in words. */
  readonly model: string
  /** Where the threads are. */
  readonly database: string
  /** Answers that run right now. */
  readonly activeRuns: number
  /** Takes no new runs, gives running ones `graceMs` milliseconds, then ends them as interrupted, and closes everything. */
  close(graceMs?: number): Promise<void>
}

/** A user, and how their browser calls this server: an attachment's address must be one that it can reach. */
interface Context extends User {
  origin?: string
}

const PAGE_FOLDER = fileURLToPath(new URL('../dist/page', import.meta.url))

/** Time for balancers to notice that a node takes no more answers. */
const NOTICE_MS = 2000

/** Time for the last bytes of answers that have just ended. */
const FLUSH_MS = 1000

/**
 * Starts a chat.
 * @throws ChatKitError that says what to do: a host that is open to others, a port or a database in use, a folder that
 * can't be written, a model that can't be used, a page that is not built
 */
export async function start(options: StartOptions = {}): Promise<Started> {
  const config = options.config ?? readConfig(process.env).config
  const log = options.log ?? createLog(config.logLevel)
  requireUsers({ config, authenticate: options.authenticate })
  const opened: Closable[] = []
  try {
    return await compose({ ...options, config, log }, opened)
  } catch (error) {
    await closeAll(opened)
    throw error
  }
}

interface Closable {
  close(): Promise<void>
}

/** Opens one part after the other; `opened` gets what has to be closed again. */
async function compose(
  { config, log, authenticate, page = PAGE_FOLDER }: StartOptions & { config: Config; log: Log },
  opened: Closable[],
): Promise<Started> {
  const storage = await openStorage<Context>(config, log)
  opened.push(storage)
  const model = await resolveModel(config, { log })
  opened.push(model)
  const files = attachments(config, storage)
  const users = await sessionUsers({ config, folder: storage.folder, authenticate })
  const limit = startLimit({ starts: config.rateLimit, ...(storage.redis && { redis: storage.redis }) })
  const metrics = createMetrics()
  const store = metrics.watchStore(storage.store)
  const server = new ChatKitServer<Context>({
    store,
    log: metrics.watchLog(storage.log),
    attachments: files,
    ...(limit && { startLimit: limit }),
    maxRuns: config.maxRuns,
    timeouts: { totalMs: config.streamTimeoutMs },
    respond: chatResponder({ agent: agentOf(model, config), model, files, log }),
    ...(model.kind === 'demo' && { action: demoAction }),
    observer: observers(logRuns(log), metrics.observer),
  })
  const handler = createApp<Context>({
    server,
    authenticate: identify(users),
    ...(users.routes && { sessions: users.routes }),
    metrics,
    origins: config.corsOrigins ?? [],
    isLoopback: isLoopback(config.host),
    maxBodyBytes: config.maxBodyBytes,
    bufferSize: config.bufferSize,
    attachments: { files, store },
    assets: await pageFiles(page, () => pageConfig(model, users)),
    onError: (err, request) => log.error({ err, path: new URL(request.url).pathname }, 'request failed'),
  })
  await adopt(server, storage, log)
  const served = await listen(handler, config)
  return {
    url: served.url,
    model: model.describe(),
    database: storage.description,
    get activeRuns() {
      return server.activeRuns
    },
    async close(graceMs = 0) {
      // A balancer learns by `/health` that this node goes: until it has looked, requests still come.
      const noticed = storage.isShared ? delay(Math.min(graceMs, NOTICE_MS)) : undefined
      await server.close(graceMs)
      await noticed
      await served.close(FLUSH_MS)
      await closeAll(opened)
    },
  }
}

async function listen(handler: Handler, { host, port }: Config): Promise<Served> {
  try {
    return await serve(handler, { host, port })
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    throw new ChatKitError('unavailable', message, { cause })
  }
}

/** Runs of a dead process. Other nodes may write to a shared log, and it may be away: there the server looks by itself. */
async function adopt(server: ChatKitServer<Context>, { log: runs }: Storage<Context>, log: Log): Promise<void> {
  if (runs.adoptEveryMs !== undefined) return
  const adopted = await server.adopt()
  if (adopted > 0) log.warn({ runs: adopted }, 'ended the answers that were running when the last process died')
}

function attachments(config: Config, { folder }: Storage<Context>): DiskAttachmentStore<Context> {
  return new DiskAttachmentStore<Context>({
    directory: join(folder, 'attachments'),
    maxBytes: config.maxUploadBytes,
    urlFor(id, { origin = `http://${config.host}:${config.port}` }) {
      const url = `${origin}/attachments/${id}`
      return { upload: url, preview: url }
    },
  })
}

function agentOf(model: ResolvedModel, { agentInstructions }: Config) {
  return chatAgent({ ...model, model: tapped(model.model) }, agentInstructions)
}

/** Adds to the user how the request came here. */
function identify(users: SessionUsers): (request: Request) => Promise<Context | undefined> {
  return async (request) => {
    const user = await users.identify(request)
    return user && { ...user, origin: ownOrigin(request) }
  }
}

/** The page's origin where it is this server's: behind a proxy that ends TLS only the browser knows that it is https. */
function ownOrigin(request: Request): string {
  const called = new URL(request.url)
  const page = request.headers.get('origin')
  return page && URL.canParse(page) && new URL(page).host === called.host ? page : called.origin
}

function pageConfig({ name, kind }: ResolvedModel, { auth }: SessionUsers): PageConfig {
  return {
    title: 'Millrace',
    greeting: 'What can I help with today?',
    prompts: kind === 'demo' ? demoPrompts() : PROMPTS,
    model: { name, kind },
    attachments: true,
    sessions: auth === 'session',
  }
}

/** What the start screen shows of the demo model's repertoire: the attractive first; the model itself lists the rest. */
const DEMO_ICONS: Readonly<Record<string, string>> = {
  'Write a long answer in markdown': 'square-text',
  'Show me a widget': 'chart',
  'Plan a trip with a workflow': 'suitcase',
  'Read this page with a client tool': 'desktop',
  'Send a client effect': 'confetti',
  'Fail with an error': 'bug',
}

function demoPrompts(): PageConfig['prompts'] {
  const known = new Set(DEMO_PROMPTS.map(({ ask }) => ask))
  return Object.entries(DEMO_ICONS).flatMap(([ask, icon]) =>
    known.has(ask) ? [{ label: ask, prompt: ask, icon }] : [],
  )
}

const PROMPTS: PageConfig['prompts'] = [
  { label: 'Explain something', icon: 'lightbulb', prompt: 'Explain how a mill race works, in five sentences.' },
  { label: 'Write something', icon: 'write', prompt: 'Write a short, friendly invitation to a summer party.' },
  { label: 'Plan something', icon: 'calendar', prompt: 'Help me plan a weekend in a city I have never been to.' },
]

/** Closes in the opposite order of opening. */
async function closeAll(opened: readonly Closable[]): Promise<void> {
  for (const part of [...opened].reverse()) await part.close()
}
