/** How long a page that is not painted (a tab behind another window, say) waits for a frame before it goes without. */
const patienceMs = 250

/** Calls `callback` at most once a frame however often it is asked to; where no frame comes, a timer serves. */
export function oncePerFrame(callback: () => void): { schedule: () => void; cancel: () => void } {
  let frame: number | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const cancel = () => {
    if (frame !== undefined) cancelAnimationFrame(frame)
    clearTimeout(timer)
    frame = undefined
    timer = undefined
  }
  const run = () => {
    cancel()
    callback()
  }
  return {
    schedule() {
      if (timer !== undefined) return
      frame = requestAnimationFrame(run)
      timer = setTimeout(run, patienceMs)
    },
    cancel,
  }
}
