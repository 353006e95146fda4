import type { Metadata } from 'next'
import { preload } from 'react-dom'
import { LazyChat } from '../../components/chat/lazy-chat.tsx'

export const metadata: Metadata = { title: 'ChatKit' }

export default function ChatPage() {
  // On its way with the page; what becomes of it is the workspace's matter.
  preload('/chatkit.js', { as: 'script' })
  return <LazyChat />
}
