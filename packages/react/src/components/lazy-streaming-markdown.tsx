'use client'
import { lazy, type ReactElement, type ReactNode, Suspense } from 'react'
import { PlainText } from './plain-text.tsx'
import type { StreamingMarkdownProps } from './streaming-markdown.tsx'
import { useIsHydrated } from './use-is-hydrated.ts'

export interface LazyStreamingMarkdownProps extends StreamingMarkdownProps {
  /** Shown while the renderer is loaded. Default: the text as it is. */
  fallback?: ReactNode
}

/** What can't be loaded is no reason to show nothing: the text stays plain. */
const Loaded = /* @__PURE__ */ lazy(() =>
  import('./streaming-markdown.tsx').then(
    ({ StreamingMarkdown }) => ({ default: StreamingMarkdown }),
    () => ({ default: PlainText }),
  ),
)

/** `StreamingMarkdown` in a chunk of its own, which is loaded when the first one is shown. */
export function LazyStreamingMarkdown({ fallback, ...props }: LazyStreamingMarkdownProps): ReactElement {
  // The server sends what it has at once: to wait for the renderer would be of no use there.
  if (!useIsHydrated()) return <>{fallback ?? <PlainText {...props} />}</>
  return (
    <Suspense fallback={fallback ?? <PlainText {...props} />}>
      <Loaded {...props} />
    </Suspense>
  )
}
