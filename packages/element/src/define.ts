/** Registers the element. Loaded twice, late or asynchronously, it registers it once; elements already in the page are upgraded. */
import { setHostedUrl } from './api-access.ts'
import { ChatKitElement } from './chatkit-element.tsx'
import { setMathLoader } from './items/math.ts'
import type * as MathScript from './math.ts'

const tag = 'openai-chatkit'
if (!customElements.get(tag)) {
  const script = document.currentScript
  if (script instanceof HTMLScriptElement) {
    setHostedUrl(script.dataset.apiUrl)
    const mathUrl = URL.canParse('chatkit-math.js', script.src) && new URL('chatkit-math.js', script.src).href
    if (mathUrl) setMathLoader(async () => ((await import(/* @vite-ignore */ mathUrl)) as typeof MathScript).drawMath)
  }
  customElements.define(tag, ChatKitElement)
}
