import type { Metadata } from 'next'
import { LazyChat } from '../../components/chat/lazy-chat.tsx'

export const metadata: Metadata = { title: 'ChatKit' }

export default function ChatPage() {
  return (
    <>
      <script async src="/chatkit.js" />
      <LazyChat />
    </>
  )
}
