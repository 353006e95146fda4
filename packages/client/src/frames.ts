/** `@millrace/client/frames`: the rhythm of the screen, for whatever shows what comes faster. */

/** Where there is no screen, or nobody sees it. */
const FRAME_MS = 16
/** A page that was hidden after it asked for a frame gets none. */
const HIDDEN_MS = 250

/** Calls `draw` at the next frame of a page that is seen, else a little later; returns what undoes it. */
export function nextFrame(draw: () => void): () => void {
  const hasScreen = typeof requestAnimationFrame === 'function' && globalThis.document?.hidden === false
  const timer = setTimeout(done, hasScreen ? HIDDEN_MS : FRAME_MS)
  const frame = hasScreen ? requestAnimationFrame(done) : undefined
  function cancel(): void {
    clearTimeout(timer)
    if (frame !== undefined) cancelAnimationFrame(frame)
  }
  function done(): void {
    cancel()
    draw()
  }
  return cancel
}
