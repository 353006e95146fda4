/** The page's script: shows the scene that the address names. */
import { StrictMode, version } from 'react'
import { createRoot, hydrateRoot } from 'react-dom/client'
import { seen } from './parts.tsx'
import { type SceneName, scenes } from './scenes.tsx'

declare global {
  interface Window {
    seen: typeof seen
    version: string
    unmount(): void
  }
}

const root = document.querySelector('main')
const query = new URLSearchParams(location.search)
const Scene = scenes[query.get('scene') as SceneName]
if (root && Scene) {
  const app = query.has('strict') ? (
    <StrictMode>
      <Scene />
    </StrictMode>
  ) : (
    <Scene />
  )
  const isRendered = root.hasChildNodes()
  const shown = isRendered ? hydrateRoot(root, app) : createRoot(root)
  if (!isRendered) shown.render(app)
  Object.assign(window, { seen, version, unmount: () => shown.unmount() })
}
