/** Tabs of one origin tell each other of runs, and a tab that is looked at again has a look itself. */

export interface RunNews {
  threadId: string
  runId: string
}

export interface Tabs {
  announce(news: RunNews): void
  close(): void
}

/** `onNews`: another tab has started or finished a run. `onReturn`: this tab is looked at again, or the network is back. */
export function joinTabs(name: string | null, onNews: (news: RunNews) => void, onReturn: () => void): Tabs {
  const channel = name === null || typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(name)
  if (channel) {
    channel.onmessage = ({ data }) => {
      if (typeof data?.threadId === 'string' && typeof data.runId === 'string') onNews(data)
    }
    // in Node an open channel would keep the process alive
    if ('unref' in channel && typeof channel.unref === 'function') channel.unref()
  }
  const { document } = globalThis
  const onVisible = () => {
    if (document.visibilityState === 'visible') onReturn()
  }
  const isPage = typeof document !== 'undefined' && typeof addEventListener === 'function'
  if (isPage) {
    document.addEventListener('visibilitychange', onVisible)
    addEventListener('focus', onReturn)
    addEventListener('online', onReturn)
  }
  return {
    announce: (news) => channel?.postMessage(news),
    close() {
      channel?.close()
      if (!isPage) return
      document.removeEventListener('visibilitychange', onVisible)
      removeEventListener('focus', onReturn)
      removeEventListener('online', onReturn)
    },
  }
}
