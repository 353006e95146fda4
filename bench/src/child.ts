/** A process of the bench's own making, which answers questions: a server under measurement, or the load on it. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export interface Child<Answer> {
  readonly pid: number
  /** What it says first, when it is ready. */
  readonly hello: Answer
  /** One question at a time. */
  ask(question: unknown): Promise<Answer>
  /** `kill -9`. */
  kill(): Promise<void>
  /** It ends when its parent lets go of it. */
  stop(): Promise<void>
}

/** Starts a script of this folder, as `servers/bare`, and waits for its first message. */
export async function startChild<Answer>(
  script: string,
  args: readonly string[] = [],
  nodeArgs: readonly string[] = [],
): Promise<Child<Answer>> {
  const path = fileURLToPath(new URL(`./${script}.js`, import.meta.url))
  const child = fork(path, args, { stdio: 'inherit', execArgv: [...nodeArgs] })
  const gone = once(child, 'exit')
  const hello = await message<Answer>(child, script)
  return {
    pid: child.pid ?? 0,
    hello,
    ask(question) {
      child.send(question as object)
      return message<Answer>(child, script)
    },
    async kill() {
      child.kill('SIGKILL')
      await gone
    },
    async stop() {
      if (child.connected) child.disconnect()
      await gone
    },
  }
}

async function message<Answer>(child: ChildProcess, script: string): Promise<Answer> {
  const answered = new AbortController()
  const { signal } = answered
  try {
    const died = once(child, 'exit', { signal }).then(([code]) => {
      throw new Error(`The process ${script} ended with code ${code}.`)
    })
    const [answer] = await Promise.race([once(child, 'message', { signal }), died])
    return answer as Answer
  } finally {
    answered.abort()
  }
}
