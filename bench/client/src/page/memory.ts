import { nextFrame, type Show } from './contender.ts'

/** Shows an answer so many times, in chunks, and keeps them all on the page. */
export async function keep(show: Show, text: string, answers: number, size: number): Promise<void> {
  document.querySelector('main')?.remove()
  for (let answer = 0; answer < answers; answer++) {
    const root = document.createElement('main')
    document.body.append(root)
    const shown = show(root, text)
    for (let at = 0; at < text.length; at += size) shown.append(text.slice(at, at + size))
    shown.done()
    await nextFrame()
  }
  await new Promise((resolve) => setTimeout(resolve, 500))
}
