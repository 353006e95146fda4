import type { Show } from './contender.ts'

/** Each is fetched when it is asked for, so that a page holds one library only. */
export const CONTENDERS: Record<string, () => Promise<Show>> = {
  nothing: async () => (await import('./contenders/nothing.ts')).nothing,
  floor: async () => (await import('./contenders/floor.ts')).floor,
  millrace: async () => (await import('./contenders/millrace.ts')).millrace,
  'millrace, each chunk': async () => (await import('./contenders/millrace-each-chunk.ts')).millraceEachChunk,
  '<StreamingMarkdown>': async () => (await import('./contenders/streaming-markdown.tsx')).streamingMarkdown,
  smd: async () => (await import('./contenders/smd.ts')).smd,
  'smd + DOMPurify': async () => (await import('./contenders/smd-sanitised.ts')).smdSanitised,
  streamdown: async () => (await import('./contenders/streamdown.tsx')).streamdown,
  'memoised blocks': async () => (await import('./contenders/memoised-blocks.tsx')).memoisedBlocks,
  'assistant-ui': async () => (await import('./contenders/assistant-ui.tsx')).assistantUi,
  'react-markdown': async () => (await import('./contenders/react-markdown.tsx')).reactMarkdown,
}
