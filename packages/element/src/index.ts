/** The element's class, for pages that bundle it themselves; `dist/chatkit.js` registers it as `openai-chatkit`. */
import { setMathLoader } from './items/math.ts'

setMathLoader(async () => (await import('./math.ts')).drawMath)

export { ChatKitElement } from './chatkit-element.tsx'
