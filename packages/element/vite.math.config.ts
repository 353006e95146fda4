import { fileURLToPath } from 'node:url'
import { defaultClientConditions, defineConfig } from 'vite'

/** Builds what draws formulas as a module of its own: `chatkit.js` fetches it from its own folder with the first one. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  resolve: { conditions: ['millrace-source', ...defaultClientConditions] },
  publicDir: false,
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: false,
    reportCompressedSize: false,
    lib: { entry: 'src/math.ts', formats: ['es'], fileName: () => 'chatkit-math.js' },
    // `build.minify` leaves the whitespace in modules.
    rollupOptions: { output: { minify: true, codeSplitting: false } },
  },
})
