import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defaultClientConditions, defineConfig, type Plugin } from 'vite'
import { PAGES } from './src/site.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The looks of the page, and those of the markdown in it, which come with its package. */
const STYLES = {
  'page.css': here('src/page.css'),
  'markdown.css': fileURLToPath(import.meta.resolve('@millrace/markdown/style.css')),
}

/** Every page is the same but for its title and its script. */
function pages(): Plugin {
  const frame = readFileSync(here('page.html'), 'utf8')
  return {
    name: 'millrace-example-pages',
    generateBundle() {
      for (const { name, hook } of PAGES) {
        const source = frame.replaceAll('%name%', name).replaceAll('%hook%', hook)
        this.emitFile({ type: 'asset', fileName: `${name}.html`, source })
      }
      for (const [fileName, path] of Object.entries(STYLES)) {
        this.emitFile({ type: 'asset', fileName, source: readFileSync(path, 'utf8') })
      }
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
      input: Object.fromEntries(PAGES.map(({ name }) => [name, here(`src/pages/${name}.tsx`)])),
      output: { entryFileNames: '[name].js', chunkFileNames: 'assets/[name]-[hash].js' },
    },
  },
})
