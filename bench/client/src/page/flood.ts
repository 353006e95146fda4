import { nextFrame, nextTask, type Show } from './contender.ts'

export interface Flood {
  text: string
  /** Characters in each chunk. */
  size: number
  /** A frame is drawn after so many chunks. */
  chunksPerFrame: number
  /** Only what lies between these offsets is written in chunks: all before is there at once, all behind is left out. */
  from?: number
  to?: number
  /** The reader is at the bottom, and stays there. */
  follows?: boolean
}

/** Writes an answer as fast as it is taken, each chunk in a task of its own. `before` and `after` stand around the chunks. */
export async function flood(
  show: Show,
  { text, size, chunksPerFrame, from = 0, to = text.length, follows = false }: Flood,
  [before, after]: [before: () => Promise<void>, after: () => Promise<void>],
): Promise<void> {
  const root = newRoot()
  const shown = show(root, text)
  const stop = follows ? followEnd(root) : undefined
  if (from > 0) {
    shown.append(text.slice(0, from))
    shown.flush()
  }
  // What is there before is drawn, and highlighted, before anything is measured.
  for (let frame = 0; frame < (from > 0 ? 30 : 3); frame++) await nextFrame()
  await before()
  for (let at = from, count = 1; at < to; at += size, count++) {
    await nextTask()
    shown.append(text.slice(at, Math.min(at + size, to)))
    if (count % chunksPerFrame === 0) await nextFrame()
  }
  if (to === text.length) shown.done()
  await nextFrame()
  await nextTask()
  await after()
  stop?.()
}

/** An empty place on the page, in place of the last one. */
export function newRoot(): HTMLElement {
  const root = document.createElement('main')
  document.querySelector('main')?.remove()
  document.body.append(root)
  return root
}

/** The same for all: the page scrolls when the answer has grown. */
export function followEnd(root: HTMLElement): () => void {
  const page = document.documentElement
  const observer = new ResizeObserver(() => {
    page.scrollTop = page.scrollHeight
  })
  observer.observe(root)
  return () => observer.disconnect()
}
