/** Several observers as one: a log, metrics and whatever an app adds all see everything. */
import type { RunObserver } from '../options.ts'

export function observers(...list: readonly RunObserver[]): RunObserver {
  return {
    runStarted: (run) => {
      for (const observer of list) observer.runStarted?.(run)
    },
    runEnded: (run, figures) => {
      for (const observer of list) observer.runEnded?.(run, figures)
    },
    runStopped: (run) => {
      for (const observer of list) observer.runStopped?.(run)
    },
    readerCame: (run, after) => {
      const readers = list.flatMap((observer) => observer.readerCame?.(run, after) ?? [])
      return {
        left: () => {
          for (const reader of readers) reader.left()
        },
      }
    },
    failed: (error, where) => {
      for (const observer of list) observer.failed?.(error, where)
    },
  }
}
