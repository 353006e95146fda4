import type { ReactNode } from 'react'
import { HOOK_PAGES, type HookName } from './hook-pages.ts'

/** The frame of each page: which hook it shows, what that is for, and what to try. */
export function HookPage({ hook, children }: { hook: HookName; children: ReactNode }) {
  const page = HOOK_PAGES.find((each) => each.hook === hook)
  return (
    <div className="hook">
      <h1>
        <code>{hook}</code>
      </h1>
      <p>{page?.purpose}</p>
      {children}
      <p className="lead">{page?.toTry}</p>
    </div>
  )
}
