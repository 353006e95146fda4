/** The pages of the hooks: their addresses, what they are for, and what there is to try. */
import type { Metadata } from 'next'

interface HookPageInfo {
  path: string
  hook: string
  /** What it is for, in a few words. */
  purpose: string
  /** What shows it. */
  toTry: string
}

/** In the order in which they are best read. */
export const HOOK_PAGES = [
  {
    path: '/hooks/streaming',
    hook: 'useStreamingResponse',
    purpose: 'One answer, streamed over fetch, with its markdown drawn as it comes.',
    toTry: 'Send it, and press “Stop” in the middle: what was said stays.',
  },
  {
    path: '/hooks/buffered',
    hook: 'useBufferedStreaming',
    purpose: 'Tokens are shown in lumps that suit the network and the machine.',
    toTry: 'Choose another buffer, also in the middle of an answer. With “auto” it is measured.',
  },
  {
    path: '/hooks/resilient',
    hook: 'useResilientStreaming',
    purpose: 'The answer survives a reload and a lost connection; of a server that is killed what it had said stays.',
    toTry:
      'Reload the page in the middle of an answer, or go offline for a moment: it goes on where it was. ' +
      'A server that is asked to end finishes the answer first; where it is killed, “Try again” asks anew.',
  },
  {
    path: '/hooks/hybrid',
    hook: 'useHybridStreaming',
    purpose: 'Streams where it can; where nothing comes through it polls, or asks for the whole answer at once.',
    toTry: '“Method” says which way the answer came.',
  },
  {
    path: '/hooks/debounced',
    hook: 'useDebouncedStream',
    purpose: 'Answers while one types: it waits for a pause of 300 ms, and the newest message wins.',
    toTry: 'Type “Count to 20”, and go on typing before it is done.',
  },
  {
    path: '/hooks/store',
    hook: 'useStreamStore',
    purpose: 'The answer in a zustand store: each component reads the part that it shows.',
    toTry: 'The buttons, the text and the figures are three components, and each renders for its own part alone.',
  },
  {
    path: '/hooks/websocket',
    hook: 'useWebSocketStreaming',
    purpose: 'Over a WebSocket, with pause and resume.',
    toTry: 'Pause in the middle of an answer: after “Resume” nothing is missing.',
  },
  {
    path: '/hooks/conversation',
    hook: 'useConversation',
    purpose: 'A ChatKit thread without the chat element: its items, and all that can be done with them.',
    toTry: 'Ask twice, and reload in the middle of an answer: the thread opens again, and the answer goes on.',
  },
] as const satisfies readonly HookPageInfo[]

export type HookName = (typeof HOOK_PAGES)[number]['hook']

export function hookMetadata(hook: HookName): Metadata {
  return { title: hook }
}
