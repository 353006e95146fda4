/** Reset, type, focus, buttons, menus: what every view shares. */
export const base = `
*, *::before, *::after { box-sizing: border-box; }
.ck {
  position: relative;
  display: flex;
  flex-direction: column;
  height: 100%;
  min-height: 0;
  overflow: hidden;
  isolation: isolate;
  container: chat / inline-size;
  background: var(--surface);
  color: var(--ink);
  font-family: var(--ck-font, ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Helvetica Neue', Arial, sans-serif, 'Apple Color Emoji', 'Segoe UI Emoji');
  font-size: var(--ck-base);
  line-height: 1.6;
  font-synthesis: none;
  text-align: start;
  -webkit-text-size-adjust: 100%;
  text-size-adjust: 100%;
  overflow-wrap: anywhere;
}
.ck button, .ck input, .ck textarea, .ck select { font: inherit; color: inherit; letter-spacing: inherit; margin: 0; }
.ck button { background: none; border: 1px solid transparent; padding: 0; cursor: pointer; text-align: inherit; touch-action: manipulation; }
.ck button:disabled { cursor: default; }
.ck h1, .ck h2, .ck h3, .ck p, .ck ul, .ck ol, .ck figure { margin: 0; padding: 0; }
.ck a { color: var(--ck-accent-text); text-decoration: underline; text-decoration-thickness: 1px; text-underline-offset: 0.18em; }
.ck a:hover { text-decoration-thickness: 2px; }
.ck :focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
.ck :focus:not(:focus-visible) { outline: none; }
.icon { display: block; flex: none; }
.icon-cut { fill: none; stroke: var(--surface); }
.hidden-text {
  position: absolute; width: 1px; height: 1px; margin: -1px; padding: 0;
  overflow: hidden; clip-path: inset(50%); white-space: nowrap; border: 0;
}
.ck .icon-button {
  display: inline-grid; place-items: center; flex: none;
  width: 36px; height: 36px; border-radius: min(var(--ck-radius-s), 10px);
  color: var(--ink-2);
}
.ck .icon-button:hover:not(:disabled), .ck .icon-button[aria-expanded='true'] { background: var(--hover); color: var(--ink); }
.ck .icon-button:active:not(:disabled) { background: var(--pressed); }
.ck .icon-button.small { width: 32px; height: 32px; }
.ck .icon-button[aria-pressed='true'] { color: var(--ck-accent-text); }
.ck .text-button {
  display: inline-flex; align-items: center; justify-content: center; gap: 6px;
  min-height: 36px; padding: 0 14px;
  border: 1px solid var(--line-strong); border-radius: var(--ck-radius-full);
  font-size: 0.875em; font-weight: 500; line-height: 1.3; background: var(--elevated);
}
.ck .text-button:hover:not(:disabled) { background: var(--hover); }
.ck .text-button:active:not(:disabled) { background: var(--pressed); }
.ck .text-button.primary { background: var(--ck-accent); border-color: var(--ck-accent); color: var(--ck-on-accent); }
.ck .text-button.primary:hover:not(:disabled) { background: color-mix(in oklab, var(--ck-accent), var(--ck-on-accent) 12%); }
.ck .text-button.danger { color: var(--danger); }
.ck .text-button:disabled { opacity: 0.5; }
.menu-anchor { position: relative; display: inline-flex; }
.menu {
  position: absolute; z-index: 20; min-width: 13rem; max-width: min(20rem, 80cqw); max-height: min(20rem, 60vh); overflow: auto;
  padding: 4px; border: 1px solid var(--line-strong); border-radius: min(var(--ck-radius-s), 14px);
  background: var(--elevated); box-shadow: var(--shadow); font-size: 0.9375em;
}
.menu.up { bottom: calc(100% + 6px); }
.menu.down { top: calc(100% + 6px); }
.menu.start { inset-inline-start: 0; }
.menu.end { inset-inline-end: 0; }
.menu-heading { padding: 6px 10px 2px; font-size: 0.8em; color: var(--ink-3); }
.ck .menu-item {
  display: flex; align-items: center; gap: 10px; width: 100%; min-height: 38px; padding: 6px 10px;
  border-radius: min(var(--ck-radius-s), 10px); line-height: 1.3;
}
.ck .menu-item:hover:not(:disabled), .ck .menu-item:focus-visible { background: var(--hover); }
.ck .menu-item:focus-visible { outline-offset: -2px; }
.ck .menu-item:disabled { color: var(--ink-3); opacity: 0.7; }
.ck .menu-item.danger { color: var(--danger); }
.menu-item .grow { flex: 1; min-width: 0; }
.menu-item .detail { display: block; font-size: 0.85em; color: var(--ink-3); }
.spinner {
  width: 1em; height: 1em; flex: none; border-radius: 50%;
  border: 2px solid color-mix(in oklab, currentColor, transparent 70%); border-block-start-color: currentColor;
  animation: ck-spin 0.9s linear infinite;
}
@keyframes ck-spin { to { transform: rotate(360deg); } }
@keyframes ck-shimmer { from { background-position: 100% 0; } to { background-position: -100% 0; } }
@keyframes ck-appear { from { opacity: 0; transform: translateY(4px); } }
.shimmer {
  background: linear-gradient(90deg, var(--ink-3) 35%, var(--ink) 50%, var(--ink-3) 65%) 0 0 / 200% 100%;
  -webkit-background-clip: text; background-clip: text; color: transparent;
  animation: ck-shimmer 2.2s linear infinite;
}
@media (pointer: coarse) {
  .ck .icon-button, .ck .icon-button.small { width: 44px; height: 44px; }
  .ck .text-button, .ck .menu-item { min-height: 44px; }
}
@media (prefers-reduced-motion: reduce) {
  *, *::before, *::after { animation: none !important; transition: none !important; scroll-behavior: auto !important; }
  .shimmer { background: none; color: var(--ink-2); }
  .spinner { border-style: dotted; }
}
@media (forced-colors: active) {
  .shimmer { background: none; color: CanvasText; }
  .ck .icon-button, .ck .menu-item { border-color: ButtonBorder; }
  .ck .icon-button[aria-pressed='true'] { border-color: Highlight; }
  .ck :focus-visible { outline-color: Highlight; }
}
`
