/** Two equal nodes behind a balancer, with one PostgreSQL for their threads and one Redis for their runs. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Balancer, freePort, startBalancer, startPostgres, startRedis } from '@millrace/testbed'
import { type NodeProcess, startNode } from './node-process.ts'

export interface ClusterOptions {
  /** Of the balancer; 0, the default, picks a free one. */
  port?: number
  /** Settings of the nodes besides those that make them a cluster, by their variables. */
  environment?: Readonly<Record<string, string>>
  /** Told of what the nodes say. */
  onLine?(node: string, line: string): void
}

export interface Cluster {
  /** The balancer: where the chat is. */
  readonly url: string
  readonly nodes: readonly NodeProcess[]
  readonly balancer: Balancer
  stop(): Promise<void>
}

/** Seconds without a sign of life after which the other node takes a run over: short, for whoever watches. */
const LEASE = '3'

const NAMES = ['a', 'b']

const READY_WITHIN_MS = 30_000

/** Starts it all on free ports of this machine, and resolves when both nodes take requests. */
export async function startCluster({
  port = 0,
  environment = {},
  onLine = () => {},
}: ClusterOptions = {}): Promise<Cluster> {
  const parts: { stop(): Promise<void> }[] = []
  const keep = <Part extends { stop(): Promise<void> }>(part: Part): Part => {
    parts.push(part)
    return part
  }
  const stop = async () => {
    for (const part of parts.splice(0).reverse()) await part.stop()
  }
  try {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-cluster-'))
    keep({ stop: () => rm(folder, { recursive: true, force: true }) })
    const postgres = keep(await startPostgres())
    const redis = keep(await startRedis({ persistence: 'always' }))
    const shared = {
      AGENT_MODEL: 'demo',
      RUN_LEASE: LEASE,
      RATE_LIMIT: '0',
      DATABASE_URL: await postgres.createDatabase(),
      REDIS_URL: redis.url,
      ...environment,
    }
    const nodes: NodeProcess[] = []
    for (const name of NAMES) {
      const options = { name, port: await freePort(), folder, environment: shared }
      nodes.push(keep(startNode({ ...options, onLine: (line) => onLine(name, line) })))
    }
    const balancer = keep(await startBalancer({ port, nodes: nodes.map(({ url }) => url) }))
    await allReady(balancer)
    return { url: balancer.url, nodes, balancer, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function allReady(balancer: Balancer): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS
  while (balancer.ready().length < NAMES.length) {
    if (Date.now() > deadline) throw new Error('The nodes did not start. Their log says why.')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
