import { fileURLToPath } from 'node:url'
import { defaultClientConditions, defineConfig } from 'vite'

/** Builds the element as one classic script: pages load it with a plain script tag, as early or late as they like. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  resolve: { conditions: ['millrace-source', ...defaultClientConditions] },
  define: { 'process.env.NODE_ENV': '"production"' },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
  publicDir: false,
  build: {
    target: 'es2022',
    outDir: 'dist',
    // `tsc` writes into the same folder.
    emptyOutDir: false,
    sourcemap: true,
    reportCompressedSize: false,
    lib: { entry: 'src/define.ts', formats: ['iife'], name: 'millraceElement', fileName: () => 'chatkit.js' },
  },
})
