/** Programs that a pull needs: run to their end, with what they said on failure. */
import { type SpawnOptions, spawn } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface Run {
  cwd?: string
  env?: NodeJS.ProcessEnv
  signal?: AbortSignal | undefined
  /** Told each line of the program's standard output. */
  onLine?: (line: string) => void
}

/** How much of a program's last words an error repeats. */
const LAST_WORDS = 1200

/** Resolves when the program has ended with code 0; otherwise throws its last words. An abort ends the program. */
export async function run(
  program: string,
  args: readonly string[],
  { cwd, env, signal, onLine }: Run = {},
): Promise<void> {
  const options: SpawnOptions = {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd !== undefined && { cwd }),
    ...(env && { env }),
    ...(signal && { signal }),
    // npm is a script on Windows, which only a shell can start. No argument of ours needs quoting.
    shell: process.platform === 'win32' && !program.endsWith('.exe'),
  }
  const child = spawn(program, args, options)
  let words = ''
  let line = ''
  const hear = (text: string) => {
    words = (words + text).slice(-LAST_WORDS)
  }
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    hear(text)
    const lines = (line + text).split('\n')
    line = lines.pop() ?? ''
    for (const whole of lines) onLine?.(whole)
  })
  child.stderr?.setEncoding('utf8').on('data', hear)
  await new Promise<void>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, killed) => {
      if (code === 0) resolve()
      else reject(new Error(`${program} ended with ${killed ?? `code ${code}`}. ${words.trim()}`.trim()))
    })
  })
}

/**
 * Runs a small ES module in a Node of its own. It is written to a file first: with `-e` Node's flags would be passed on
 * to the processes that node-llama-cpp forks, and these would not start.
 */
export async function runModule(folder: string, source: string, args: readonly string[], options: Run): Promise<void> {
  const path = join(folder, 'run.mjs')
  await writeFile(path, source)
  try {
    await run(process.execPath, [path, ...args], options)
  } finally {
    await rm(path, { force: true })
  }
}
