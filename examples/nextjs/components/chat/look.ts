import { useEffect, useSyncExternalStore } from 'react'

export type Scheme = 'light' | 'dark'

export interface Look {
  scheme: Scheme | 'system'
  accent: keyof typeof ACCENTS
}

/** An accent in both schemes, each with enough contrast for the text on it. */
export const ACCENTS = {
  blue: { light: '#1d4ed8', dark: '#93b4ff' },
  green: { light: '#146c43', dark: '#7bd3a3' },
  plum: { light: '#86198f', dark: '#eba6f2' },
} as const

export const INITIAL_LOOK: Look = { scheme: 'system', accent: 'blue' }

/** The scheme that is shown: the chosen one, or the system's as long as that is the choice. The whole page takes it on. */
export function usePageScheme(chosen: Look['scheme']): Scheme {
  const systemIsDark = useSyncExternalStore(onSystemScheme, prefersDark, () => false)
  const scheme = chosen === 'system' ? (systemIsDark ? 'dark' : 'light') : chosen
  useEffect(() => {
    const { dataset } = document.documentElement
    dataset.scheme = scheme
    return () => {
      delete dataset.scheme
    }
  }, [scheme])
  return scheme
}

const darkQuery = '(prefers-color-scheme: dark)'

function prefersDark(): boolean {
  return matchMedia(darkQuery).matches
}

function onSystemScheme(listener: () => void): () => void {
  const query = matchMedia(darkQuery)
  query.addEventListener('change', listener)
  return () => query.removeEventListener('change', listener)
}
