/** The element's class, for pages that bundle it themselves; `dist/chatkit.js` registers it as `openai-chatkit`. */
export { ChatKitElement } from './chatkit-element.tsx'
