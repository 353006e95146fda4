/** Registers the element. Loaded twice, late or asynchronously, it registers it once; elements already in the page are upgraded. */
import { setHostedUrl } from './api-access.ts'
import { ChatKitElement } from './chatkit-element.tsx'

const tag = 'openai-chatkit'
if (!customElements.get(tag)) {
  const script = document.currentScript
  setHostedUrl(script instanceof HTMLScriptElement ? script.dataset.apiUrl : undefined)
  customElements.define(tag, ChatKitElement)
}
