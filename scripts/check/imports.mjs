/**
 * The one-way rule between packages: who may import whom. A package earns its place by a dependency or runtime that its
 * neighbour must not carry, so an import against the arrows undoes the split.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What each package's sources may import of the others. */
export const ALLOWED = {
  protocol: [],
  markdown: [],
  server: ['protocol'],
  agents: ['protocol', 'server'],
  client: ['protocol'],
  react: ['protocol', 'client', 'markdown'],
  element: ['protocol', 'client', 'markdown'],
  millrace: ['protocol', 'server', 'agents', 'element'],
}

/** They end in a page, and zod is too large for one: the schemas stay out of them. */
const BROWSER_PACKAGES = new Set(['markdown', 'client', 'react', 'element'])

const IMPORT = /\b(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\s*\(?\s*['"]([^'"]+)['"]/g
const OURS = /^(?:@millrace\/([\w-]+)|(millrace))(\/[\w/-]+)?$/

/** Breaches of the rule in one source file of `packages/<name>`, as sentences. */
export function breaches(name, file, source) {
  const found = []
  for (const specifier of importsOf(source)) {
    const ours = specifier.match(OURS)
    const other = ours?.[1] ?? ours?.[2]
    // Real servers for tests; it is published with nobody.
    if (other === 'testbed' && isTest(file)) continue
    if (other && other !== name && !ALLOWED[name]?.includes(other)) {
      found.push(`${file} imports ${specifier}: ${name} may import ${list(ALLOWED[name])}.`)
    }
    if (BROWSER_PACKAGES.has(name) && other === 'protocol' && ours[3] === '/schemas') {
      found.push(`${file} imports ${specifier}: the schemas carry zod, which no browser package may.`)
    }
    if (BROWSER_PACKAGES.has(name) && specifier.startsWith('node:') && !isTest(file)) {
      found.push(`${file} imports ${specifier}, which no browser has.`)
    }
    if (specifier.startsWith('.') && leavesPackage(file, specifier)) {
      found.push(`${file} imports ${specifier}: other packages are imported by their names.`)
    }
  }
  return found
}

/** Breaches in all packages of the repository. */
export function checkImports(root) {
  return readdirSync(join(root, 'packages')).flatMap((name) => {
    if (!ALLOWED[name])
      return [`packages/${name} has no row in scripts/check/imports.mjs. Say there what it may import.`]
    return sources(root, `packages/${name}/src`).flatMap((file) =>
      breaches(name, file, readFileSync(join(root, file), 'utf8')),
    )
  })
}

/** What a source imports, types included. Comments are no source. */
function importsOf(source) {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
  return [...code.matchAll(IMPORT)].map((match) => match[1] ?? match[2])
}

function sources(root, folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) return ['node_modules', 'dist'].includes(entry.name) ? [] : sources(root, path)
    return /\.tsx?$/.test(entry.name) ? [path] : []
  })
}

/** Whether a relative import of `packages/<name>/…` ends outside of that folder. */
function leavesPackage(file, specifier) {
  const steps = file.split('/').slice(2, -1)
  for (const part of specifier.split('/')) {
    if (part === '..' && steps.pop() === undefined) return true
    if (part !== '..' && part !== '.') steps.push(part)
  }
  return false
}

/** Tests, and the `testing` folders with what tests are made of. */
function isTest(file) {
  return /\.test\.tsx?$|\/src\/testing\//.test(file)
}

function list(names) {
  return names?.length ? names.join(', ') : 'none of the others'
}
