/**
 * The chat server of this process: a SQLite file with the threads and the run log, an agent, and one web-standard handler,
 * which the route handlers under `app/` call.
 */
import { respondWith, tapped, titleInBackground } from '@millrace/agents'
import { ChatKitError, ChatKitServer, createApp, type Handler, type Respond, startLimit } from '@millrace/server'
import { openSqlite } from '@millrace/server/sqlite'
import { chatAgent } from './agent.ts'
import { type User, userOf } from './guest.ts'
import { chooseModel } from './model.ts'
import { serverSettings } from './server-settings.ts'

interface Chat {
  readonly handler: Handler
  readonly server: ChatKitServer<User>
  close(graceMs: number): Promise<void>
}

/**
 * What outlives a module. Next loads this file more than once: for each bundle of route handlers, and in development after
 * each change. The SQLite file belongs to one opener, and a running answer must survive an edit, so both live here.
 */
interface Shared {
  chat?: Promise<Chat> | undefined
  /** Answers the next turn: that of the module which was loaded last, so that an edited agent is used at once. */
  respond: Respond<User>
}

declare global {
  var millraceExample: Shared | undefined
}

globalThis.millraceExample ??= { respond }
const shared = globalThis.millraceExample
shared.respond = respond

/** Answers a request of the ChatKit protocol, of the plain streams, or for health; 503 as long as the file can't be opened. */
export async function answer(request: Request): Promise<Response> {
  const chat = await openedChat().catch((error: unknown) => {
    console.error('The chat could not be opened.', error)
    return undefined
  })
  return chat ? chat.handler(request) : unavailable()
}

/** What a client shows, and after which it tries again. */
function unavailable(): Response {
  const error = 'The chat is not available right now. Try again in a moment.'
  const headers = { 'retry-after': '1' }
  return Response.json({ type: 'error', error, code: 'unavailable', param: null }, { status: 503, headers })
}

/** A page that is older than its cookie: the next one brings another. */
function reloadFirst(): never {
  throw new ChatKitError('auth_error', 'This page does not know you any more. Reload the page.')
}

/** Answers that this process is giving right now. */
export async function runningAnswers(): Promise<number> {
  return shared.chat === undefined ? 0 : (await shared.chat).server.activeRuns
}

/** Takes no new messages, gives running answers `graceMs` milliseconds, and closes the file. Nothing to do where none came. */
export async function closeChat(graceMs: number): Promise<void> {
  await (await shared.chat)?.close(graceMs)
}

/** Opened by the first request: `next build` loads this module too, and must not touch the file. */
function openedChat(): Promise<Chat> {
  shared.chat ??= openChat().catch((error: unknown) => {
    // The next request tries again: the file of a process that has just been replaced is free in a moment.
    shared.chat = undefined
    throw error
  })
  return shared.chat
}

async function openChat(): Promise<Chat> {
  const { databasePath, streamTimeoutMs, rateLimit } = serverSettings(process.env)
  const database = await openSqlite<User>(databasePath)
  const limit = startLimit({ starts: rateLimit })
  const server = new ChatKitServer<User>({
    store: database.store,
    log: database.log,
    respond: (turn) => shared.respond(turn),
    timeouts: { totalMs: streamTimeoutMs },
    ...(limit && { startLimit: limit }),
    observer: { failed: (error, where) => console.error('An answer failed.', where, error) },
  })
  // Answers that a process was giving when it died: what they had said is kept, and they can be tried again.
  await server.adopt()
  return {
    server,
    handler: createApp<User>({
      server,
      authenticate: (request) => userOf(request) ?? reloadFirst(),
      onError: (error, { url }) => console.error(`${new URL(url).pathname} failed.`, error),
    }),
    async close(graceMs) {
      await server.close(graceMs)
      await database.close()
    },
  }
}

/** Made at the first turn: a service is asked for its models then, and again if it was away. */
let responder: Promise<Respond<User>> | undefined

async function* respond(turn: Parameters<Respond<User>>[0]): ReturnType<Respond<User>> {
  responder ??= makeResponder().catch((error: unknown) => {
    responder = undefined
    throw error
  })
  yield* (await responder)(turn)
}

async function makeResponder(): Promise<Respond<User>> {
  const model = await chooseModel(process.env)
  const agent = chatAgent(tapped(model), process.env.AGENT_INSTRUCTIONS)
  return respondWith<User>(agent, {
    before: (context, turn) => titleInBackground(context, turn.input, { model }),
  })
}
