/** Lengths, spacings, borders and colours of widgets as CSS (§4.5). */
import { isRecord, type WidgetNode } from './node.ts'

export type Style = Record<string, string>

const spacingUnit = 4
const radii: Record<string, string> = {
  '2xs': '2px',
  xs: '4px',
  sm: '6px',
  md: '8px',
  lg: '10px',
  xl: '12px',
  '2xl': '16px',
  '3xl': '20px',
  '4xl': '24px',
  full: '9999px',
  '100%': '100%',
  none: '0',
}
const alignments: Record<string, string> = {
  start: 'flex-start',
  center: 'center',
  end: 'flex-end',
  baseline: 'baseline',
  stretch: 'stretch',
}
const justifications: Record<string, string> = {
  start: 'flex-start',
  center: 'center',
  end: 'flex-end',
  between: 'space-between',
  around: 'space-around',
  evenly: 'space-evenly',
  stretch: 'stretch',
}

const named: Record<string, string> = {
  prose: 'var(--ink)',
  primary: 'var(--ink)',
  emphasis: 'var(--ink)',
  secondary: 'var(--ink-2)',
  tertiary: 'var(--ink-3)',
  success: 'var(--success)',
  warning: 'var(--warning)',
  danger: 'var(--danger)',
  info: 'var(--info)',
  discovery: 'var(--discovery)',
  caution: 'var(--caution)',
  surface: 'var(--surface)',
  'surface-secondary': 'var(--surface-2)',
  'surface-tertiary': 'var(--surface-3)',
  'surface-elevated': 'var(--elevated)',
  'surface-elevated-secondary': 'var(--surface-3)',
  default: 'var(--line)',
  subtle: 'var(--line)',
  strong: 'var(--line-strong)',
}

/** Published steps of each hue; those between are mixed. */
const hues: Record<string, Record<number, string>> = {
  green: {
    0: '#ffffff',
    50: '#d9f4e4',
    100: '#8cdfad',
    300: '#40c977',
    500: '#00a240',
    700: '#00692a',
    900: '#003716',
    1000: '#000000',
  },
  red: {
    0: '#ffffff',
    50: '#ffd9d9',
    100: '#ffa4a2',
    300: '#ff6764',
    500: '#e02e2a',
    700: '#911e1b',
    900: '#4d100e',
    1000: '#000000',
  },
  pink: {
    0: '#ffffff',
    50: '#ffe8f3',
    100: '#ffbada',
    300: '#ff8cc1',
    500: '#e04c91',
    700: '#963c67',
    900: '#4d1f34',
    1000: '#000000',
  },
  orange: {
    0: '#ffffff',
    50: '#ffe7d9',
    100: '#ffb790',
    300: '#ff8549',
    500: '#e25507',
    700: '#923b0f',
    900: '#4a2206',
    1000: '#000000',
  },
  yellow: {
    0: '#ffffff',
    50: '#fff6d9',
    100: '#ffe48c',
    300: '#ffd240',
    500: '#e0ac00',
    700: '#916f00',
    900: '#4d3b00',
    1000: '#000000',
  },
  purple: {
    0: '#ffffff',
    50: '#efe5fe',
    100: '#ceb0fb',
    300: '#ad7bf9',
    500: '#8046d9',
    700: '#532d8d',
    900: '#2c184a',
    1000: '#000000',
  },
  blue: {
    0: '#ffffff',
    50: '#e5f3ff',
    100: '#99ceff',
    300: '#339cff',
    500: '#0169cc',
    700: '#003f7a',
    900: '#00284d',
    1000: '#000000',
  },
  gray: {
    0: '#ffffff',
    50: '#f9f9f9',
    100: '#ededed',
    300: '#afafaf',
    500: '#5d5d5d',
    700: '#303030',
    900: '#181818',
    1000: '#0d0d0d',
  },
}

