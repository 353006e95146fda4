'use client'

import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { useEffect, useRef } from 'react'
import { HOOK_PAGES } from './hooks/hook-pages.ts'

/** The pages, and which of them is open. */
export function SiteNavigation() {
  const current = usePathname()
  const list = useRef<HTMLUListElement>(null)
  // On a narrow screen the list is one line, which scrolls.
  useEffect(() => {
    const link = list.current?.querySelector(`[href="${current}"]`)
    link?.scrollIntoView({ block: 'nearest', inline: 'center' })
  }, [current])
  const link = (path: string, label: string) => (
    <Link href={path} aria-current={current === path ? 'page' : undefined}>
      {label}
    </Link>
  )
  return (
    <nav className="site" aria-label="Pages">
      {link('/', 'Millrace in Next.js')}
      <ul ref={list}>
        <li>{link('/chat', 'ChatKit')}</li>
        {HOOK_PAGES.map(({ path, hook }) => (
          <li key={path}>{link(path, hook)}</li>
        ))}
      </ul>
    </nav>
  )
}
