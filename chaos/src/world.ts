/** What a fault happens to: nodes with their data, a network before them, and a clean end of it all. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type FaultyProxy,
  faultyProxy,
  type PostgresServer,
  type Random,
  type RedisServer,
  startBalancer,
  startRedis,
} from '@millrace/testbed'
import { Answer, type AnswerOptions } from './answer.ts'
import { inspect } from './inspect.ts'
import type { Allowed } from './judge.ts'
import { startCommand } from './node/command.ts'
import type { NodeSettings } from './node/control.ts'
import type { ServerProcess } from './node/controlled.ts'
import { type ChaosNode, startNode } from './node/node.ts'
import { COUNTING, type Language, SCRIPTED, type Script } from './script.ts'
import type { Tally } from './tally.ts'

/** As in all tests; the default of the command is 10 s. */
export const LEASE_MS = 2000

/** What every node of a world is given besides its data. */
export type NodeOptions = Partial<Pick<NodeSettings, 'timeouts' | 'drainMs' | 'storePatienceMs'>>

/** How a message gets to a node. */
export interface Way extends Pick<AnswerOptions, 'by' | 'isSentOnce'> {
  on?: number
  url?: string
}

export interface World<Node extends ServerProcess = ChaosNode> {
  readonly nodes: readonly Node[]
  /** Where readers come in: through `proxy`, and with two nodes through a balancer behind it. */
  readonly url: string
  readonly proxy: FaultyProxy
  readonly random: Random
  /** Sends a message, at first to node `on` where that is given; its sender comes in at `url`, by default the world's. */
  ask(script: Omit<Script, 'name'>, way?: Way): Answer
  /** Waits until all readers are through, then counts. */
  inspect(answers: readonly Answer[], allowed: (answer: Answer) => Allowed): Promise<Tally[]>
  close(): Promise<void>
}

export interface Cluster extends World {
  readonly redis: RedisServer
  readonly postgres: PostgresServer
  /** Between each node and Redis. */
  readonly redisLinks: readonly FaultyProxy[]
}

export interface WorldOptions extends NodeOptions {
  seed: number
  random: Random
}

export interface OneNodeOptions extends WorldOptions {
  /** Where its SQLite file lies. Default: a new folder, which is removed at the end. */
  dataFolder?: string
}

export interface ClusterOptions extends WorldOptions {
  postgres: PostgresServer
  /** `always`: what Redis has confirmed survives its death. Default `none`. */
  persistence?: 'none' | 'always'
}

/** What has been opened, to be closed in the opposite order. */
type Closer = () => unknown

/** One node with a SQLite file. */
export async function oneNode(options: OneNodeOptions): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-chaos-'))
  const closers: Closer[] = [() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })]
  return opened(closers, async () => {
    const countFile = join(folder, 'model-runs')
    const data = { sqlite: join(options.dataFolder ?? folder, 'millrace.db') }
    const node = await startOne(options, data, countFile, closers)
    return worldOf(options, { nodes: [node], port: portOf(node), language: SCRIPTED, countFile, closers })
  })
}

/** Two nodes with a Redis of their own and a new database, behind a balancer. */
export async function twoNodes(options: ClusterOptions): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-chaos-'))
  const closers: Closer[] = [() => rmSync(folder, { recursive: true, force: true })]
  return opened(closers, async () => {
    const countFile = join(folder, 'model-runs')
    const redis = await startRedis({ persistence: options.persistence ?? 'none' })
    closers.push(() => redis.stop())
    const { postgres } = options
    const database = await postgres.createDatabase()
    const redisLinks = await Promise.all(
      [0, 1].map((number) => faultyProxy({ host: '127.0.0.1', port: redis.port }, { seed: options.seed + number })),
    )
    closers.push(() => Promise.all(redisLinks.map((link) => link.stop())))
    // Both at once: they also bring the tables up to date together.
    const nodes = await Promise.all(
      redisLinks.map(({ port }) => {
        const data = { redis: `redis://127.0.0.1:${port}`, postgres: database, leaseMs: LEASE_MS }
        return startOne(options, data, countFile, closers)
      }),
    )
    const balancer = await startBalancer({ nodes: nodes.map(({ url }) => url) })
    closers.push(() => balancer.stop())
    const world = await worldOf(options, { nodes, port: portOf(balancer), language: SCRIPTED, countFile, closers })
    return { ...world, redis, postgres, redisLinks }
  })
}

