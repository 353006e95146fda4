import { nextFrame } from '@millrace/client/frames'

/** Calls `callback` at most once a frame however often it is asked to; where no frame comes, a timer serves. */
export function oncePerFrame(callback: () => void): { schedule: () => void; cancel: () => void } {
  let undo: (() => void) | undefined
  const cancel = () => {
    undo?.()
    undo = undefined
  }
  return {
    schedule() {
      undo ??= nextFrame(() => {
        undo = undefined
        callback()
      })
    },
    cancel,
  }
}
