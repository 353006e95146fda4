/** A real server of the plain endpoints whose model says what a test lets it say, behind a network that breaks on command. */
import { type AppOptions, createApp } from '@millrace/server'
import { serve } from '@millrace/server/node'
import { ALICE, message, type TestServer, type TestUser, testServer } from '@millrace/server/testing'
import { type FaultyProxy, faultyProxy } from '@millrace/testbed'
import { atEnd } from './cleanup.ts'

export interface PlainServer extends TestServer {
  /** Its address behind the proxy. */
  url: string
  proxy: FaultyProxy
  /** How often the model was asked. */
  asked(): number
  /** Lets the model say so many more tokens; without a number all of them, and its end. */
  say(tokens?: number): void
}

export interface PlainServerOptions {
  /** The answer to everything. */
  tokens?: readonly string[]
  /** Whether the model waits for `say`. */
  isPaced?: boolean
  app?: Partial<AppOptions<TestUser>>
}

export async function startPlainServer({
  tokens = ['Hel', 'lo ', 'there ', '👋'],
  isPaced = false,
  app,
}: PlainServerOptions = {}): Promise<PlainServer> {
  const it = testServer()
  let asked = 0
  let allowed = isPaced ? 0 : Number.POSITIVE_INFINITY
  let wake = () => {}
  async function* spoken(signal: AbortSignal) {
    for (const [index, token] of [...tokens, undefined].entries()) {
      while (index >= allowed && !signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve
          signal.addEventListener('abort', () => resolve())
        })
      }
      if (token === undefined || signal.aborted) return
      yield token
    }
  }
  it.respond((turn) => {
    asked += 1
    return message(turn, spoken(turn.signal))
  })
  const served = await serve(createApp<TestUser>({ server: it.server, authenticate: () => ALICE, ...app }), { port: 0 })
  const proxy = await faultyProxy({ host: '127.0.0.1', port: served.port })
  atEnd(async () => {
    await proxy.stop()
    await served.close()
  })
  return {
    ...it,
    url: proxy.url,
    proxy,
    asked: () => asked,
    say(count = Number.POSITIVE_INFINITY) {
      allowed += count
      wake()
    },
  }
}
