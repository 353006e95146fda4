/** Which thread was open last in this browser, so that a reload opens it again and goes on with its answer. */

const KEY = 'millrace.thread'

export function lastThread(): string | null {
  return localStorage.getItem(KEY)
}

export function rememberThread(threadId: string | null): void {
  if (threadId === null) localStorage.removeItem(KEY)
  else localStorage.setItem(KEY, threadId)
}
