/** The suite's side of a node under test. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command, FromNode, NodeSettings } from './control.ts'
import { controlled, endWithUs, type Launched, type ServerProcess, unlessItEnds } from './controlled.ts'

export interface ChaosNode extends ServerProcess {
  /** Its wall clock jumps. */
  moveClock(byMs: number): Promise<void>
  /** Its event loop stands still; resolves as that begins. */
  block(forMs: number): Promise<void>
}

/** Compiled, like what people run; `npm test` and `npm run chaos` build it first. */
const PROGRAM = resolve(import.meta.dirname, '../../dist/node/node-process.js')

/** Starts a node and waits until it listens. It ends with this process at the latest. */
export async function startNode(settings: Omit<NodeSettings, 'port'>): Promise<ChaosNode> {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is missing. Build it first: npm run build`)
  const node = await controlled((port) => launch({ ...settings, port }))
  const told = async (command: Command) => {
    const child = node.child()
    const answered = message(child)
    child.send(command)
    await answered
  }
  return Object.assign(node, {
    moveClock: (byMs: number) => told({ clock: byMs }),
    block: (forMs: number) => told({ block: forMs }),
  })
}

async function launch(settings: NodeSettings): Promise<Launched> {
  // Without the arguments of this process: a test runner's make Node look for the sources.
  const child = fork(PROGRAM, [JSON.stringify(settings)], {
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  endWithUs(child)
  const hello = await message(child)
  if (!('port' in hello)) throw new Error('A node did not say where it listens.')
  return { child, port: hello.port }
}

function message(child: ChildProcess): Promise<FromNode> {
  return unlessItEnds(child, 'A node', async (signal) => {
    const [answer] = await once(child, 'message', { signal })
    return answer as FromNode
  })
}
