import { nextFrame, nextTask, type Show } from './contender.ts'
import { followEnd, newRoot } from './flood.ts'

export interface Pace {
  text: string
  size: number
  chunksPerSecond: number
  /** All before this offset is there when the writing begins. */
  from: number
}

export interface Smoothness {
  /** From a key press to the end of the next frame, in milliseconds. */
  keyDelaysMs: number[]
  /** Tasks of 50 ms and more. */
  longTasksMs: number[]
  /** How long after the last chunk was due the end of the answer is on the page. */
  behindMs: number
}

/** Writes the end of an answer as a model does, while the reader at the bottom types. */
export async function paced(
  show: Show,
  { text, size, chunksPerSecond, from }: Pace,
  [before, after]: [before: () => Promise<void>, after: () => Promise<void>],
): Promise<Smoothness> {
  const root = newRoot()
  const shown = show(root, text)
  shown.append(text.slice(0, from))
  shown.flush()
  const stopFollowing = followEnd(root)
  const longTasksMs: number[] = []
  const observer = new PerformanceObserver((list) =>
    longTasksMs.push(...list.getEntries().map(({ duration }) => duration)),
  )
  for (let frame = 0; frame < 60; frame++) await nextFrame()
  // What was pressed while the beginning was drawn does not count.
  const { keyDelaysMs, stop } = watchKeys()
  observer.observe({ type: 'longtask' })
  await before()
  const start = performance.now()
  const dueMs = (chunk: number) => start + (chunk * 1000) / chunksPerSecond
  let chunk = 0
  for (let at = from; at < text.length; at += size, chunk++) {
    const wait = dueMs(chunk) - performance.now()
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    else await nextTask()
    shown.append(text.slice(at, at + size))
  }
  await after()
  while (!root.textContent?.includes('END-OF-ANSWER') && performance.now() - dueMs(chunk) < 20_000) {
    await nextFrame()
    shown.done()
  }
  const behindMs = Math.max(0, performance.now() - dueMs(chunk))
  for (const { duration } of observer.takeRecords()) longTasksMs.push(duration)
  observer.disconnect()
  stopFollowing()
  stop()
  return { keyDelaysMs, longTasksMs, behindMs }
}

function watchKeys(): { keyDelaysMs: number[]; stop: () => void } {
  const input = document.querySelector('input')
  const keyDelaysMs: number[] = []
  const onKey = ({ timeStamp }: KeyboardEvent) => {
    requestAnimationFrame(() => void nextTask().then(() => keyDelaysMs.push(performance.now() - timeStamp)))
  }
  input?.focus()
  input?.addEventListener('keydown', onKey)
  return { keyDelaysMs, stop: () => input?.removeEventListener('keydown', onKey) }
}
