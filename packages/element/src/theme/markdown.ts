/** Text of the assistant: 1.6 line height, spacing between blocks only, code and tables that scroll by themselves. */
export const markdown = `
.markdown { line-height: 1.6; }
.markdown ul:not(.loose) p, .markdown ol:not(.loose) p { margin: 0; }
.markdown :is(p, ul, ol, blockquote, figure, hr, .math-display, .table-scroll, .code-block) { margin-block: 0.85em; }
.markdown :is(ul, ol) { padding-inline-start: 1.6em; }
.markdown li { margin-block: 0.3em; }
.markdown li > :is(p, ul, ol) { margin-block: 0.3em; }
.markdown li::marker { color: var(--ink-3); }
.markdown li.task { list-style: none; }
.markdown li.task input[type='checkbox'] { width: 1em; height: 1em; margin-block: 0; margin-inline: -1.6em 0.3em; vertical-align: -0.1em; accent-color: var(--ck-accent-text); }
.markdown :is(h1, h2, h3, h4, h5, h6) { font-weight: 600; line-height: 1.3; margin-block: 1.5em 0.5em; letter-spacing: -0.01em; text-wrap: balance; }
.markdown h1 { font-size: 1.5em; }
.markdown h2 { font-size: 1.25em; }
.markdown h3 { font-size: 1.1em; }
.markdown :is(h4, h5, h6) { font-size: 1em; }
.markdown strong { font-weight: 600; }
.markdown blockquote { margin-inline: 0; padding-inline-start: 1em; border-inline-start: 3px solid var(--line-strong); color: var(--ink-2); }
.markdown hr { border: 0; border-block-start: 1px solid var(--line); margin-block: 1.6em; }
.markdown img { max-width: 100%; height: auto; border-radius: min(var(--ck-radius-s), 10px); }
.markdown code { font-family: var(--ck-font-mono, ui-monospace, 'SF Mono', SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace); font-size: 0.875em; }
.markdown :not(pre) > code { padding: 0.15em 0.36em; border-radius: 5px; background: var(--surface-3); overflow-wrap: anywhere; }
.markdown pre { margin: 0; overflow-x: auto; padding: 12px 16px; line-height: 1.55; tab-size: 4; overflow-wrap: normal; scrollbar-width: thin; }
.markdown pre code { white-space: pre; }
.code-block { border: 1px solid var(--line); border-radius: min(var(--ck-radius-s), 12px); background: var(--surface-2); overflow: hidden; }
.code-header { display: flex; align-items: center; justify-content: space-between; min-height: 36px; padding-inline: 16px 6px; border-block-end: 1px solid var(--line); font-size: 0.8125em; color: var(--ink-2); }
.ck .code-copy { min-height: 28px; padding: 0 10px; border-radius: 8px; color: var(--ink-2); }
.ck .code-copy:hover { background: var(--hover); color: var(--ink); }
.ck .code-copy.copied { color: var(--success); }
.ck .code-copy.copied::after { content: ' ✓'; }
.hl-comment { color: var(--ink-3); font-style: italic; }
.hl-keyword, .hl-tag, .hl-meta { color: var(--code-keyword); }
.hl-string, .hl-attribute { color: var(--code-string); }
.hl-number, .hl-literal { color: var(--code-number); }
.hl-function, .hl-type { color: var(--code-function); }
.hl-property, .hl-variable { color: var(--code-property); }
.math code { font-family: inherit; font-style: italic; }
.markdown .math > code { background: none; padding: 0; }
.math-display { text-align: center; overflow-x: auto; padding: 4px 0; }
.raw-html { color: var(--ink-2); }
.ck .image-button { display: inline-flex; align-items: center; min-height: 36px; padding: 4px 14px; border: 1px dashed var(--line-strong); border-radius: min(var(--ck-radius-s), 10px); color: var(--ink-2); font-size: 0.875em; }
.ck .image-button:hover { background: var(--hover); color: var(--ink); }
.footnote-ref { font-size: 0.75em; line-height: 0; }
.ck .footnote-link { color: var(--ck-accent-text); padding: 0 2px; }
.footnotes { margin-block-start: 1.6em; padding-block-start: 0.6em; border-block-start: 1px solid var(--line); font-size: 0.875em; color: var(--ink-2); }
.table-scroll { overflow-x: auto; scrollbar-width: thin; }
.markdown .table-scroll > table { margin: 0; min-width: min(100%, 20rem); }
.markdown table { border-collapse: collapse; font-size: 0.9375em; line-height: 1.5; }
.markdown :is(th, td) { padding: 8px 12px; border-block-end: 1px solid var(--line); vertical-align: top; overflow-wrap: normal; }
.markdown :is(th, td):not([align]) { text-align: start; }
.markdown :is(th, td):first-child { padding-inline-start: 2px; }
.markdown th { font-weight: 600; border-block-end-color: var(--line-strong); white-space: nowrap; }
.markdown > :first-child { margin-block-start: 0; }
.markdown > :last-child { margin-block-end: 0; }
`
