/** The built Next.js example as a real process. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort, type MillraceOptions, type MillraceProcess, runProgram } from './millrace.ts'
import { root } from './places.ts'

const folder = join(root, 'examples/nextjs')

export interface NextApp extends MillraceProcess {
  readonly url: string
  readonly port: number
}

export interface NextAppOptions extends Omit<MillraceOptions, 'args'> {
  /** Default: any free one. */
  port?: number
}

/** Starts the built example and does not wait. Its data lies in the folder that it runs in. */
export function runNextApp({ environment, ...options }: NextAppOptions & { port: number }): MillraceProcess {
  const built = join(folder, 'dist/next/BUILD_ID')
  if (!existsSync(built)) throw new Error(`${built} is missing. Build it first: npm run build`)
  const settings = { ...environment, PORT: String(options.port) }
  return runProgram([join(folder, 'launch.mjs'), 'start'], { ...options, environment: settings })
}

/** Starts the built example and waits until it answers: it prints its address before it has looked at its settings. */
export async function startNextApp({ port, ...options }: NextAppOptions = {}): Promise<NextApp> {
  const used = port ?? (await freePort())
  const started = runNextApp({ ...options, port: used })
  const app = { ...started, url: `http://127.0.0.1:${used}`, port: used }
  const hasEnded = started.ended.then(() => 'ended' as const)
  for (;;) {
    const state = await Promise.race([hasEnded, answers(app.url)])
    if (state === 'answers') return app
    if (state === 'ended') throw new Error(`The Next.js example did not start.\n${started.printed.err}`)
    await delay(50)
  }
}

async function answers(url: string): Promise<'answers' | 'silent'> {
  return fetch(`${url}/icon.svg`).then(
    () => 'answers' as const,
    () => 'silent' as const,
  )
}
