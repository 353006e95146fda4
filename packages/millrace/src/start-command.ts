/** `millrace start` as a process: reads the settings, announces the address, and drains when it is asked to end. */
import { spawn } from 'node:child_process'
import { exit, platform, stderr, stdout } from 'node:process'
import { readConfig } from './config/read-config.ts'
import { createLog } from './log.ts'
import { type Started, start } from './start.ts'

export interface ServerCommand {
  environment: Readonly<Record<string, string | undefined>>
  /** Values of the command's options, by the variable they stand for. */
  options: Readonly<Record<string, string | undefined>>
  /** Whether to show the chat in a browser. */
  open: boolean
}

/** Serves until the process is told to end. @throws ChatKitError that says what keeps it from starting */
export async function runServer({ environment, options, open }: ServerCommand): Promise<void> {
  const { config, warnings } = readConfig(environment, options)
  const log = createLog(config.logLevel, stderr)
  for (const warning of warnings) log.warn(warning)
  const started = await start({ config, log })
  stdout.write(announcement(started))
  endOnSignal(started, config.drainTimeoutMs)
  if (open) openBrowser(started.url)
}

function announcement({ url, model, database }: Started): string {
  return `
  Millrace  ${url}

  model     ${model}
  data      ${database}
  stop      Ctrl+C

`
}

/** npm passes a signal on to a process that the terminal has told already: what comes this soon after is the same key press. */
const SAME_KEY_PRESS_MS = 300

/** The first signal drains, the second ends at once. */
function endOnSignal(started: Started, drainTimeoutMs: number): void {
  let endingSince: number | undefined
  const end = async () => {
    if (endingSince !== undefined) {
      if (performance.now() - endingSince > SAME_KEY_PRESS_MS) exit(1)
      return
    }
    endingSince = performance.now()
    if (started.activeRuns > 0) stderr.write(drainNotice(started.activeRuns, drainTimeoutMs))
    await started.close(drainTimeoutMs)
    exit(0)
  }
  process.on('SIGINT', end)
  process.on('SIGTERM', end)
}

function drainNotice(activeRuns: number, drainTimeoutMs: number): string {
  const answers = activeRuns === 1 ? 'One answer is running and has' : `${activeRuns} answers are running and have`
  return `\n${answers} ${drainTimeoutMs / 1000} s to finish. Ctrl+C again ends at once; what was said is kept.\n`
}

/** Shows an address in the browser; where that can't be done the address in the terminal is enough. */
function openBrowser(url: string): void {
  const [program, ...args] = OPENERS[platform] ?? ['xdg-open']
  spawn(program, [...args, url], { stdio: 'ignore', detached: true })
    .on('error', () => stderr.write(`No browser could be opened. The chat is at ${url}\n`))
    .unref()
}

const OPENERS: Partial<Record<NodeJS.Platform, [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
}
