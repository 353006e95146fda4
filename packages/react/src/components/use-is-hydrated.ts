import { useSyncExternalStore } from 'react'

/** False on the server and while the page takes over what it has sent; true from then on. */
export function useIsHydrated(): boolean {
  return useSyncExternalStore(subscribeToNothing, isTrue, isFalse)
}

const subscribeToNothing = () => () => {}
const isTrue = () => true
const isFalse = () => false
