/** Header, thread, history, start screen: the frame that everything stands in. */
export const layout = `
.header {
  display: grid; grid-template-columns: minmax(max-content, 1fr) minmax(0, auto) minmax(max-content, 1fr); align-items: center; gap: 8px;
  flex: none; min-height: calc(52px + (var(--ck-density) - 1) * 16px); padding: 0 10px;
  border-block-end: 1px solid var(--line);
}
.header-side { display: flex; gap: 2px; }
.header-side.end { justify-content: flex-end; grid-column: 3; }
.ck .header-title {
  font-size: 0.9375em; font-weight: 500; line-height: 1.4; text-align: center;
  overflow: hidden; text-overflow: ellipsis; white-space: nowrap;
}
.body { position: relative; flex: 1; min-height: 0; display: flex; flex-direction: column; }
.main { flex: 1; min-height: 0; display: flex; flex-direction: column; }
.thread { position: relative; flex: 1; min-height: 0; display: flex; flex-direction: column; }
.scroller {
  flex: 1; min-height: 0; overflow-y: auto; overflow-x: hidden; overscroll-behavior: contain;
  scrollbar-gutter: stable both-edges; scrollbar-width: thin; scrollbar-color: var(--line-strong) transparent;
}
.ck .scroller:focus-visible { outline-offset: -2px; }
.transcript { max-width: var(--ck-measure); margin: 0 auto; padding: 8px 20px 0; }
.foot {
  flex: none; width: 100%; max-width: calc(var(--ck-measure) + 24px); margin: 0 auto;
  padding: 0 12px max(12px, env(safe-area-inset-bottom));
}
.turn { padding: calc(14px * var(--ck-density)) 0 calc(10px * var(--ck-density)); }
.turn.anchored { min-height: var(--view-height, 0); }
.ck .turn > * + * { margin-block-start: calc(14px * var(--ck-density)); }
.ck .turn > .turn-actions { margin-block-start: 6px; }
.older { display: grid; place-items: center; height: 56px; color: var(--ink-3); }
.ck .to-latest {
  position: absolute; bottom: 10px; left: 50%; translate: -50% 0; z-index: 5;
  display: grid; place-items: center; width: 36px; height: 36px; border-radius: 50%;
  border: 1px solid var(--line-strong); background: var(--elevated); color: var(--ink-2);
}
.ck .to-latest:hover { color: var(--ink); background: var(--hover); }
.skeleton { display: grid; gap: 14px; padding: 24px 0; animation: ck-late 0.3s step-end; }
.skeleton span { height: 14px; border-radius: 7px; background: var(--surface-3); }
.skeleton .skeleton-bubble { width: 46%; height: 40px; justify-self: end; border-radius: var(--ck-radius-m); margin-block-end: 12px; }
.skeleton .short { width: 60%; }
@keyframes ck-late { from { visibility: hidden; } }

.start-screen {
  flex: 1; min-height: 0; overflow-y: auto; width: 100%; max-width: calc(var(--ck-measure) + 24px); margin: 0 auto; padding: 24px 20px 20px;
  display: flex; flex-direction: column; justify-content: safe center; gap: 28px;
}
.ck .greeting { font-size: clamp(1.5em, 4.2cqi, 1.875em); font-weight: 600; line-height: 1.25; letter-spacing: -0.015em; text-wrap: balance; text-align: center; }
.prompts { display: grid; gap: 8px; list-style: none; }
.ck .prompt {
  display: flex; align-items: center; gap: 12px; width: 100%; height: 100%; min-height: 48px; padding: 10px 16px;
  border: 1px solid var(--line); border-radius: var(--ck-radius-s); line-height: 1.4; font-size: 0.9375em; color: var(--ink);
}
.ck .prompt .icon { color: var(--ink-3); }
.ck .prompt:hover { background: var(--surface-2); border-color: var(--line-strong); }
@container chat (min-width: 560px) { .prompts { grid-template-columns: 1fr 1fr; } }

.history {
  position: absolute; inset: 0; z-index: 10; overflow-y: auto; overscroll-behavior: contain; background: var(--surface);
  display: flex; flex-direction: column; align-items: center; gap: 12px; padding: 12px;
}
.ck .history:focus-visible { outline: none; }
.history-list { width: 100%; max-width: var(--ck-measure); list-style: none; }
.history-row { display: flex; align-items: center; gap: 4px; border-block-end: 1px solid var(--line); min-height: 52px; }
.ck .history-open {
  display: flex; align-items: baseline; gap: 12px; flex: 1; min-width: 0; padding: 10px 12px; margin-block: 4px;
  border-radius: min(var(--ck-radius-s), 10px); line-height: 1.4;
}
.ck .history-open:hover { background: var(--surface-3); }
.history-title { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.history-open[aria-current] .history-title { font-weight: 600; }
.history-date { flex: none; font-size: 0.8125em; color: var(--ink-3); }
.history-empty { margin: auto; padding: 24px; color: var(--ink-2); text-align: center; }
.history-edit { border: 0; margin: 0; display: flex; flex-wrap: wrap; align-items: center; gap: 8px; flex: 1; min-width: 0; padding: 8px 12px; }
.history-edit .text-input { flex: 1 1 12rem; }
.history-question { flex: 1 1 12rem; min-width: 0; overflow: hidden; text-overflow: ellipsis; }
.ck .text-input {
  min-height: 36px; padding: 6px 12px; width: 100%; min-width: 0;
  border: 1px solid var(--control-line); border-radius: min(var(--ck-radius-s), 10px); background: var(--elevated); line-height: 1.4;
}
.drop-zone {
  position: absolute; inset: 8px; z-index: 30; display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 8px;
  border: 2px dashed var(--ck-accent-text); border-radius: var(--ck-radius-m); background: color-mix(in oklab, var(--surface), transparent 8%); pointer-events: none;
}
.enlarged {
  position: absolute; inset: 0; z-index: 40; display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 16px;
  padding: 20px; background: color-mix(in oklab, var(--surface), transparent 6%);
}
.enlarged img { max-width: 100%; min-height: 0; flex: 0 1 auto; object-fit: contain; border-radius: min(var(--ck-radius-s), 8px); }
.enlarged-bar { display: flex; gap: 8px; flex: none; }
.ck .enlarged-bar a { text-decoration: none; color: var(--ink); }
@container chat (max-width: 480px) {
  .transcript { padding-inline: 12px; }
  .foot { padding-inline: 8px; }
  .start-screen { padding-inline: 14px; }
  .history { padding: 4px; }
}
`
