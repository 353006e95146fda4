/** What a page fetches, minified and compressed. */
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { table, verdict } from '../report.ts'

const MOST_RENDERER = 15_000
const MOST_HIGHLIGHTER = 12_000

export async function sizesReport(): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      lib: { entry: fileURLToPath(import.meta.resolve('@millrace/markdown')), formats: ['es'] },
      rollupOptions: { output: { minify: true } },
    },
  })
  const outputs = Array.isArray(result) ? result : 'output' in result ? [result] : []
  const chunks = outputs.flatMap(({ output }) => output).flatMap((chunk) => (chunk.type === 'chunk' ? [chunk] : []))
  const size = (chunk: { code: string } | undefined) => gzipSync(chunk?.code ?? '', { level: 9 }).length
  const renderer = size(chunks.find(({ isEntry }) => isEntry))
  const sizeOf = (name: string) => size(chunks.find((chunk) => chunk.name === name))
  const highlighter = ['code-painter', 'languages', 'rules', 'javascript'].reduce((sum, name) => sum + sizeOf(name), 0)
  return [
    '**Sizes** (bytes, minified, gzip)',
    '',
    table(
      ['part', 'bytes', 'limit'],
      [
        ['renderer', `${renderer}`, verdict(renderer, MOST_RENDERER)],
        ['highlighter with its first language (TypeScript)', `${highlighter}`, verdict(highlighter, MOST_HIGHLIGHTER)],
        ['rare character references, when one is met', `${sizeOf('all-entities')}`, ''],
      ],
    ),
  ].join('\n')
}
