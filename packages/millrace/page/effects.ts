/** Client effects: small things that a model may let happen on the page. An unknown one does nothing. */

const pieces = 60

export function playEffect(name: string, data: Record<string, unknown>): void {
  const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches
  const isFeast = name === 'celebrate' || name === 'confetti'
  if (name === 'highlight' || (isFeast && isCalm)) highlight(data)
  else if (isFeast) confetti()
}

/** A frame around the page that fades; `data.color` is any CSS colour. */
function highlight(data: Record<string, unknown>): void {
  const frame = document.createElement('div')
  frame.className = 'highlight'
  if (typeof data.color === 'string' && CSS.supports('color', data.color)) {
    frame.style.setProperty('--effect-color', data.color)
  }
  show(frame, 1_700)
}

function confetti(): void {
  const sky = document.createElement('div')
  sky.className = 'confetti'
  for (let index = 0; index < pieces; index++) {
    const piece = document.createElement('i')
    piece.style.setProperty('--x', `${Math.random() * 100}%`)
    piece.style.setProperty('--hue', String(Math.round(Math.random() * 360)))
    piece.style.setProperty('--time', `${1.6 + Math.random()}s`)
    piece.style.setProperty('--delay', `${Math.random() * 0.5}s`)
    piece.style.setProperty('--drift', `${Math.round(Math.random() * 120 - 60)}px`)
    piece.style.setProperty('--turn', `${Math.round(Math.random() * 720 - 360)}deg`)
    sky.append(piece)
  }
  show(sky, 3_200)
}

function show(element: HTMLElement, forMs: number): void {
  element.setAttribute('aria-hidden', 'true')
  document.querySelector('main')?.append(element)
  setTimeout(() => element.remove(), forMs)
}
