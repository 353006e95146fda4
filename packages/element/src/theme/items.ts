/** Items of the thread. */
export const items = `
.user-message { display: flex; flex-direction: column; align-items: flex-end; gap: 6px; padding-inline-start: 12%; }
.bubble { max-width: 100%; padding: 8px 15px; border: 1px solid transparent; border-radius: var(--ck-radius-m); background: var(--bubble); }
.bubble-text { white-space: pre-wrap; }
.ck .bubble-quote { margin: 0 0 8px; padding-inline-start: 10px; border-inline-start: 2px solid var(--line-strong); color: var(--ink-2); font-size: 0.9em; white-space: pre-wrap; max-height: 6lh; overflow: auto; }
.ck .tag { color: var(--ck-accent-text); font-weight: 500; }
.ck button.tag { border-radius: 4px; }
.ck button.tag:hover { text-decoration: underline; }
.user-attachments { display: flex; flex-wrap: wrap; justify-content: flex-end; gap: 6px; max-width: 100%; }
.user-image { display: block; max-width: min(260px, 100%); max-height: 220px; min-height: 48px; object-fit: cover; border-radius: var(--ck-radius-s); border: 1px solid var(--line); }
.user-file { display: flex; align-items: center; gap: 10px; max-width: 17rem; padding: 10px 14px; border: 1px solid var(--line); border-radius: var(--ck-radius-s); color: var(--ink-2); }
.user-file .file-name { color: var(--ink); }
.assistant-message { position: relative; }
.turn-actions { display: flex; gap: 2px; margin-inline-start: -8px; min-height: 32px; }
.turn-actions.waiting { visibility: hidden; }
.ck .turn-actions .icon-button { color: var(--ink-3); }
.ck .turn-actions .icon-button:hover:not(:disabled) { color: var(--ink); }
.ck .turn-actions .icon-button[aria-pressed='true'] { color: var(--ck-accent-text); }
.progress-line { display: flex; align-items: center; gap: 10px; min-height: 1.6em; color: var(--ink-3); }
.working-dot { width: 8px; height: 8px; margin: 0 4px; flex: none; border-radius: 50%; background: var(--ck-accent-text); animation: ck-pulse 1.4s ease-in-out infinite; }
@keyframes ck-pulse { 50% { opacity: 0.3; transform: scale(0.75); } }

.workflow { color: var(--ink-2); }
.ck .workflow-title {
  display: inline-flex; align-items: center; gap: 8px; max-width: 100%; min-height: 32px; padding: 2px 8px; margin-inline-start: -9px;
  border-radius: min(var(--ck-radius-s), 10px); line-height: 1.4; color: var(--ink-2);
}
.ck .workflow-title:hover { background: var(--surface-3); color: var(--ink); }
.disclosure { transition: rotate 0.15s; color: var(--ink-3); }
[aria-expanded='true'] > .disclosure, details[open] > summary > .disclosure { rotate: 90deg; }
details[open] > summary > .disclosure { rotate: 180deg; }
.workflow-body { margin-block-start: 4px; padding-inline-start: 14px; border-inline-start: 1px solid var(--line); }
.workflow-body.window {
  display: flex; flex-direction: column; justify-content: flex-end; max-height: 9.6em; overflow: hidden;
  mask-image: linear-gradient(transparent, black 2.4em);
}
.workflow-body.window:not(:has(.markdown)) { mask-image: none; }
.tasks { display: grid; gap: 10px; list-style: none; flex: none; }
.task-view { font-size: 0.9375em; }
.task-view .markdown { color: var(--ink-2); font-size: 1em; line-height: 1.55; }
.task-title { display: flex; align-items: center; gap: 8px; color: var(--ink-2); }
/* What a task says stands under its title, beside the mark and not below it. */
.task-view .task-title:has(> :nth-child(2)) ~ * { padding-inline-start: 24px; }
.task-done { color: var(--success); }
.task-chips { display: flex; flex-wrap: wrap; gap: 6px; margin-block-start: 6px; list-style: none; }
.ck .chip {
  display: inline-flex; align-items: center; gap: 6px; max-width: 100%; padding: 1px 10px; font-size: 0.9em; color: var(--ink-2);
  border: 1px solid var(--line); border-radius: var(--ck-radius-full); text-decoration: none;
}
.ck a.chip:hover { background: var(--hover); color: var(--ink); }
.task-item { color: var(--ink-2); }

.image-progress { position: absolute; inset-inline: 12px; bottom: 12px; width: calc(100% - 24px); height: 4px; accent-color: var(--ck-accent-text); }
.ck .generated-image { position: relative; display: block; width: min(100%, 420px); aspect-ratio: 1; border-radius: var(--ck-radius-s); overflow: hidden; background: var(--surface-3); cursor: zoom-in; }
.generated-image img { display: block; width: 100%; height: 100%; object-fit: contain; }
.ck .generated-image.placeholder {
  cursor: default; background: linear-gradient(100deg, var(--surface-3) 40%, var(--surface-2) 50%, var(--surface-3) 60%) 0 0 / 300% 100%;
  animation: ck-shimmer 2.2s linear infinite;
}
.input-record { margin: 0; padding: 12px 16px; border: 1px solid var(--line); border-radius: var(--ck-radius-s); display: grid; gap: 10px; }
.input-record dt { font-size: 0.875em; color: var(--ink-2); }
.input-record dd { margin: 0; }
.input-record .skipped { color: var(--ink-3); font-style: italic; }

.citation { display: inline-flex; gap: 2px; margin-inline: 3px 1px; vertical-align: 0.12em; white-space: nowrap; }
.ck .citation-number {
  display: inline-block; min-width: 1.55em; padding: 0 0.4em; font-size: 0.7em; line-height: 1.5; text-align: center; text-decoration: none; font-weight: 500;
  border-radius: 999px; background: var(--surface-3); color: var(--ink-2);
}
.ck .citation-number:hover, .ck .citation-number:focus-visible { background: var(--pressed); color: var(--ink); }
.sources { margin-block-start: 10px; font-size: 0.9375em; }
.sources summary {
  display: inline-flex; align-items: center; gap: 8px; min-height: 32px; padding: 0 8px; margin-inline-start: -8px; cursor: pointer; list-style: none;
  border-radius: min(var(--ck-radius-s), 10px); color: var(--ink-2);
}
.sources summary::-webkit-details-marker { display: none; }
.sources summary:hover { background: var(--surface-3); color: var(--ink); }
.ck .sources ol { padding-inline-start: 1.8em; margin-block: 4px; }
.sources li { padding: 3px 0; }
.sources li::marker { color: var(--ink-3); font-size: 0.9em; }
.source-site { margin-inline-start: 8px; font-size: 0.875em; color: var(--ink-3); }
.ck .link { color: var(--ck-accent-text); text-decoration: underline; }
.source-card {
  position: absolute; z-index: 15; width: max-content; max-width: min(20rem, 100%); padding: 10px 14px; font-size: 0.875em; line-height: 1.45;
  border: 1px solid var(--line-strong); border-radius: min(var(--ck-radius-s), 12px); background: var(--elevated); box-shadow: var(--shadow); pointer-events: none;
}
.source-card strong { display: block; font-weight: 600; }
.source-card .source-site { margin: 0; }
.ck .source-card p { margin-block-start: 4px; color: var(--ink-2); }
`
