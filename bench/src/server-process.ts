/** A server under measurement: a process of its own, so that its CPU time is its alone. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { FromServer, Usage } from './servers/control.ts'

export interface ServerProcess {
  port: number
  usage(): Promise<Usage>
  stop(): Promise<void>
}

/** Starts `servers/<name>.js` with arguments and waits until it listens. */
export async function startServer(name: string, args: string[] = []): Promise<ServerProcess> {
  const child = fork(fileURLToPath(new URL(`./servers/${name}.js`, import.meta.url)), args, { stdio: 'inherit' })
  const hello = await message(child)
  if (!('port' in hello)) throw new Error(`${name} did not say where it listens.`)
  return {
    port: hello.port,
    async usage() {
      child.send('usage')
      const answer = await message(child)
      if (!('usage' in answer)) throw new Error(`${name} did not tell its usage.`)
      return answer.usage
    },
    async stop() {
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
    },
  }
}

async function message(child: ChildProcess): Promise<FromServer> {
  const answered = new AbortController()
  const { signal } = answered
  try {
    const died = once(child, 'exit', { signal }).then(([code]) => {
      throw new Error(`A server process ended with code ${code}.`)
    })
    const [answer] = await Promise.race([once(child, 'message', { signal }), died])
    return answer as FromServer
  } finally {
    answered.abort()
  }
}
