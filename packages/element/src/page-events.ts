import type { ConversationEvent } from '@millrace/client'
import type { ChatKitEvents } from '@openai/chatkit'

/** Tells the page of something; the element makes a `chatkit.*` event of it. */
export type Emit = <K extends keyof ChatKitEvents>(name: K, detail?: ChatKitEvents[K]['detail']) => void

/** Tells the page, in the published events, what the conversation tells. */
export function tellPage(emit: Emit, event: ConversationEvent): void {
  switch (event.type) {
    case 'response.start':
      emit('chatkit.response.start')
      break
    case 'response.end':
      emit('chatkit.response.end')
      break
    case 'thread.change':
      emit('chatkit.thread.change', { threadId: event.threadId })
      break
    case 'thread.load.start':
      emit('chatkit.thread.load.start', { threadId: event.threadId })
      break
    case 'thread.load.end':
      emit('chatkit.thread.load.end', { threadId: event.threadId })
      break
    case 'effect':
      emit('chatkit.effect', { name: event.name, data: event.data })
      break
    case 'log':
      emit('chatkit.log', event.data ? { name: event.name, data: event.data } : { name: event.name })
      break
    case 'error':
      emit('chatkit.error', { error: event.error })
      break
    default:
      event satisfies never
  }
}
