/**
 * Where the thread stands in its scroller. Nothing moves under a reader: a sent message goes to the top and its answer grows below it (O29),
 * the bottom is followed only with `thread.autoScroll` and only while the reader is there (O28), older items come in above what is read.
 */
import { type Signal, useSignal } from '@preact/signals'
import type { RefObject } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { Chat } from '../chat.ts'
import type { Turn } from '../transcript.ts'

const nearBottom = 48
const loadOlderWithin = 400

export interface TranscriptScroll {
  /** The turn that is given the height of the view, so that its message can stand at the top. */
  anchoredTurn: Signal<string | null>
  isAtBottom: Signal<boolean>
  onScroll: () => void
  goToBottom: () => void
}

export function useTranscriptScroll(
  chat: Chat,
  turns: readonly Turn[],
  scroller: RefObject<HTMLDivElement>,
  content: RefObject<HTMLDivElement>,
): TranscriptScroll {
  const anchoredTurn = useSignal<string | null>(null)
  const isAtBottom = useSignal(true)
  const shown = useRef<readonly Turn[]>([])
  /** Whether the reader was at the bottom when they last scrolled. */
  const isPinned = useRef(true)
  const isLoadingOlder = useRef(false)

  // The old first turn's place before the new ones come in above it; read while rendering, when the page is still as it was.
  const oldFirst = shown.current[0]?.key
  const isPrepended =
    oldFirst !== undefined && turns[0]?.key !== oldFirst && turns.some((turn) => turn.key === oldFirst)
  const oldTop = isPrepended ? turnElement(scroller.current, oldFirst)?.getBoundingClientRect().top : undefined

  const measure = () => {
    const element = scroller.current
    if (element) isAtBottom.value = element.scrollHeight - element.scrollTop - element.clientHeight < nearBottom
  }
  const goToBottom = () => {
    const element = scroller.current
    if (element) element.scrollTop = element.scrollHeight
    isPinned.current = true
    measure()
  }
  const loadOlderIfNear = () => {
    const element = scroller.current
    if (!element || isLoadingOlder.current || element.scrollTop > loadOlderWithin || !chat.hasOlder.peek()) return
    isLoadingOlder.current = true
    void chat.quietly(chat.conversation.loadOlder()).finally(() => {
      isLoadingOlder.current = false
    })
  }

  useLayoutEffect(() => {
    const before = shown.current
    shown.current = turns
    const last = turns.at(-1)
    if (!last) {
      anchoredTurn.value = null
      return
    }
    const isNewTurn = !before.some((turn) => turn.key === last.key)
    const isOtherThread = !before.some((turn) => turns.some((candidate) => candidate.key === turn.key))
    if (isNewTurn && chat.takeAnchor()) {
      anchoredTurn.value = last.key
      isPinned.current = chat.options.peek().thread.autoScroll
      // The anchored turn has its height only after the next rendering.
      requestAnimationFrame(() => goToTurn(scroller.current, last.key))
    } else if (isOtherThread) {
      anchoredTurn.value = chat.isResponding.peek() ? last.key : null
      requestAnimationFrame(goToBottom)
      goToBottom()
    } else if (oldFirst !== undefined && oldTop !== undefined && scroller.current) {
      const newTop = turnElement(scroller.current, oldFirst)?.getBoundingClientRect().top ?? oldTop
      scroller.current.scrollTop += newTop - oldTop
    }
    measure()
  }, [turns])

  useEffect(() => {
    const element = scroller.current
    const inner = content.current
    if (!element || !inner) return undefined
    const observer = new ResizeObserver(() => {
      element.style.setProperty('--view-height', `${element.clientHeight}px`)
      const follows = !chat.isResponding.peek() || chat.options.peek().thread.autoScroll
      if (isPinned.current && follows) element.scrollTop = element.scrollHeight
      measure()
      // An answer that has grown past the view has left its reader behind: its end must not fetch them.
      isPinned.current = isAtBottom.peek()
      loadOlderIfNear()
    })
    observer.observe(element)
    observer.observe(inner)
    return () => observer.disconnect()
  }, [])

  return {
    anchoredTurn,
    isAtBottom,
    goToBottom,
    onScroll: () => {
      measure()
      isPinned.current = isAtBottom.peek()
      loadOlderIfNear()
    },
  }
}

function goToTurn(scroller: HTMLElement | null, key: string): void {
  const turn = turnElement(scroller, key)
  if (!scroller || !turn) return
  const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches
  const top = turn.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop
  scroller.scrollTo({ top, behavior: isCalm ? 'auto' : 'smooth' })
}

function turnElement(scroller: HTMLElement | null, key: string): HTMLElement | null | undefined {
  return scroller?.querySelector<HTMLElement>(`[data-turn="${key}"]`)
}
