/** The demo model: its chat, and what it says. */
import type { ChatPage } from './chat-page.ts'
import { openChat, type PageOptions } from './chromium.ts'
import { startMillrace } from './millrace.ts'

/** A new server with the demo model, open in a browser without a past. */
export async function chatWithDemo(options: PageOptions = {}): Promise<ChatPage & { url: string }> {
  const { url } = await startMillrace()
  return Object.assign(await openChat(url, options), { url })
}

/** What it answers to "Count to …": every word is another, so that none can be lost or doubled unseen. */
export function countTo(last: number): string {
  return Array.from({ length: last }, (_, index) => index + 1).join(' ')
}
