import { TextMessagePartProvider } from '@assistant-ui/react'
import { MarkdownTextPrimitive } from '@assistant-ui/react-markdown'
import type { Show } from '../contender.ts'
import { inReact } from './react.tsx'
import { plugins } from './react-markdown.tsx'

/** Without its typing effect, which would show the text later than it comes. */
export const assistantUi: Show = inReact((text, isDone) => (
  <TextMessagePartProvider text={text} isRunning={!isDone}>
    <MarkdownTextPrimitive {...plugins} smooth={false} />
  </TextMessagePartProvider>
))
