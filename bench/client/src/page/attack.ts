import { nextFrame, nextTask, type Show } from './contender.ts'
import { newRoot } from './flood.ts'

/** What a hostile text achieved, at any prefix of it. */
export interface Damage {
  ran: boolean
  left: string[]
  clobbered: boolean
}

const ELEMENTS =
  'script, iframe, frame, object, embed, base, meta, link, style, form, template, svg script, foreignObject, dialog'
const ADDRESSES = ['href', 'src', 'action', 'formaction', 'xlink:href', 'data', 'poster', 'srcdoc', 'background']
const SAFE_SCHEMES = new Set([
  'http:',
  'https:',
  'mailto:',
  'tel:',
  'sms:',
  'chatkit-link:',
  'irc:',
  'ircs:',
  'xmpp:',
  'blob:',
])
const IMAGE = /^data:image\/(?:png|jpe?g|gif|webp|avif|bmp)[;,]/i

export async function attack(show: Show, number: number, text: string): Promise<Damage> {
  let ran = false
  Object.defineProperty(globalThis, '__xss', {
    configurable: true,
    set: (value: unknown) => {
      if (value === number) ran = true
    },
  })
  const left = new Set<string>()
  let clobbered = false
  for (const size of [1, text.length]) {
    const root = newRoot()
    const shown = show(root, text)
    for (let at = 0; at < text.length; at += size) {
      shown.append(text.slice(at, at + size))
      shown.flush()
      inspect(root, left)
      clobbered ||= clobbers(root)
    }
    shown.done()
    inspect(root, left)
    clobbered ||= clobbers(root)
    await nextFrame()
    await nextTask()
  }
  return { ran, left: [...left], clobbered }
}

function inspect(root: HTMLElement, left: Set<string>): void {
  for (const element of root.querySelectorAll(ELEMENTS)) left.add(`<${element.localName}>`)
  for (const element of root.querySelectorAll('*')) {
    for (const { name, value } of element.attributes) {
      if (name.startsWith('on')) left.add(name)
      if (ADDRESSES.includes(name) && !isSafe(name, value)) left.add(`${name}=${value.slice(0, 20)}`)
    }
  }
}

function isSafe(name: string, value: string): boolean {
  if (name === 'srcdoc') return false
  try {
    return SAFE_SCHEMES.has(new URL(value, location.href).protocol) || (name === 'src' && IMAGE.test(value))
  } catch {
    return true
  }
}

/** Whether a name that the text chose stands for something of the page. */
function clobbers(root: HTMLElement): boolean {
  return [...root.querySelectorAll('[id], [name]')].some((element) => {
    const name = element.getAttribute('id') ?? element.getAttribute('name') ?? ''
    return name !== '' && (name in globalThis || name in Document.prototype) && !name.startsWith('user-content')
  })
}
