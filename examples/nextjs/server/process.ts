/** The life of the process: settings that can't work keep it from starting, and running answers are finished at its end. */
import { setTimeout as delay } from 'node:timers/promises'
import { publicSettings } from '../settings/public-settings.ts'
import { SettingError } from '../settings/setting-error.ts'
import { closeChat, runningAnswers } from './chat.ts'
import { serverSettings } from './server-settings.ts'

/** Time for the last bytes of answers that have just ended. */
const FLUSH_MS = 1000

/** npm passes a signal on to a process that the terminal has told already: what comes this soon after is the same key press. */
const SAME_KEY_PRESS_MS = 300

/** Ends the process with the reason where a setting is wrong: better now than at somebody's first message. */
export function checkSettings(): void {
  try {
    publicSettings(process.env)
    serverSettings(process.env)
  } catch (error) {
    if (!(error instanceof SettingError)) throw error
    console.error(`\n${error.message}\n`)
    process.exit(1)
  }
}

/** The first signal lets running answers finish, the second ends at once. */
export function endOnSignal(): void {
  // `launch.mjs start` sets it. Without it the end is Next's own; `next dev` is to end at once.
  if (!process.env.NEXT_MANUAL_SIG_HANDLE) return
  const { drainTimeoutMs } = serverSettings(process.env)
  let endingSince: number | undefined
  const end = async () => {
    if (endingSince !== undefined) {
      if (performance.now() - endingSince > SAME_KEY_PRESS_MS) process.exit(1)
      return
    }
    endingSince = performance.now()
    const running = await runningAnswers()
    if (running > 0) console.error(`Running answers: ${running}. They have ${drainTimeoutMs / 1000} s to finish.`)
    await closeChat(drainTimeoutMs)
    if (running > 0) await delay(FLUSH_MS)
    process.exit(0)
  }
  process.on('SIGINT', end)
  process.on('SIGTERM', end)
}
