import type { MarkdownOptions } from '../options.ts'

interface Answers {
  onLink: MarkdownOptions['onLink']
  /** The footnote that a reference's button belongs to. */
  noteOf(button: Element): HTMLElement | undefined
}

/** One listener for each root, whatever was shown in it. */
const answers = new WeakMap<HTMLElement, Answers>()

/** Copies code, goes to footnotes and reports links, for everything within `root`. */
export function answerClicks(root: HTMLElement, how: Answers): void {
  if (!answers.has(root)) {
    for (const type of ['click', 'auxclick'] as const) root.addEventListener(type, (event) => answer(root, event))
  }
  answers.set(root, how)
}

function answer(root: HTMLElement, event: MouseEvent): void {
  const how = answers.get(root)
  const target = event.target
  const element = (target as Element | null)?.closest('a[href], .code-copy, .footnote-link')
  // The third button opens a menu.
  if (!how || !element || event.defaultPrevented || event.button > 1) return
  if (element.localName === 'a') {
    const href = element.getAttribute('href') ?? ''
    // The scheme is ours: it means something to the page, not to the browser.
    if (/^chatkit-link:/i.test(href)) event.preventDefault()
    how.onLink?.(href, event)
  } else if (element.classList.contains('code-copy')) {
    // What can't be loaded copies nothing, and the button does not say that it has.
    import('./copy-code.ts').then(
      ({ copyCode }) => copyCode(element),
      () => {},
    )
  } else {
    const note = how.noteOf(element)
    note?.scrollIntoView({ block: 'nearest' })
    note?.focus()
  }
}
