import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Chat } from './chat.ts'

const ChatContext = createContext<Chat | null>(null)
export const ChatProvider = ChatContext.Provider

/** The chat that a view is part of. */
export function useChat(): Chat {
  const chat = useContext(ChatContext)
  if (!chat) throw new Error('useChat needs a ChatProvider above it')
  return chat
}
