import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defaultClientConditions, defineConfig, type Plugin } from 'vite'
import { PAGES } from './src/site.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const PAGE_NAMES = PAGES.map(({ name }) => name)

/** Every page is the same but for its script. */
function pages(): Plugin {
  const frame = readFileSync(here('page.html'), 'utf8')
  return {
    name: 'millrace-example-pages',
    generateBundle() {
      for (const name of PAGE_NAMES) {
        const source = frame.replaceAll('%name%', name)
        this.emitFile({ type: 'asset', fileName: `${name}.html`, source })
      }
      this.emitFile({ type: 'asset', fileName: 'page.css', source: readFileSync(here('src/page.css'), 'utf8') })
    },
  }
}

/** Builds the pages into `dist/pages`, where `src/main.ts` serves them. */
export default defineConfig({
  root: here('.'),
  resolve: { conditions: ['millrace-source', ...defaultClientConditions], dedupe: ['react', 'react-dom'] },
  publicDir: false,
  plugins: [pages()],
  build: {
    target: 'es2022',
    outDir: here('dist/pages'),
    emptyOutDir: true,
    modulePreload: false,
    reportCompressedSize: false,
    rollupOptions: {
      // `'use client'` is for servers that render React; here all is client.
      onwarn: (warning, warn) => warning.code === 'MODULE_LEVEL_DIRECTIVE' || warn(warning),
      input: Object.fromEntries(PAGE_NAMES.map((name) => [name, here(`src/pages/${name}.tsx`)])),
      output: { entryFileNames: '[name].js', chunkFileNames: 'assets/[name]-[hash].js' },
    },
  },
})
