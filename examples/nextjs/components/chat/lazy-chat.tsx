'use client'

import dynamic from 'next/dynamic'

/** The chat, in the browser alone: which thread was open last is known only there. */
export const LazyChat = dynamic(async () => (await import('./chat-workspace.tsx')).ChatWorkspace, {
  ssr: false,
  loading: () => <p role="status">Loading the chat …</p>,
})
