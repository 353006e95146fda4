import { useCallback, useState } from 'react'

/** The newest ones that are kept. */
const KEPT = 8

export interface Happening {
  key: number
  text: string
}

/** What the chat told the page, newest first. */
export function useHappenings() {
  const [happenings, setHappenings] = useState<readonly Happening[]>([])
  const add = useCallback((text: string) => {
    setHappenings((before) => [{ key: (before[0]?.key ?? 0) + 1, text }, ...before].slice(0, KEPT))
  }, [])
  return { happenings, add }
}
