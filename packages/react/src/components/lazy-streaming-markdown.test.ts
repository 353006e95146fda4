import { createElement } from 'react'
import { prerender } from 'react-dom/static'
import { expect, test, vi } from 'vitest'
import { LazyStreamingMarkdown } from './lazy-streaming-markdown.tsx'

// as in a page that has taken over
vi.mock('./use-is-hydrated.ts', () => ({ useIsHydrated: () => true }))
vi.mock('./streaming-markdown.tsx', () => {
  throw new TypeError('Failed to fetch dynamically imported module')
})

test('where the renderer can not be loaded, the text stays plain', async () => {
  const onError = vi.fn()
  const { prelude } = await prerender(createElement(LazyStreamingMarkdown, { text: '*Plain* text' }), { onError })
  expect(await new Response(prelude).text()).toContain('*Plain* text</div>')
  expect(onError).not.toHaveBeenCalled()
})
