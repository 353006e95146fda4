/** The composer, and what stands around it. */
export const composer = `
.composer {
  display: grid; grid-template-columns: auto minmax(0, 1fr) auto; grid-template-areas: 'chips chips chips' 'lead input send';
  align-items: end; column-gap: 4px; padding: 6px;
  border: 1px solid var(--line-strong); border-radius: var(--ck-radius-l); background: var(--elevated); cursor: text;
}
.composer:focus-within { border-color: var(--control-line); }
.composer.has-bar { grid-template-areas: 'chips chips chips' 'input input input' 'lead . send'; }
.composer-lead { grid-area: lead; display: flex; align-items: center; flex-wrap: wrap; gap: 2px; min-height: 36px; cursor: default; }
.composer-lead:empty { width: 6px; }
.ck .composer-lead .icon-button { border-radius: var(--ck-radius-full); }
.ck .composer-input {
  grid-area: input; display: block; width: 100%; min-height: 36px; max-height: min(13lh, 38vh); padding: calc((36px - 1.5em) / 2) 6px;
  border: 0; background: none; resize: none; outline: none; overflow-y: auto; field-sizing: content; line-height: 1.5;
  font-size: max(1em, 16px); scrollbar-width: thin;
}
.composer.has-bar .composer-input { padding-inline: 10px; padding-block-end: 10px; }
.composer-input::placeholder { color: var(--ink-3); opacity: 1; }
.composer-input:disabled { cursor: not-allowed; }
.ck .send {
  grid-area: send; display: grid; place-items: center; width: 36px; height: 36px;
  border-radius: max(var(--ck-radius-full) - 8px, 0px); background: var(--ck-accent); color: var(--ck-on-accent);
}
.ck .send:hover:not(:disabled) { background: color-mix(in oklab, var(--ck-accent), var(--ck-on-accent) 14%); }
.ck .send:disabled { background: var(--surface-3); color: var(--ink-3); }
.ck .send.stop { background: var(--ink); color: var(--surface); }
.ck .send.stop .icon { fill: currentColor; }
.composer-chips { grid-area: chips; display: flex; flex-wrap: wrap; gap: 6px; padding: 4px 4px 8px; min-width: 0; }
.file-chips { display: flex; flex-wrap: wrap; gap: 6px; list-style: none; min-width: 0; }
.file-chip {
  position: relative; display: flex; align-items: center; gap: 8px; max-width: 17rem; min-width: 0; padding: 6px; overflow: hidden;
  border: 1px solid var(--line); border-radius: min(var(--ck-radius-s), 14px); background: var(--surface-2);
}
.file-chip img, .file-icon { flex: none; width: 40px; height: 40px; object-fit: cover; border-radius: min(var(--ck-radius-s), 8px); }
.file-icon { display: grid; place-items: center; background: var(--surface-3); color: var(--ink-2); }
.file-chip.uploading img { opacity: 0.6; }
.file-chip.failed { border-color: var(--danger); }
.file-name { display: flex; flex-direction: column; min-width: 0; font-size: 0.875em; line-height: 1.35; }
.file-name > span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.file-state { font-size: 0.85em; color: var(--ink-3); }
.failed .file-state { color: var(--danger); }
.file-progress {
  position: absolute; inset-inline: 0; bottom: 0; width: 100%; height: 3px; border: 0; appearance: none; background: var(--line);
}
.file-progress::-webkit-progress-bar { background: var(--line); }
.file-progress::-webkit-progress-value { background: var(--ck-accent-text); }
.file-progress::-moz-progress-bar { background: var(--ck-accent-text); }
.tag-chip, .quote-chip {
  display: inline-flex; align-items: center; gap: 4px; max-width: 100%; padding-inline-start: 10px; font-size: 0.875em;
  border: 1px solid var(--line); border-radius: var(--ck-radius-s); background: var(--surface-2); min-width: 0;
}
.quote-chip { flex: 1 1 100%; color: var(--ink-2); }
.quote-chip > span { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.ck .tool-chip, .ck .model-button {
  display: inline-flex; align-items: center; gap: 6px; min-height: 36px; padding: 0 12px; border-radius: var(--ck-radius-full);
  font-size: 0.875em; line-height: 1.3; color: var(--ink-2);
}
.ck .tool-chip { color: var(--ck-accent-text); background: color-mix(in oklab, var(--surface), var(--ck-accent-text) 8%); }
.ck .tool-chip:hover, .ck .model-button:hover, .ck .model-button[aria-expanded='true'] { background: var(--hover); color: var(--ink); }
.disclaimer { padding: 8px 8px 0; text-align: center; font-size: 0.8125em; line-height: 1.4; color: var(--ink-3); }
.disclaimer.strong { color: var(--ink); }
.disclaimer .markdown { display: inline; font-size: inherit; line-height: inherit; }
.ck .closed-banner { padding: 14px 16px; text-align: center; border-block-start: 1px solid var(--line); color: var(--ink-2); }
.messages { display: grid; gap: 6px; padding-block-end: 6px; }
.messages:empty { display: none; }
.message, .error {
  display: flex; align-items: center; gap: 10px; padding: 8px 8px 8px 14px; min-height: 44px; line-height: 1.45; font-size: 0.9375em;
  border: 1px solid var(--line-strong); border-radius: min(var(--ck-radius-s), 14px); background: var(--elevated);
  --level: var(--ink-2);
}
.message.info { --level: var(--info); }
.message.warning { --level: var(--warning); }
.message.danger, .error { --level: var(--danger); }
.message.info, .message.warning, .message.danger, .error {
  border-color: color-mix(in oklab, var(--level), var(--surface) 55%); background: color-mix(in oklab, var(--surface), var(--level) 5%);
}
.message > .icon, .error > .icon { color: var(--level); }
.message-text { flex: 1; min-width: 0; padding-block: 2px; }
.message-text strong { display: block; font-weight: 600; }
.error { padding-inline-end: 14px; flex-wrap: wrap; }
.foot > .error { margin-block-end: 6px; }
.error .message-text { flex: 1 1 12rem; }
.questions { display: block; padding: 16px; cursor: default; max-height: 60vh; overflow-y: auto; border-radius: min(var(--ck-radius-l), 20px); }
.question { display: block; border: 0; margin: 0 0 16px; padding: 0; min-width: 0; }
.question-text { display: block; padding: 0; font-weight: 600; margin-block-end: 6px; }
.question-detail { display: block; font-size: 0.875em; color: var(--ink-2); margin-block-end: 6px; }
.choice { display: flex; align-items: center; gap: 10px; min-height: 36px; }
.choice input:not(.text-input) { width: 18px; height: 18px; flex: none; accent-color: var(--ck-accent-text); }
.ck textarea.text-input { resize: vertical; }
.questions-bar { display: flex; justify-content: flex-end; gap: 8px; }
@media (pointer: coarse) {
  .ck .send { width: 44px; height: 44px; }
  .ck .composer-input { min-height: 44px; padding-block: calc((44px - 1.5em) / 2); }
  .choice { min-height: 44px; }
}
@media (forced-colors: active) {
  .ck .send { border-color: ButtonText; }
  .file-progress { forced-color-adjust: none; }
}
`
