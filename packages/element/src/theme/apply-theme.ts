import type { ThemeOptions } from '../options.ts'
import { type Rgb, readableOn, withContrast } from './contrast.ts'
import { loadFonts } from './fonts.ts'

const radii = { pill: [26, 18, 14], round: [18, 14, 10], soft: [10, 8, 6], sharp: [0, 0, 0] } as const
const densities = { compact: 0.75, normal: 1, spacious: 1.25 } as const
const defaultAccent = { light: '#2457c5', dark: '#8fb2ff' } as const

/** Puts the theme on the chat's root as data attributes and custom properties; nothing is drawn anew, so a running stream and a draft stay. */
export function applyTheme(root: HTMLElement, theme: ThemeOptions): void {
  loadFonts(root.ownerDocument, theme.fontSources)
  root.dataset.scheme = theme.colorScheme
  const set = (name: string, value: string | undefined) => {
    if (value === undefined) root.style.removeProperty(`--ck-${name}`)
    else root.style.setProperty(`--ck-${name}`, value)
  }
  const [large, medium, small] = radii[theme.radius]
  set('radius-l', `${large}px`)
  set('radius-m', `${medium}px`)
  set('radius-s', `${small}px`)
  set('radius-full', theme.radius === 'pill' ? '999px' : `${medium}px`)
  set('density', String(densities[theme.density]))
  set('base', `${theme.baseSize}px`)
  set('font', theme.fontFamily)
  set('font-mono', theme.fontFamilyMono)
  set('hue', theme.grayscale && String(theme.grayscale.hue))
  set('tint', theme.grayscale && String(theme.grayscale.tint))
  set('shade', theme.grayscale && String(theme.grayscale.shade))
  set('surface-given', theme.surface?.background)
  set('elevated-given', theme.surface?.foreground)
  applyAccent(root, theme, set)
}

/** Text on the accent, and the accent as a text colour, are chosen by contrast: any colour stays readable (A9). */
function applyAccent(
  root: HTMLElement,
  theme: ThemeOptions,
  set: (name: string, value: string | undefined) => void,
): void {
  const probe = colorProbe(root.ownerDocument)
  const accent = probe(theme.accent?.primary ?? '') ?? probe(defaultAccent[theme.colorScheme])
  const surface =
    probe(theme.surface?.background ?? '') ?? (theme.colorScheme === 'dark' ? [27, 27, 27] : [255, 255, 255])
  if (!accent) return
  set('accent', css(accent))
  set('on-accent', css(readableOn(accent)))
  // 5:1 on the surface leaves 4.5:1 on the slightly greyer places where a link may stand.
  set('accent-text', css(withContrast(accent, surface, 5.2)))
  set('accent-level', String(theme.accent?.level ?? 0))
}

const css = ([red, green, blue]: Rgb) => `rgb(${red} ${green} ${blue})`

/** Reads any CSS colour the browser knows by painting one pixel; `undefined` for what is none. */
function colorProbe(document: Document): (color: string) => Rgb | undefined {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = 1
  const context = canvas.getContext('2d', { willReadFrequently: true })
  return (color) => {
    if (!context || color === '' || !CSS.supports('color', color)) return undefined
    context.fillStyle = color
    context.fillRect(0, 0, 1, 1)
    const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data
    return [red, green, blue]
  }
}
