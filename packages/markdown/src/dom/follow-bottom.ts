/** How near the bottom a reader counts as being there, in pixels. */
const NEAR_PX = 32

/**
 * Goes to the bottom of `scroller`, keeps the end of growing content in view for a reader who stays there, and moves nothing
 * under one who scrolls up; who comes back to the bottom is taken along again. Call what it returns when the text is shown no more.
 */
export function followBottom(scroller: HTMLElement, content: Element): () => void {
  let isThere = true
  let top = scroller.scrollTop
  let height = 0
  const onScroll = () => {
    const { scrollTop, scrollHeight, clientHeight } = scroller
    // Who leaves scrolls up. Neither content that grows before the event comes nor content that shrinks is that.
    if (scrollHeight - scrollTop - clientHeight < NEAR_PX) isThere = true
    else if (scrollTop < top && scrollHeight >= height) isThere = false
    top = scrollTop
  }
  const observer = new ResizeObserver(() => {
    if (isThere) scroller.scrollTop = scroller.scrollHeight
    top = scroller.scrollTop
    height = scroller.scrollHeight
  })
  // The scrolling element of a page tells its document.
  const source = scroller === scroller.ownerDocument.scrollingElement ? scroller.ownerDocument : scroller
  source.addEventListener('scroll', onScroll, { passive: true })
  observer.observe(scroller)
  observer.observe(content)
  return () => {
    observer.disconnect()
    source.removeEventListener('scroll', onScroll)
  }
}