/** CSS text from a widget is used only if it can't load anything. */
function safeCss(value: string): string | undefined {
  return /url\s*\(|image-set|src\s*\(/i.test(value) ? undefined : value
}

/** Numbers of gaps, paddings and margins count in units of 4 px; strings are CSS (W20). */
export function spacing(value: unknown): string | undefined {
  if (typeof value === 'number') return `${value * spacingUnit}px`
  return typeof value === 'string' ? safeCss(value) : undefined
}

/** Numbers of sizes are pixels; strings are CSS (W21). */
export function size(value: unknown): string | undefined {
  if (typeof value === 'number') return `${value}px`
  return typeof value === 'string' ? safeCss(value) : undefined
}

/** A token, a step of a hue, `alpha-<nn>`, any CSS colour, or a pair for light and dark (W24). */
export function color(value: unknown): string | undefined {
  if (isRecord(value)) {
    const light = color(value.light)
    const dark = color(value.dark)
    return light && dark ? `light-dark(${light}, ${dark})` : (light ?? dark)
  }
  if (typeof value !== 'string') return undefined
  const token = Object.hasOwn(named, value) ? named[value] : undefined
  if (token) return token
  const alpha = /^alpha-(\d{1,3})$/.exec(value)
  if (alpha) return `rgb(var(--alpha-base) / ${alpha[1]}%)`
  const step = /^([a-z]+)-(\d{1,4})$/.exec(value)
  return (step && hueStep(step[1] ?? '', Number(step[2]))) || safeCss(value)
}

function hueStep(hue: string, step: number): string | undefined {
  const steps = Object.hasOwn(hues, hue) ? hues[hue] : undefined
  if (!steps) return undefined
  if (steps[step]) return steps[step]
  const known = Object.keys(steps)
    .map(Number)
    .sort((a, b) => a - b)
  const below = known.findLast((other) => other < step) ?? 0
  const above = known.find((other) => other > step) ?? 1000
  const share = Math.round(((step - below) / (above - below)) * 100)
  return `color-mix(in oklab, ${steps[below]}, ${steps[above]} ${share}%)`
}

/** Padding or margin; a side beats its axis. */
function sides(property: 'padding' | 'margin', value: unknown): Style {
  if (!isRecord(value)) return compact({ [property]: spacing(value) })
  const at = (side: string, axis: string) => spacing(value[side] ?? value[axis])
  return compact({
    [`${property}Top`]: at('top', 'y'),
    [`${property}Right`]: at('right', 'x'),
    [`${property}Bottom`]: at('bottom', 'y'),
    [`${property}Left`]: at('left', 'x'),
  })
}

const borderStyles = ['solid', 'dashed', 'dotted', 'double', 'groove', 'ridge', 'inset', 'outset']

function line(value: unknown): string | undefined {
  if (typeof value === 'number') return `${value}px solid var(--line)`
  if (!isRecord(value) || typeof value.size !== 'number') return undefined
  const style = borderStyles.find((known) => known === value.style) ?? 'solid'
  return `${value.size}px ${style} ${color(value.color) ?? 'var(--line)'}`
}

function borders(value: unknown): Style {
  if (!isRecord(value) || 'size' in value) return compact({ border: line(value) })
  const at = (side: string, axis: string) => line(value[side] ?? value[axis])
  return compact({
    borderTop: at('top', 'y'),
    borderRight: at('right', 'x'),
    borderBottom: at('bottom', 'y'),
    borderLeft: at('left', 'x'),
  })
}

/** Sizes, radius and margin that every block may have. */
export function blockStyle(node: WidgetNode): Style {
  return {
    ...compact({
      width: size(node.width ?? node.size),
      height: size(node.height ?? node.size),
      minWidth: size(node.minWidth ?? node.minSize),
      minHeight: size(node.minHeight ?? node.minSize),
      maxWidth: size(node.maxWidth ?? node.maxSize),
      maxHeight: size(node.maxHeight ?? node.maxSize),
      aspectRatio: typeof node.aspectRatio === 'number' ? String(node.aspectRatio) : size(node.aspectRatio),
      borderRadius: typeof node.radius === 'string' ? radii[node.radius] : undefined,
      flex: typeof node.flex === 'number' ? `${node.flex} ${node.flex} 0%` : size(node.flex),
    }),
    ...sides('margin', node.margin),
  }
}

/** A flex container's own styles. */
export function boxStyle(node: WidgetNode): Style {
  return {
    ...blockStyle(node),
    ...compact({
      alignItems: alignments[String(node.align)],
      justifyContent: justifications[String(node.justify)],
      flexWrap: ['nowrap', 'wrap', 'wrap-reverse'].find((wrap) => wrap === node.wrap),
      gap: spacing(node.gap),
      background: color(node.background),
    }),
    ...sides('padding', node.padding),
    ...borders(node.border),
  }
}

export function compact(style: Record<string, string | undefined>): Style {
  return Object.fromEntries(Object.entries(style).filter((entry): entry is [string, string] => entry[1] !== undefined))
}
