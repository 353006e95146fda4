/** What the scenes share: a mock server, what a test looks at, and elements that most of them have. */
import { mockStream } from '@millrace/client/testing'
import * as react from 'react'
import { type ComponentType, type ReactNode, useState } from 'react'
import type { StreamOptions } from '../index.ts'

const WORDS = Array.from({ length: 200 }, (_, index) => `w${index} `)
export const ANSWER = WORDS.join('')
export const DEBOUNCE_MS = 500

/** What a test looks at. */
export const seen = {
  renders: {} as Record<string, number>,
  signals: [] as (AbortSignal | null | undefined)[],
  events: [] as string[],
  mock: mockStream(WORDS, { delay: 2 }),
  /** What was told of by `onEvent`: tokens, and types of events. */
  told: [] as string[],
  /** Lengths of the text in the order in which they were shown. */
  lengths: [] as number[],
  /** How what was begun has ended. */
  outcomes: [] as unknown[],
  notified: 0,
}

export function rendered(name: string): void {
  seen.renders[name] = (seen.renders[name] ?? 0) + 1
}

/** An answer of 200 tokens, one every two milliseconds. */
export const options: StreamOptions = {
  fetch(url, init) {
    seen.signals.push(init.signal)
    return seen.mock(url, init)
  },
}

export function Start({ onClick }: { onClick(): unknown }) {
  return (
    <button type="button" onClick={onClick}>
      Start
    </button>
  )
}

/** React 18 has none. */
const Activity = (react as { Activity?: ComponentType<{ mode: 'visible' | 'hidden'; children: ReactNode }> }).Activity

/** A tab of an app: what is hidden keeps its state, but has no effects. */
export function Hidable({ children }: { children: ReactNode }) {
  const [isHidden, setHidden] = useState(false)
  if (!Activity) return null
  return (
    <>
      <Activity mode={isHidden ? 'hidden' : 'visible'}>{children}</Activity>
      <button type="button" onClick={() => setHidden(!isHidden)}>
        Turn
      </button>
    </>
  )
}
