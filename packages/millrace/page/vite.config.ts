import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defaultClientConditions, defineConfig, type Plugin } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The page's own files, and the element beside them: all that the server sends to a browser lies in one folder. */
function staticFiles(): Plugin {
  const files = {
    'index.html': here('index.html'),
    'page.css': here('page.css'),
    'favicon.svg': here('favicon.svg'),
    'chatkit.js': here('../../element/dist/chatkit.js'),
    'chatkit.js.map': here('../../element/dist/chatkit.js.map'),
    'chatkit-math.js': here('../../element/dist/chatkit-math.js'),
  }
  return {
    name: 'millrace-static-files',
    generateBundle() {
      for (const [fileName, path] of Object.entries(files)) {
        if (!existsSync(path)) this.error(`${path} is missing. Build the element first: npm run build`)
        this.emitFile({ type: 'asset', fileName, source: readFileSync(path) })
      }
    },
  }
}

/** Builds the served page into `dist/page`. */
export default defineConfig({
  root: here('.'),
  resolve: { conditions: ['millrace-source', ...defaultClientConditions] },
  publicDir: false,
  plugins: [staticFiles()],
  build: {
    target: 'es2022',
    outDir: here('../dist/page'),
    emptyOutDir: true,
    reportCompressedSize: false,
    lib: { entry: 'page.ts', formats: ['es'], fileName: () => 'page.js' },
  },
})
