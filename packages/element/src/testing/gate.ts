/** Lets a test hold an answer back: each `open` lets one `wait` pass, whichever comes first. */
export function gate(): { open: () => void; wait: () => Promise<void> } {
  let opened = 0
  const waiting: (() => void)[] = []
  return {
    open: () => {
      const next = waiting.shift()
      if (next) next()
      else opened++
    },
    wait: () => {
      if (opened > 0) {
        opened--
        return Promise.resolve()
      }
      return new Promise((resolve) => waiting.push(resolve))
    },
  }
}
