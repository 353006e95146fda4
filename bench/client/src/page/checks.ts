import { nextFrame, nextTask, type Show } from './contender.ts'
import { newRoot } from './flood.ts'

export interface Reading {
  id: string
  full: string
  cut: string
  leaks: readonly string[]
  want: string
  forbid?: string
}

export interface Ending {
  id: string
  md: string
  text: string
  sel?: string
}

/** A finished answer, whole. */
function showWhole(show: Show, text: string): HTMLElement {
  const root = newRoot()
  const shown = show(root, text)
  shown.append(text)
  shown.done()
  return root
}

/** The ids of those that do not read right in the end. */
export async function wrongFinals(show: Show, finals: readonly Ending[]): Promise<string[]> {
  const wrong: string[] = []
  for (const { id, md, text, sel } of finals) {
    const root = newRoot()
    const shown = show(root, md)
    for (const unit of md) shown.append(unit)
    shown.done()
    await nextFrame()
    const isRight = root.innerText.includes(text) && (!sel || root.querySelector(sel) !== null)
    if (!isRight) wrong.push(id)
  }
  return wrong
}

/** Prefixes of half-written constructs, how many of them show syntax, and which constructs are not seen as what they will be. */
export async function prefixes(
  show: Show,
  constructs: readonly Reading[],
): Promise<{ all: number; leaking: number; missing: string[] }> {
  let all = 0
  let leaking = 0
  const missing: string[] = []
  for (const { id, full, cut, leaks, want, forbid } of constructs) {
    const root = newRoot()
    const shown = show(root, full)
    let text = ''
    for (const unit of full) {
      text += unit
      shown.append(unit)
      shown.flush()
      const seen = root.innerText
      all++
      if (leaks.some((leak) => seen.includes(leak)) || (forbid && root.querySelector(forbid))) leaking++
      if (text === cut && want && !root.querySelector(want)) missing.push(id)
    }
    shown.done()
    await nextTask()
  }
  return { all, leaking, missing }
}

/** Whether an answer in chunks gives the page that the whole answer gives. */
export async function isSameAsWhole(show: Show, text: string, size: number): Promise<boolean> {
  const settled = async (root: HTMLElement) => {
    // Highlighters come late, and change the page until they have.
    for (let before = ''; before !== root.innerHTML; ) {
      before = root.innerHTML
      await new Promise((resolve) => setTimeout(resolve, 300))
    }
    // What a library counts up, as ids, is no difference.
    return root.innerHTML.replace(/(?<=[«:_])r\w+(?=[»:_])/g, '')
  }
  const whole = await settled(showWhole(show, text))
  const root = newRoot()
  const shown = show(root, text)
  for (let at = 0; at < text.length; at += size) {
    shown.append(text.slice(at, at + size))
    shown.flush()
  }
  shown.done()
  return (await settled(root)) === whole
}

/** Changes of the page for each chunk. */
export async function changesPerChunk(show: Show, text: string, size: number): Promise<number> {
  // What highlights has to be there: the first block of a language waits for it.
  showWhole(show, text)
  await new Promise((resolve) => setTimeout(resolve, 500))
  const root = newRoot()
  const shown = show(root, text)
  const observer = new MutationObserver(() => undefined)
  observer.observe(root, { subtree: true, childList: true, characterData: true, attributes: true })
  let changes = 0
  for (let at = 0; at < text.length; at += size) {
    shown.append(text.slice(at, at + size))
    shown.flush()
    changes += observer.takeRecords().length
  }
  shown.done()
  observer.disconnect()
  return changes / Math.ceil(text.length / size)
}

/** Whether a selection in the paragraph that is being written survives its growth. */
export async function keepsSelection(show: Show): Promise<boolean> {
  const root = newRoot()
  const shown = show(root, '')
  shown.append('The beginning of a text')
  shown.flush()
  await nextFrame()
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
  let text = texts.nextNode()
  while (text && !text.textContent?.startsWith('The beginning')) text = texts.nextNode()
  if (!text) return false
  getSelection()?.setBaseAndExtent(text, 4, text, 13)
  for (const piece of [
    ' that',
    ' goes **on',
    '** with `co',
    'de` and',
    ' [a link](https://example.com/',
    ').\n\nNext',
  ]) {
    shown.append(piece)
    shown.flush()
    await nextFrame()
  }
  return getSelection()?.toString() === 'beginning'
}

/** How far the page moves under a reader who has scrolled up, at most, while an answer is written. */
export async function movesUnderReader(show: Show, text: string): Promise<number> {
  const root = newRoot()
  const shown = show(root, text)
  const half = Math.floor(text.length / 2)
  shown.append(text.slice(0, half))
  shown.flush()
  for (let frame = 0; frame < 30; frame++) await nextFrame()
  document.documentElement.scrollTop = 600
  await nextFrame()
  const read = document.elementFromPoint(innerWidth / 2, innerHeight / 2)
  const place = () => (read?.isConnected ? read.getBoundingClientRect().top : Number.NaN)
  const start = place()
  let moved = 0
  for (let at = half; at < text.length; at += 64) {
    shown.append(text.slice(at, at + 64))
    shown.flush()
    if (at % 512 < 64) await nextFrame()
    moved = Math.max(moved, Math.abs(place() - start))
    if (Number.isNaN(moved)) return Number.POSITIVE_INFINITY
  }
  shown.done()
  return moved
}
