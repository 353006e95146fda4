/** Bundles what a page gets with `@millrace/client`, so that its size can be measured. Not published. */
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const root = fileURLToPath(new URL('../../', import.meta.url))

await build({
  root,
  configFile: false,
  logLevel: 'warn',
  build: {
    outDir: 'node_modules/.cache/millrace/size',
    minify: true,
    lib: { entry: 'packages/client/dist/index.js', formats: ['es'], fileName: 'client' },
  },
})
