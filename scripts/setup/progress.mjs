/** Says what a slow step is doing. On stderr, so that stdout holds only what the command was asked for. */

const TERMINAL_EVERY_MS = 250
const LINE_EVERY_MS = 10_000

/**
 * Announces a step. In a terminal its line is rewritten while it runs, elsewhere a line comes every ten seconds.
 * `note` changes what is said beside the elapsed time, `end` closes the step.
 */
export function progress(label, stream = process.stderr) {
  const started = performance.now()
  let note = ''
  const status = () => `  ${[note, elapsed(started)].filter(Boolean).join(', ')}`
  const rewrite = () => stream.write(`\r\x1b[2K${status()}`)
  const timer = stream.isTTY
    ? setInterval(rewrite, TERMINAL_EVERY_MS)
    : setInterval(() => stream.write(`${status()}\n`), LINE_EVERY_MS)
  timer.unref()
  stream.write(`${label} …\n`)
  return {
    note(text) {
      note = text
    },
    end(result) {
      clearInterval(timer)
      stream.write(`${stream.isTTY ? '\r\x1b[2K' : ''}  ${result} in ${elapsed(started)}\n`)
    },
  }
}

/** Time since `started`, as people read it. */
export function elapsed(started) {
  const seconds = (performance.now() - started) / 1000
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 60) return `${Math.round(seconds)} s`
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`
}
