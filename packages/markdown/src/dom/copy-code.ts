/** How long a copy button says that it has copied. */
const COPIED_MS = 2000

/** Copies the code that a button stands above; loaded by the first click on one. */
export function copyCode(button: Element): void {
  const code = button.closest('.code-block')?.querySelector('code')?.textContent ?? ''
  button.ownerDocument.defaultView?.navigator.clipboard?.writeText(code.replace(/\n$/, '')).then(
    () => {
      button.classList.add('copied')
      setTimeout(() => button.classList.remove('copied'), COPIED_MS)
    },
    // The browser refused; the reader sees that nothing was confirmed and can select the code.
    () => undefined,
  )
}
