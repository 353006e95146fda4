import type { StreamOptions } from '@millrace/react'
import { useSettings } from '../settings-provider.tsx'

type StreamSettings = Pick<StreamOptions, 'url' | 'timeout'> & { bufferSize: NonNullable<StreamOptions['bufferSize']> }

/** The app's settings as options of a hook. Without a server's address the hooks ask the page's own origin. */
export function useStreamSettings(): StreamSettings {
  const { apiUrl, streamTimeoutMs, bufferSize } = useSettings()
  return { ...(apiUrl !== '' && { url: apiUrl }), timeout: streamTimeoutMs, bufferSize }
}
