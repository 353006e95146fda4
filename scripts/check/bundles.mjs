/** Bundles what a page gets of each browser package so that its size can be measured. Not published. */
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** What is fetched later, by the pages that need it, is measured by itself or not at all. */
const BUNDLES = {
  conversation: {
    entry: 'client/dist/index.js',
    later: [/\/(websocket|polling|whole|debug-log|stopping|refusal)\.js$/],
  },
  stream: {
    entry: 'client/dist/stream/index.js',
    later: [/\/(websocket|polling|whole|debug-log|stopping|refusal)\.js$/],
  },
  react: { entry: 'react/dist/index.js', later: [/^react/, /^@millrace\//, /\/streaming-markdown\.js$/] },
  markdown: {
    entry: 'markdown/dist/index.js',
    later: [/\/(code-painter|languages|all-entities|draw|copy-code)\.js$/],
  },
  painter: { entry: 'markdown/dist/dom/code-painter.js', later: [] },
  highlighter: { entry: 'markdown/dist/highlight/languages.js', later: [/\/languages\/(?!javascript)/] },
}

/** Marks for the bundler of the application, which leaves them out of what it writes. */
const withoutMarks = {
  name: 'without-marks',
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle)) chunk.code = chunk.code?.replaceAll('/* @__PURE__ */', '')
  },
}

for (const [name, { entry, later }] of Object.entries(BUNDLES)) {
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    plugins: [withoutMarks],
    build: {
      outDir: 'node_modules/.cache/millrace/size',
      emptyOutDir: false,
      lib: { entry: `packages/${entry}`, formats: ['es'], fileName: name },
      // `build.minify` leaves the whitespace in modules.
      rollupOptions: { external: later, output: { minify: true } },
    },
  })
}
