/** A page that is not seen draws no frames, also none that it asked for when it was. */
const UNSEEN_MS = 100
const NO_SCREEN_MS = 16

/** Calls `draw` with the next frame, or where there is none a little later. Returns what undoes it. */
export function nextFrame(draw: () => void): () => void {
  const isSeen = globalThis.document?.hidden === false
  const frame = isSeen ? requestAnimationFrame(done) : undefined
  const timer = setTimeout(done, isSeen ? UNSEEN_MS : NO_SCREEN_MS)
  function cancel(): void {
    if (frame !== undefined) cancelAnimationFrame(frame)
    clearTimeout(timer)
  }
  function done(): void {
    cancel()
    draw()
  }
  return cancel
}
