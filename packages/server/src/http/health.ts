/** `/health`: whether to send traffic here. `/health/stream`: whether an answer gets through the store and the log. */
import { ChatKitError } from '@millrace/protocol'
import { DEFAULT_FLUSH_MS } from '../plain/buffering.ts'
import { HealthProbe } from '../plain/health-probe.ts'
import { VIEWS } from '../plain/views.ts'
import type { Routing } from './app.ts'
import { methodNotAllowed } from './errors.ts'
import { streamResponse } from './event-stream.ts'

/** Neither asks who calls: load balancers have no session. */
export function healthRoutes<Context>({ app, server }: Routing<Context>): void {
  app.get('/health', (c) => {
    return server.isDraining ? c.json({ status: 'draining' }, 503) : c.json({ status: 'ok' })
  })
  app.all('/health', (c) => methodNotAllowed(c.req.method, 'GET'))

  let probe: HealthProbe<Context> | undefined
  app.get('/health/stream', async (c) => {
    if (server.isDraining) throw new ChatKitError('unavailable', 'The server is going down. Ask another one.')
    probe ??= new HealthProbe(server.parts)
    const { info, entries } = await probe.probe()
    if (c.req.method === 'HEAD') return c.body(null)
    const { encode } = VIEWS.message(info, { bufferSize: 1, flushMs: DEFAULT_FLUSH_MS })
    return streamResponse(c, {
      headers: { 'x-run-id': info.runId, 'x-message-id': info.messageId },
      read: () => oneBatch(entries),
      encode,
    })
  })
  app.all('/health/stream', (c) => methodNotAllowed(c.req.method, 'GET'))
}

async function* oneBatch<T>(batch: T): AsyncGenerator<T> {
  yield batch
}
