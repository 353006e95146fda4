/** Bundles what a page gets of each browser package, so that its size can be measured. Not published. */
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** What is fetched later, by the pages that need it, is measured by itself or not at all. */
const BUNDLES = {
  conversation: { entry: 'client/dist/index.js', later: [/\/(websocket|polling|whole|debug-log)\.js$/] },
  stream: { entry: 'client/dist/stream/index.js', later: [/\/(websocket|polling|whole|debug-log)\.js$/] },
  react: { entry: 'react/dist/index.js', later: [/^react/, /^@millrace\//, /\/streaming-markdown\.js$/] },
  markdown: { entry: 'markdown/dist/index.js', later: [/\/highlight\/languages/] },
}

for (const [name, { entry, later }] of Object.entries(BUNDLES)) {
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      outDir: 'node_modules/.cache/millrace/size',
      emptyOutDir: false,
      lib: { entry: `packages/${entry}`, formats: ['es'], fileName: name },
      // `build.minify` leaves the whitespace in modules.
      rollupOptions: { external: later, output: { minify: true } },
    },
  })
}
