/**
 * Next's own command in this folder: `node launch.mjs dev`, `build` or `start`. It sends no telemetry, and listens on this
 * machine alone unless `HOST` says otherwise. How a started process ends is left to `instrumentation.ts`, which lets running
 * answers finish: Next itself ends as soon as nobody is connected any more.
 */
const [command = 'start', ...args] = process.argv.slice(2)
const listening = command === 'build' ? [] : ['--hostname', process.env.HOST ?? '127.0.0.1']
process.env.NEXT_TELEMETRY_DISABLED ??= '1'
if (command === 'start') process.env.NEXT_MANUAL_SIG_HANDLE = 'true'
process.argv = [...process.argv.slice(0, 2), command, import.meta.dirname, ...listening, ...args]
await import('next/dist/bin/next')
