/** Renders only for what is read: the state of a source behind getters that remember who looked at what. */
import { useState, useSyncExternalStore } from 'react'

/** Immutable snapshots, and who is told of a new one. */
export interface Source<State> {
  getSnapshot(): State
  subscribe(listener: () => void): () => void
}

/** What `useReads` shows: made once for a source, outlives its renders. */
export interface Reads<Result> {
  subscribe(listener: () => void): () => void
  /** The same object until a field changes that was read. */
  current(): Result
  /** What the server has rendered. */
  initial(): Result
  /** For a render, which happens anyhow: takes all that is new. */
  refresh(): void
}

/** Puts the fields of the source's state and `verbs` into one object. */
export function trackReads<State extends object, Verbs extends object>(
  source: Source<State>,
  verbs: Verbs,
): Reads<Readonly<State> & Verbs> {
  const read = new Set<keyof State>()
  let state = source.getSnapshot()
  let result = resultOf(state)
  const initial = result
  /** Subscribed once: until then a page that takes over from the server must say what the server has said. */
  let isShown = false

  function resultOf(shown: State): Readonly<State> & Verbs {
    const made = { ...verbs } as State & Verbs
    for (const field in shown) {
      Object.defineProperty(made, field, {
        // a copy by `...` has all fields, and subscribes to them
        enumerable: true,
        get() {
          const isFirst = !read.has(field)
          read.add(field)
          // Read for the first time, perhaps long after the render: nobody has told this component of changes.
          return isFirst && isShown ? source.getSnapshot()[field] : shown[field]
        },
      })
    }
    return made
  }

  function take(next: State): void {
    state = next
    result = resultOf(next)
  }

  return {
    subscribe(listener) {
      isShown = true
      return source.subscribe(listener)
    },
    initial: () => initial,
    current() {
      const next = source.getSnapshot()
      if (next !== state) {
        for (const field of read) {
          if (Object.is(next[field], state[field])) continue
          take(next)
          break
        }
      }
      return result
    },
    refresh() {
      const next = source.getSnapshot()
      if (next !== state) take(next)
    },
  }
}

/** Renders again when a field has changed that this component read in a render before. */
export function useReads<Result>(reads: Reads<Result>): Result {
  reads.refresh()
  return useSyncExternalStore(reads.subscribe, reads.current, reads.initial)
}

/** The value that belongs to `key`: made once, and again when the key is another one. */
export function useKeyed<Value extends { readonly key: unknown }>(key: Value['key'], make: () => Value): Value {
  const [held, setHeld] = useState(make)
  if (held.key === key) return held
  const next = make()
  setHeld(next)
  return next
}
