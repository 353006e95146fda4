/**
 * The chat's custom properties. Greys are one OKLCH ramp which `theme.color.grayscale` tints; all tokens of a scheme stand in one rule,
 * because a property with `var()` is computed where it is declared and a widget may switch the scheme for its subtree.
 */
const grey = (lightness: number) =>
  `oklch(calc(${lightness} + var(--ck-shade) * 0.006) calc(var(--ck-tint) * 0.0035) var(--ck-hue))`

export const tokens = `
:host {
  display: block;
  contain: layout style;
  --ck-hue: 0;
  --ck-tint: 0;
  --ck-shade: 0;
  --ck-density: 1;
  --ck-accent-level: 0;
  --ck-base: 16px;
  --ck-radius-l: 26px;
  --ck-radius-m: 18px;
  --ck-radius-s: 14px;
  --ck-radius-full: 999px;
  --ck-measure: 760px;
}
:host([hidden]) { display: none; }
[data-scheme='light'] {
  color-scheme: light;
  --surface: var(--ck-surface-given, ${grey(1)});
  --surface-2: color-mix(in oklab, var(--surface), var(--ink) 2.5%);
  --surface-3: color-mix(in oklab, var(--surface), var(--ink) 5%);
  --elevated: var(--ck-elevated-given, var(--surface));
  --line: ${grey(0.915)};
  --line-strong: ${grey(0.8)};
  --control-line: ${grey(0.62)};
  --ink: ${grey(0.22)};
  --ink-2: ${grey(0.43)};
  --ink-3: ${grey(0.5)};
  --bubble-ink: 6%;
  --danger: oklch(0.5 0.19 27);
  --warning: oklch(0.49 0.12 55);
  --success: oklch(0.48 0.12 150);
  --info: oklch(0.48 0.14 255);
  --discovery: oklch(0.48 0.2 295);
  --caution: oklch(0.47 0.1 85);
  --code-keyword: oklch(0.48 0.18 300);
  --code-string: oklch(0.47 0.11 155);
  --code-number: oklch(0.5 0.14 45);
  --code-function: oklch(0.47 0.15 255);
  --code-property: oklch(0.45 0.1 225);
  --alpha-base: 0 0 0;
  --shadow: 0 6px 24px rgb(0 0 0 / 0.08);
}
[data-scheme='dark'] {
  color-scheme: dark;
  --surface: var(--ck-surface-given, ${grey(0.22)});
  --surface-2: color-mix(in oklab, var(--surface), var(--ink) 4%);
  --surface-3: color-mix(in oklab, var(--surface), var(--ink) 8%);
  --elevated: var(--ck-elevated-given, ${grey(0.25)});
  --line: ${grey(0.33)};
  --line-strong: ${grey(0.44)};
  --control-line: ${grey(0.58)};
  --ink: ${grey(0.93)};
  --ink-2: ${grey(0.77)};
  --ink-3: ${grey(0.71)};
  --bubble-ink: 10%;
  --danger: oklch(0.76 0.13 22);
  --warning: oklch(0.8 0.12 70);
  --success: oklch(0.8 0.14 150);
  --info: oklch(0.78 0.1 250);
  --discovery: oklch(0.78 0.12 300);
  --caution: oklch(0.84 0.13 90);
  --code-keyword: oklch(0.79 0.12 305);
  --code-string: oklch(0.82 0.11 150);
  --code-number: oklch(0.82 0.11 65);
  --code-function: oklch(0.8 0.1 250);
  --code-property: oklch(0.82 0.08 220);
  --alpha-base: 255 255 255;
  --shadow: 0 6px 24px rgb(0 0 0 / 0.35);
}
[data-scheme] {
  --bubble: color-mix(in oklab, color-mix(in oklab, var(--surface), var(--ink) var(--bubble-ink)), var(--ck-accent) calc(var(--ck-accent-level) * 3%));
  --hover: color-mix(in oklab, var(--surface), var(--ink) 6%);
  --pressed: color-mix(in oklab, var(--surface), var(--ink) 11%);
  --focus: var(--ck-accent-text);
}
`
