/** How fast the demo model speaks: text cut into tokens, and the pauses between them. */
import { abortError, throwIfAborted } from '../abort.ts'

/**
 * Cuts text as a model's tokenizer roughly would: words with the space before them, long words in pieces of six
 * characters, punctuation and line breaks by themselves. Joined, the tokens are the text again.
 */
export function tokens(text: string): string[] {
  return text.match(/ ?[\p{L}\p{M}\p{N}]{1,6}|[^\S\n]+|\n+| ?[^\p{L}\p{M}\p{N}\s]{1,3}/gu) ?? []
}

/** Waits `ms` milliseconds, not at all for 0. Rejects with an `AbortError` as soon as `signal` is aborted. */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  throwIfAborted(signal)
  if (ms <= 0) return
  await new Promise<void>((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(abortError(signal))
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal?.addEventListener('abort', stop, { once: true })
  })
}
