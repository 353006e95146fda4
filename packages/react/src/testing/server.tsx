/** The same scenes as HTML. */
import { renderToString } from 'react-dom/server'
import { type SceneName, scenes } from './scenes.tsx'

export function htmlOf(name: SceneName): string {
  const Scene = scenes[name]
  return renderToString(<Scene />)
}
