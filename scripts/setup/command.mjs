/** Runs other programs. */
import { spawn, spawnSync } from 'node:child_process'
import { root } from './script.mjs'

/** Output kept of a captured program: its last part says why it failed. */
const KEPT_CHARACTERS = 200_000

/**
 * Runs a program to its end and keeps what it prints.
 * @param {(line: string) => void} [options.onLine] is given each line as it comes, of stdout and stderr alike
 * @returns its exit code (127 if it can't be started) and its output
 */
export function capture(command, args, { cwd = root, env = process.env, shell = false, onLine } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, shell, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const read = (stream) => {
      let rest = ''
      stream.setEncoding('utf8').on('data', (text) => {
        output = (output + text).slice(-KEPT_CHARACTERS)
        const lines = (rest + text).split('\n')
        rest = lines.pop()
        for (const line of lines) onLine?.(line)
      })
    }
    read(child.stdout)
    read(child.stderr)
    child.on('error', (error) => resolve({ code: 127, output: error.message }))
    child.on('close', (code, signal) =>
      resolve({ code: code ?? 1, output: signal ? `${output}\n(${signal})` : output }),
    )
  })
}

/** Runs a program whose output belongs to the person at the keyboard; resolves with its exit code. */
export function show(command, args, { cwd = root, env = process.env } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] })
    child.on('error', () => resolve(127))
    child.on('close', (code) => resolve(code ?? 1))
  })
}

/** Whether a program can be started and ends well. */
export function works(command, args) {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 30_000 }).status === 0
}
