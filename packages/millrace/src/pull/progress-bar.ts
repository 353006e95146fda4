/** A progress bar in a terminal; elsewhere a line at every fifth of the way, so that a CI log stays readable. */

export interface ProgressOutput {
  readonly isTTY?: boolean
  write(text: string): unknown
}

export interface ProgressBar {
  /** `done` bytes are there. Costs nothing when little has changed. */
  update(done: number): void
  /** Draws the last state and ends the line. */
  end(): void
}

const WIDTH = 30
const REDRAW_MS = 100

export function progressBar(output: ProgressOutput, label: string, totalBytes: number): ProgressBar {
  let done = 0
  let drawnAt = 0
  let fifth = 0
  const draw = () => {
    const share = Math.min(1, done / totalBytes)
    const filled = Math.round(share * WIDTH)
    const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled)
    output.write(
      `\r  ${label}  ${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${megabytes(done)} of ${megabytes(totalBytes)}  `,
    )
  }
  return {
    update(now) {
      done = now
      if (output.isTTY) {
        if (Date.now() - drawnAt < REDRAW_MS) return
        drawnAt = Date.now()
        draw()
      } else if (Math.floor((done / totalBytes) * 5) > fifth) {
        fifth = Math.floor((done / totalBytes) * 5)
        output.write(`  ${label}  ${megabytes(done)} of ${megabytes(totalBytes)}\n`)
      }
    },
    end() {
      if (!output.isTTY) return
      draw()
      output.write('\n')
    },
  }
}

/** Sizes as people say them: decimal megabytes. */
export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`
}
