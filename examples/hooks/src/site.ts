/** The pages, in the order in which they are read. `name` is the file in `pages/` and the address. */
export const PAGES = [
  { name: 'index', hook: 'Start', about: 'The example of the README. Reload it in the middle of the answer.' },
  { name: 'streaming-response', hook: 'useStreamingResponse', about: 'An answer, streamed over fetch.' },
  { name: 'web-socket', hook: 'useWebSocketStreaming', about: 'An answer over a WebSocket, which can be paused.' },
  { name: 'buffered', hook: 'useBufferedStreaming', about: 'Text that is shown in pieces, by the kind of network.' },
  {
    name: 'resilient',
    hook: 'useResilientStreaming',
    about: 'Reload or go offline: it goes on. Where the server is killed, what was said stays, and can be asked anew.',
  },
  { name: 'hybrid', hook: 'useHybridStreaming', about: 'Streamed where that works, else polled, else whole.' },
  { name: 'debounced', hook: 'useDebouncedStream', about: 'Answers while you type; the newest message wins.' },
  { name: 'store', hook: 'useStreamStore', about: 'One stream for the whole page, in a zustand store.' },
  {
    name: 'conversation',
    hook: 'useConversation',
    about: 'A conversation that remembers what was said, and goes on after a reload.',
  },
] as const

export type PageName = (typeof PAGES)[number]['name']
