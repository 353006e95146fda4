/** Nodes of widgets; the numbers are those of the public design system (§4.6). */
export const widgets = `
.widget { transition: opacity 0.15s; }
.widget.busy { opacity: 0.55; }
.w-card { border: 1px solid var(--line); border-radius: var(--ck-radius-s); background: var(--surface); color: var(--ink); width: 100%; overflow: hidden; }
.w-card-sm { max-width: 360px; }
.w-card-md { max-width: 440px; }
.w-card-lg { max-width: 560px; }
.w-card-body { display: flex; flex-direction: column; gap: 12px; padding: 16px; --w-inset: 16px; }
.w-card-buttons { display: flex; justify-content: flex-end; gap: 8px; padding: 12px 16px; border-block-start: 1px solid var(--line); }
.w-status { display: flex; align-items: center; gap: 8px; padding: 10px 16px; font-size: 0.8125em; color: var(--ink-2); border-block-end: 1px solid var(--line); }
.w-status img { border-radius: 4px; }
.w-status img.framed { border: 1px solid var(--line); background: white; }
.ck .w-list { max-width: 560px; }
.w-list ul { list-style: none; }
.w-list li + li { border-block-start: 1px solid var(--line); }
.w-list-item { display: flex; align-items: center; gap: 12px; padding: 12px 16px; min-width: 0; }
.w-list-item.pressable { cursor: pointer; }
.w-list-item.pressable:hover { background: var(--surface-2); }
.ck .w-list-item:focus-visible { outline-offset: -2px; }
.ck .w-list-more { display: block; width: 100%; padding: 12px 16px; border-block-start: 1px solid var(--line); font-size: 0.875em; font-weight: 500; color: var(--ink-2); }
.ck .w-list-more:hover { background: var(--surface-2); color: var(--ink); }
.w-box { display: flex; min-width: 0; }
.w-row { flex-direction: row; align-items: center; gap: 8px; }
.w-col { flex-direction: column; gap: 8px; }
.w-spacer { flex: 1; }
.w-divider { flex: none; align-self: stretch; margin: var(--w-gap, 0) 0; border: 0; border-block-start: var(--w-size, 1px) solid var(--w-line, var(--line)); }
.w-row > .w-divider { margin: 0 var(--w-gap, 0); border-block-start: 0; border-inline-start: var(--w-size, 1px) solid var(--w-line, var(--line)); }
.w-divider.flush { margin-inline: calc(-1 * var(--w-inset, 0px)); }
.w-text, .w-title, .w-caption { min-width: 0; white-space: pre-line; }
.truncate { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.clamp { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: var(--w-lines); line-clamp: var(--w-lines); overflow: hidden; }
.ck .w-text-xs { font-size: 12px; line-height: 18px; }
.ck .w-text-sm { font-size: 14px; line-height: 20px; }
.ck .w-text-md { font-size: 16px; line-height: 24px; }
.ck .w-text-lg { font-size: 18px; line-height: 29px; }
.ck .w-text-xl { font-size: 20px; line-height: 30px; }
.w-title { font-weight: 600; letter-spacing: -0.01em; }
.w-title-xs { font-size: 16px; line-height: 24px; }
.w-title-sm { font-size: 18px; line-height: 26px; }
.w-title-md { font-size: 20px; line-height: 26px; }
.w-title-lg { font-size: 24px; line-height: 28px; }
.w-title-xl { font-size: 32px; line-height: 38px; }
.w-title-2xl { font-size: 36px; line-height: 42px; }
.w-title-3xl { font-size: 48px; line-height: 48px; }
.w-title-4xl { font-size: 60px; line-height: 60px; }
.w-title-5xl { font-size: 72px; line-height: 72px; }
.w-caption { color: var(--ink-2); }
.w-caption-sm { font-size: 11px; line-height: 16px; }
.w-caption-md { font-size: 12px; line-height: 18px; }
.w-caption-lg { font-size: 14px; line-height: 20px; }
.w-label { font-weight: 500; }
.w-icon { display: inline-flex; flex: none; }
.w-image { display: block; max-width: 100%; min-width: 0; object-fit: cover; border-radius: 8px; }
.w-image.framed { border: 1px solid var(--line); }
.w-image.flush { max-width: none; width: calc(100% + 2 * var(--w-inset, 0px)); margin-inline: calc(-1 * var(--w-inset, 0px)); border-radius: 0; }
.w-image.flush:first-child { margin-block-start: calc(-1 * var(--w-inset, 0px)); }

.w-primary { --hue: var(--ink); }
.w-secondary { --hue: var(--ink-2); }
.w-info { --hue: var(--info); }
.w-discovery { --hue: var(--discovery); }
.w-success { --hue: var(--success); }
.w-caution { --hue: var(--caution); }
.w-warning { --hue: var(--warning); }
.w-danger { --hue: var(--danger); }
.w-badge { display: inline-flex; align-items: center; flex: none; align-self: flex-start; width: max-content; max-width: 100%; height: 20px; padding: 0 6px; border: 1px solid transparent; border-radius: 6px; font-size: 12px; font-weight: 600; line-height: 1; white-space: nowrap; }
.w-row > .w-badge { align-self: auto; }
.w-badge.size-md { height: 22px; font-size: 14px; }
.w-badge.size-lg { height: 24px; padding: 0 8px; font-size: 14px; }
.w-badge.pill { border-radius: 999px; padding-inline: 8px; }
.w-badge.soft { background: color-mix(in oklab, var(--surface), var(--hue) 10%); color: color-mix(in oklab, var(--hue), var(--ink) 15%); }
.w-badge.solid { background: var(--hue); color: var(--surface); }
.w-badge.outline { border-color: color-mix(in oklab, var(--hue), transparent 50%); color: var(--hue); }

.ck .w-button {
  --h: 32px; --g: 12px; --r: 8px;
  display: inline-flex; align-items: center; justify-content: center; gap: 6px; flex: none; align-self: flex-start;
  min-height: var(--h); padding: 0 var(--g); border-radius: var(--r); font-size: 14px; font-weight: 500; line-height: 1.25;
}
.w-row > .w-button { align-self: auto; }
.ck .w-button.size-3xs { --h: 22px; --g: 6px; --r: 6px; font-size: 12px; }
.ck .w-button.size-2xs { --h: 24px; --g: 8px; --r: 6px; }
.ck .w-button.size-xs { --h: 26px; --g: 8px; --r: 6px; }
.ck .w-button.size-sm { --h: 28px; --g: 10px; --r: 8px; }
.ck .w-button.size-lg { --h: 36px; }
.ck .w-button.size-xl { --h: 40px; --g: 14px; --r: 10px; }
.ck .w-button.size-2xl { --h: 44px; --g: 14px; --r: 12px; font-size: 16px; }
.ck .w-button.size-3xl { --h: 48px; --g: 16px; --r: 12px; font-size: 16px; }
.ck .w-button.pill { --r: 999px; padding-inline: calc(var(--g) * 1.33); }
.ck .w-button.uniform { padding: 0; min-width: var(--h); }
.ck .w-button.block { width: 100%; align-self: stretch; }
.ck .w-button.solid { background: var(--hue); color: var(--surface); }
.ck .w-button.solid.w-secondary { background: var(--surface-3); color: var(--ink); }
.ck .w-button.soft { background: color-mix(in oklab, var(--surface), var(--hue) 10%); color: color-mix(in oklab, var(--hue), var(--ink) 20%); }
.ck .w-button.outline { border-color: color-mix(in oklab, var(--hue), var(--surface) 55%); color: color-mix(in oklab, var(--hue), var(--ink) 20%); }
.ck .w-button.ghost { color: var(--hue); }
.ck .w-button:hover:not(:disabled) { filter: brightness(0.95); }
.ck .w-button:is(.outline, .ghost):hover:not(:disabled) { filter: none; background: var(--hover); }
[data-scheme='dark'] .w-button:hover:not(:disabled) { filter: brightness(1.12); }
.ck .w-button:disabled { opacity: 0.55; }
.ck .w-field {
  --h: 32px; min-height: var(--h); width: 100%; min-width: 0; padding: 4px 12px; border: 1px solid var(--control-line); border-radius: 8px;
  background: var(--surface); font-size: 14px; line-height: 20px;
}
.ck .w-field.soft { border-color: transparent; background: var(--surface-3); }
.ck .w-field.ghost { border-color: transparent; background: none; }
.ck .w-field.pill { border-radius: 999px; padding-inline: 16px; }
.ck .w-field.size-sm { --h: 28px; }
.ck .w-field.size-lg { --h: 36px; }
.ck .w-field.size-xl { --h: 40px; }
.ck .w-field.size-2xl { --h: 44px; font-size: 16px; }
.ck .w-field.size-3xl { --h: 48px; font-size: 16px; }
.ck .w-field::placeholder { color: var(--ink-3); opacity: 1; }
.ck .w-field:disabled { opacity: 0.55; }
.ck .w-field:user-invalid { border-color: var(--danger); }
.ck .w-textarea { display: block; padding-block: 6px; resize: vertical; }
.ck .w-textarea.growing { field-sizing: content; max-height: calc(var(--w-max-rows) * 20px + 14px); resize: none; }
.ck .w-select { width: auto; max-width: 100%; }
.ck .w-select.block { width: 100%; }
.ck .w-editable { width: 100%; padding: 2px 6px; margin-inline: -7px; border: 1px dashed var(--line-strong); border-radius: 6px; background: none; }
.w-choice { display: inline-flex; align-items: center; gap: 8px; min-height: 28px; font-size: 14px; line-height: 20px; }
.w-choice input { width: 16px; height: 16px; margin: 0; flex: none; accent-color: var(--ck-accent-text); }
.w-radios { display: flex; flex-wrap: wrap; gap: 4px 16px; }
.w-radios.w-col { align-items: flex-start; }
@media (pointer: coarse) {
  .ck .w-button, .ck .w-field { min-height: 44px; }
  .ck .w-field { font-size: 16px; }
  .w-choice { min-height: 44px; }
}
`
