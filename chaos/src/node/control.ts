/** What a node under test is told: how to be put together, and what to suffer. */
import type { ChatKitServerOptions } from '@millrace/server'

export interface NodeSettings {
  /** 0: any free one. */
  port: number
  /** The name of each message for which the model runs is added to this file, one a line. */
  countFile: string
  data: { sqlite: string } | { redis: string; postgres: string; leaseMs: number }
  timeouts?: NonNullable<ChatKitServerOptions<unknown>['timeouts']>
  /** As `ChatKitServer` has it. */
  storePatienceMs?: number
  /** Milliseconds that running answers get on SIGTERM. Default 30,000. */
  drainMs?: number
}

/** From the suite to the node; each is answered by `done`, `block` before it begins. */
export type Command =
  /** The wall clock of the process jumps by so many milliseconds. */
  | { clock: number }
  /** The event loop stands still for so many milliseconds, as in a long collection of garbage. */
  | { block: number }

export type FromNode = { port: number } | { done: true } | { failed: string }
