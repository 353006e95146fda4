/** One answer that is being shown: what every library in the bench can do. */
export interface Shown {
  append(text: string): void
  done(): void
  /** Brings what was appended to the page now, where the library would wait. */
  flush(): void
}

/** Shows a new answer in `root`. `text` is all of it: only the floor looks at it, before anything is measured. */
export type Show = (root: HTMLElement, text: string) => Shown

/** Resolves before the next task's work. Made of messages, as what comes from a network is: timers are slowed down. */
const channel = new MessageChannel()
const waiting: (() => void)[] = []
channel.port1.onmessage = () => waiting.shift()?.()

export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve)
    channel.port2.postMessage(undefined)
  })
}

export function nextFrame(): Promise<number> {
  return new Promise((resolve) => requestAnimationFrame(resolve))
}