/** Two processes of the command with one Redis and one PostgreSQL, behind a balancer. */
export async function twoCommands(options: ClusterOptions & { drainMs: number }): Promise<World<ServerProcess>> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-chaos-'))
  const closers: Closer[] = [() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })]
  return opened(closers, async () => {
    const redis = await startRedis()
    closers.push(() => redis.stop())
    const environment = {
      REDIS_URL: redis.url,
      DATABASE_URL: await options.postgres.createDatabase(),
      RUN_LEASE: `${LEASE_MS / 1000}`,
      DRAIN_TIMEOUT: `${options.drainMs / 1000}`,
    }
    const nodes = await Promise.all(
      ['one', 'two'].map((name) => startCommand({ folder: join(folder, name), environment })),
    )
    closers.push(() => Promise.all(nodes.map((node) => node.kill())))
    const balancer = await startBalancer({ nodes: nodes.map(({ url }) => url) })
    closers.push(() => balancer.stop())
    return worldOf(options, { nodes, port: portOf(balancer), language: COUNTING, closers })
  })
}

function portOf({ url }: { url: string }): number {
  return Number(new URL(url).port)
}

async function opened<T>(closers: Closer[], open: () => Promise<T>): Promise<T> {
  try {
    return await open()
  } catch (error) {
    await closeAll(closers)
    throw error
  }
}

async function closeAll(closers: Closer[]): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close()
}

async function startOne(
  { timeouts, drainMs, storePatienceMs }: NodeOptions,
  data: NodeSettings['data'],
  countFile: string,
  closers: Closer[],
): Promise<ChaosNode> {
  const node = await startNode({
    countFile,
    data,
    ...(timeouts && { timeouts }),
    ...(drainMs !== undefined && { drainMs }),
    ...(storePatienceMs !== undefined && { storePatienceMs }),
  })
  closers.push(() => node.kill())
  return node
}

/** Names of messages are unique in the whole process: a log may be shared. */
let messages = 0

interface Parts<Node> {
  nodes: readonly Node[]
  /** Where they, or the balancer before them, listen. */
  port: number
  language: Language
  /** Where the suite's own nodes write down for what their model ran. */
  countFile?: string
  closers: Closer[]
}

async function worldOf<Node extends ServerProcess>(
  { seed, random }: WorldOptions,
  { nodes, port, language, countFile, closers }: Parts<Node>,
): Promise<World<Node>> {
  const proxy = await faultyProxy({ host: '127.0.0.1', port }, { seed })
  closers.push(() => proxy.stop())
  const { url } = proxy
  const modelRuns = (name: string) => {
    if (countFile === undefined) return undefined
    const lines = existsSync(countFile) ? readFileSync(countFile, 'utf8').split('\n') : []
    return lines.filter((line) => line === name).length
  }
  return {
    nodes,
    url,
    proxy,
    random,
    ask(script, { on, ...way } = {}) {
      const at = on === undefined ? undefined : nodes[on]?.url
      const named = { name: `m${++messages}`, ...script }
      return new Answer({ script: named, language, url, random, ...(at && { at }), ...way })
    },
    async inspect(answers, allowed) {
      await Promise.all(answers.map((answer) => answer.over()))
      const doors = nodes.filter(({ isAlive }) => isAlive).map((node) => node.url)
      const options = { url, doors, random, modelRuns }
      return Promise.all(answers.map((answer) => inspect(answer, { ...options, ...allowed(answer) })))
    },
    close: () => closeAll(closers),
  }
}
