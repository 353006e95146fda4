/** `@millrace/server/node`: listens with a web-standard handler on Node, and keeps attachments in a folder. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { App, Handler } from './http/app.ts'
import { isLocalOnly } from './security/local-only.ts'
import { isLoopbackName } from './security/origins.ts'
import { type NodeSockets, nodeSockets } from './websocket/node-sockets.ts'

export { DiskAttachmentStore, type DiskAttachmentStoreOptions } from './attachments/disk.ts'

export interface ServeOptions {
  /** Address to listen on. Default `127.0.0.1`. */
  host?: string
  /** 0 picks a free port. Default 8000. */
  port?: number
}

export interface Served {
  /** Where it listens, e.g. `http://127.0.0.1:8000`. */
  url: string
  port: number
  /**
   * Ends idle connections at once and open ones after `graceMs` milliseconds (default 0). WebSockets are closed with 1001;
   * one that follows a run counts as open until the run has ended.
   */
  close(graceMs?: number): Promise<void>
}

/**
 * Serves `handler` until it is closed, and the WebSockets of an app that takes them.
 * @throws Error that says what to do where the port is taken, not allowed, or the host is no address of this machine, and
 * where others than this machine could reach an app without `authenticate`
 */
export async function serve(handler: Handler | App, options: ServeOptions = {}): Promise<Served> {
  const { host = '127.0.0.1', port = 8000 } = options
  if (isLocalOnly(handler) && !isLoopback(host)) {
    throw new Error(`${host} can be reached by others. Give createApp \`authenticate\`, or listen on 127.0.0.1.`)
  }
  const server = createServer(
    getRequestListener((request, env) => handler(request, env), { overrideGlobalObjects: false }),
  )
  const sockets = 'connect' in handler ? nodeSockets(server, handler.connect) : undefined
  await listen(server, host, port)
  const { port: taken } = server.address() as AddressInfo
  const name = host.includes(':') ? `[${host}]` : host
  return { url: `http://${name}:${taken}`, port: taken, close: (graceMs = 0) => close(server, sockets, graceMs) }
}

/** Whether only this machine can reach a server that listens on `host`. */
export function isLoopback(host: string): boolean {
  return isLoopbackName(host)
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => reject(listenError(error, host, port))
    server.once('error', failed)
    server.listen(port, host, () => {
      server.off('error', failed)
      resolve()
    })
  })
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const advice: Record<string, string> = {
    EADDRINUSE: `Port ${port} of ${host} is in use. Stop what listens there, or choose another port with PORT=${port + 1}.`,
    EACCES: `Port ${port} may not be opened by this user. Choose one from 1024 up, e.g. PORT=8000.`,
    EADDRNOTAVAIL: `${host} is no address of this machine. Set HOST to one, e.g. HOST=127.0.0.1.`,
    ENOTFOUND: `${host} is no known host name. Set HOST to an address of this machine, e.g. HOST=127.0.0.1.`,
  }
  return new Error(advice[error.code ?? ''] ?? `Listening on ${host}:${port} failed: ${error.message}`, {
    cause: error,
  })
}

async function close(server: Server, sockets: NodeSockets | undefined, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const timer = setTimeout(() => server.closeAllConnections(), graceMs)
  await sockets?.close(graceMs)
  await closed
  clearTimeout(timer)
}
