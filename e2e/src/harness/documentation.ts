/** The code blocks of the documentation: found, named by file and line, compiled as a reader would who copies them. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from './places.ts'

export interface Snippet {
  /** `README.md:53`. */
  readonly place: string
  readonly language: string
  /** What stands behind the language in the opening line: `server` of ` ```ts server `. */
  readonly marker: string
  readonly text: string
}

/** Every code block of the README and of `docs/`. */
export function snippets(): Snippet[] {
  const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.md'),
  )
  return ['README.md', ...pages.map((path) => join('docs', path))].flatMap(snippetsOf)
}

function snippetsOf(page: string): Snippet[] {
  const found: Snippet[] = []
  let open: { line: number; info: string; lines: string[] } | undefined
  for (const [index, line] of readFileSync(join(root, page), 'utf8').split('\n').entries()) {
    const [, info] = line.match(/^```(.*)$/) ?? []
    if (info === undefined) open?.lines.push(line)
    else if (!open) open = { line: index + 1, info, lines: [] }
    else {
      const [language = '', marker = ''] = open.info.trim().split(/\s+/)
      found.push({ place: `${page}:${open.line}`, language, marker, text: open.lines.join('\n') })
      open = undefined
    }
  }
  if (open) throw new Error(`${page}:${open.line}: a code block without an end.`)
  return found
}

/**
 * Type-checks TypeScript snippets against the built packages and writes them as JavaScript to where these are found.
 * Gives their paths in the same order. @throws Error with the compiler's words
 */
export function compile(sources: readonly Snippet[]): string[] {
  const folder = join(root, 'node_modules/.cache/millrace-docs')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const names = sources.map(({ place }) => place.replaceAll(/\W+/g, '-'))
  for (const [index, { text }] of sources.entries())
    writeFileSync(join(folder, `${names[index]}.ts`), `${text}\nexport {}\n`)
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig(folder, names)))
  try {
    execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], { encoding: 'utf8' })
  } catch (error) {
    const said = error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error)
    throw new Error(
      `The documentation has code that does not compile. Mark what is no whole file as \`ts fragment\`.\n${said}`,
    )
  }
  return names.map((name) => join(folder, 'out', `${name}.js`))
}

function tsconfig(folder: string, names: readonly string[]) {
  return {
    extends: relative(folder, join(root, 'tsconfig.base.json')),
    compilerOptions: {
      rootDir: '.',
      outDir: 'out',
      types: ['node'],
      lib: ['ES2023', 'DOM', 'DOM.Iterable'],
      composite: false,
      declaration: false,
      declarationMap: false,
      sourceMap: false,
      noUnusedLocals: false,
      typeRoots: [join(root, 'node_modules/@types')],
    },
    files: names.map((name) => `${name}.ts`),
  }
}
