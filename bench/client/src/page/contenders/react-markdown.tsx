import Markdown, { type Options } from 'react-markdown'
import rehypeHighlight from 'rehype-highlight'
import rehypeSanitize from 'rehype-sanitize'
import remarkGfm from 'remark-gfm'
import type { Show } from '../contender.ts'
import { inReact } from './react.tsx'

export const plugins: Pick<Options, 'remarkPlugins' | 'rehypePlugins'> = {
  remarkPlugins: [remarkGfm],
  rehypePlugins: [rehypeSanitize, rehypeHighlight],
}

export const reactMarkdown: Show = inReact((text) => <Markdown {...plugins}>{text}</Markdown>)
