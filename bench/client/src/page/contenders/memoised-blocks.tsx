import { marked } from 'marked'
import { memo } from 'react'
import Markdown from 'react-markdown'
import type { Show } from '../contender.ts'
import { inReact } from './react.tsx'
import { plugins } from './react-markdown.tsx'

const Block = memo(({ text }: { text: string }) => <Markdown {...plugins}>{text}</Markdown>)

/** The usual remedy: marked cuts the text into blocks, and a block whose text is the same is not rendered again. */
export const memoisedBlocks: Show = inReact((text) =>
  marked.lexer(text).map((token, index) => {
    // Blocks are only added at the end.
    const key = `${index}`
    return <Block key={key} text={token.raw} />
  }),
)
