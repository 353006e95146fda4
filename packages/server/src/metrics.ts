/** `@millrace/server/metrics`: metrics for Prometheus. */

export type { Metrics, MetricsOptions } from './telemetry/metrics.ts'
export { createMetrics } from './telemetry/metrics.ts'
