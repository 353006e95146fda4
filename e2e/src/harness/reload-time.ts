/** How soon a reload in mid-answer shows the text again. */
import type { ChatPage } from './chat-page.ts'

export interface ReloadTime {
  /** Milliseconds from the end of the page's load to the first frame with all the text that stood there before. */
  shownAfterMs: number
  /** Milliseconds from the start of the navigation to the end of the load. */
  loadMs: number
  /** Characters that stood there before. */
  characters: number
}

declare global {
  interface Window {
    /** Per frame in which the last answer had grown: when, and how long it was. */
    growth: { atMs: number; characters: number }[]
  }
}

/** Reloads the page in the middle of an answer and measures in the page, frame by frame. */
export async function measureReload(chat: ChatPage): Promise<ReloadTime> {
  await chat.page.addInitScript(watchGrowth)
  const characters = await chat.page.evaluate(lengthOfAnswer)
  await chat.reload()
  const reached = await chat.page.waitForFunction(
    (before) => window.growth.find((frame) => frame.characters >= before)?.atMs,
    characters,
    { timeout: 10_000 },
  )
  const shownMs = Number(await reached.jsonValue())
  const loadMs = await chat.page.evaluate(() => {
    const [navigation] = performance.getEntriesByType('navigation')
    return navigation instanceof PerformanceNavigationTiming ? navigation.loadEventEnd : Number.NaN
  })
  return { shownAfterMs: Math.max(0, shownMs - loadMs), loadMs, characters }
}

/** Runs in the page, from its first moment. */
function watchGrowth(): void {
  window.growth = []
  const look = () => {
    const texts = document
      .querySelector('openai-chatkit')
      ?.shadowRoot?.querySelectorAll('.turn:last-child [part="message-assistant"] > .markdown')
    const characters = [...(texts ?? [])].reduce((sum, text) => sum + (text.textContent?.length ?? 0), 0)
    if (characters > (window.growth.at(-1)?.characters ?? 0))
      window.growth.push({ atMs: performance.now(), characters })
    requestAnimationFrame(look)
  }
  look()
}

function lengthOfAnswer(): number {
  const texts = document
    .querySelector('openai-chatkit')
    ?.shadowRoot?.querySelectorAll('.turn:last-child [part="message-assistant"] > .markdown')
  return [...(texts ?? [])].reduce((sum, text) => sum + (text.textContent?.length ?? 0), 0)
}
