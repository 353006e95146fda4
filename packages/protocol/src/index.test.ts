/// <reference types="node" />
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

/** Packages that a module brings along, by itself or by what it imports; types bring nothing. */
function packagesOf(file: string, seen = new Set<string>()): string[] {
  if (seen.has(file)) return []
  seen.add(file)
  const imports = readFileSync(file, 'utf8').matchAll(/^(?:import|export) (?!type )[^']*? from '([^']+)'/gms)
  return [...imports].flatMap(([, name = '']) =>
    name.startsWith('.') ? packagesOf(join(dirname(file), name), seen) : [name],
  )
}

test('what browsers load carries an SSE parser and nothing else', () => {
  expect(packagesOf(join(import.meta.dirname, 'index.ts'))).toEqual(['eventsource-parser'])
})

test('the schemas carry zod', () => {
  expect(packagesOf(join(import.meta.dirname, 'schemas/index.ts'))).toContain('zod')
})
