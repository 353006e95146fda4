/** A fault of the suite, and what it needs to happen. */
import { type PostgresServer, type Random, seededRandom, startPostgres } from '@millrace/testbed'
import type { ServerProcess } from './node/controlled.ts'
import type { Tally } from './tally.ts'
import {
  type Cluster,
  type ClusterOptions,
  type OneNodeOptions,
  oneNode,
  twoCommands,
  twoNodes,
  type World,
} from './world.ts'

export interface Fault {
  /** For `--only`. */
  name: string
  /** What happens. */
  title: string
  /** What a reader sees of it. */
  look: string
  run(lab: Lab): Promise<Tally>
}

/** Servers that faults may share: they do not suffer for good from what is done to them. */
export class SharedServers {
  #postgres: Promise<PostgresServer> | undefined

  /** A `kill -9` loses nothing without fsync, and power cuts are not what is tried here. */
  postgres(): Promise<PostgresServer> {
    this.#postgres ??= startPostgres({ fsync: false })
    return this.#postgres
  }

  async stop(): Promise<void> {
    await (await this.#postgres)?.stop()
  }
}

export interface LabOptions {
  seed: number
  /** How much of everything; 1 is the short form. */
  scale: number
  servers: SharedServers
}

/** Where one fault is tried: worlds on demand, and numbers by its seed. */
export class Lab {
  readonly seed: number
  readonly random: Random
  readonly #scale: number
  readonly #servers: SharedServers

  constructor({ seed, scale, servers }: LabOptions) {
    this.seed = seed
    this.#scale = scale
    this.#servers = servers
    this.random = seededRandom(seed)
  }

  /** So many of something in the full form, by its number in the short one. */
  times(short: number): number {
    return Math.max(1, Math.round(short * this.#scale))
  }

  /** Whether every case is to be tried, and not a choice. */
  get isFull(): boolean {
    return this.#scale > 1
  }

  async oneNode<T>(options: Partial<OneNodeOptions>, use: (world: World) => Promise<T>): Promise<T> {
    return used(await oneNode({ seed: this.seed, random: this.random, ...options }), use)
  }

  /** With `ownPostgres` one that may be killed. */
  async twoNodes<T>(options: TwoNodesOptions, use: (world: Cluster) => Promise<T>): Promise<T> {
    const { ownPostgres, ...given } = options
    const postgres = await (ownPostgres ? startPostgres({ fsync: false }) : this.#servers.postgres())
    try {
      return await used(await twoNodes({ seed: this.seed, random: this.random, ...given, postgres }), use)
    } finally {
      if (ownPostgres) await postgres.stop()
    }
  }

  async twoCommands<T>(
    { drainMs = 30_000 }: TwoCommandsOptions,
    use: (world: World<ServerProcess>) => Promise<T>,
  ): Promise<T> {
    const postgres = await this.#servers.postgres()
    return used(await twoCommands({ seed: this.seed, random: this.random, drainMs, postgres }), use)
  }
}

export interface TwoCommandsOptions {
  drainMs?: number
}

export type TwoNodesOptions = Partial<Omit<ClusterOptions, 'postgres'>> & { ownPostgres?: boolean }

async function used<W extends { close(): Promise<void> }, T>(world: W, use: (world: W) => Promise<T>): Promise<T> {
  try {
    return await use(world)
  } finally {
    await world.close()
  }
}
