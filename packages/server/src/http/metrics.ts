/** `GET /metrics`: what a Prometheus server asks for. */
import type { Routing } from './app.ts'
import { methodNotAllowed } from './errors.ts'

/** What `createMetrics` of `@millrace/server/metrics` makes; any other source of the same format will do. */
export interface MetricsText {
  /** Prometheus's text format, version 0.0.4. */
  text(): Promise<string>
  readonly contentType: string
}

export function metricsRoutes<Context>({ app }: Routing<Context>, metrics: MetricsText): void {
  app.get('/metrics', async (c) => {
    const headers = { 'content-type': metrics.contentType, 'cache-control': 'no-store' }
    return c.body(await metrics.text(), 200, headers)
  })
  app.all('/metrics', (c) => methodNotAllowed(c.req.method, 'GET'))
}
