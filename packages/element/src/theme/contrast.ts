/** Colour arithmetic for WCAG contrast; colours are sRGB triples of 0 to 255. */
export type Rgb = readonly [number, number, number]

/** Contrast ratio of two colours, 1 to 21 (WCAG 2.2). */
export function contrast(a: Rgb, b: Rgb): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

/** White or near-black, whichever reads better on `background`. */
export function readableOn(background: Rgb): Rgb {
  const white: Rgb = [255, 255, 255]
  const ink: Rgb = [13, 13, 13]
  return contrast(white, background) >= contrast(ink, background) ? white : ink
}

/** `color`, moved towards black or white just far enough to reach `ratio` on `background`. */
export function withContrast(color: Rgb, background: Rgb, ratio: number): Rgb {
  const goal = readableOn(background)
  for (let share = 0; share <= 1; share += 0.05) {
    const mixed = mix(color, goal, share)
    if (contrast(mixed, background) >= ratio) return mixed
  }
  return goal
}

function mix(a: Rgb, b: Rgb, share: number): Rgb {
  const channel = (index: 0 | 1 | 2) => Math.round(a[index] + (b[index] - a[index]) * share)
  return [channel(0), channel(1), channel(2)]
}

function luminance([red, green, blue]: Rgb): number {
  const linear = (channel: number) => {
    const share = channel / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}
