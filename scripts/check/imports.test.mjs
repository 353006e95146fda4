import { expect, test } from 'vitest'
import { ALLOWED, breaches } from './imports.mjs'

test.each([
  ['client', "import { ChatKitServer } from '@millrace/server'"],
  ['server', "import type { Conversation } from '@millrace/client'"],
  ['markdown', "import { ChatKitError } from '@millrace/protocol'"],
  ['protocol', "export { x } from '@millrace/server/node'"],
  ['agents', "const { start } = await import('millrace')"],
  ['element', "import {\n  one,\n  two,\n} from '@millrace/server'"],
])('%s may not do: %s', (name, source) => {
  expect(breaches(name, `packages/${name}/src/a.ts`, source)).toHaveLength(1)
})

test.each([
  ['server', "import { applyEvent } from '@millrace/protocol'\nimport { x } from '@millrace/protocol/schemas'"],
  ['element', "import { Conversation } from '@millrace/client'"],
  ['millrace', "import { serve } from '@millrace/server/node'"],
  ['client', "import { x } from '../errors.ts'\nimport { y } from './a.ts'"],
  ['client', "// import { x } from '@millrace/server'\n/* from '@millrace/server' */"],
])('%s may do: %s', (name, source) => {
  expect(breaches(name, `packages/${name}/src/deep/a.ts`, source)).toEqual([])
})

test('no browser package carries the schemas, not even as a type', () => {
  const source = "import type { ThreadSchema } from '@millrace/protocol/schemas'"
  expect(breaches('client', 'packages/client/src/a.ts', source)).toEqual([
    'packages/client/src/a.ts imports @millrace/protocol/schemas: the schemas carry zod, which no browser package may.',
  ])
})

test('no browser package needs Node, its tests aside', () => {
  const source = "import { readFileSync } from 'node:fs'"
  expect(breaches('markdown', 'packages/markdown/src/a.ts', source)).toHaveLength(1)
  expect(breaches('markdown', 'packages/markdown/src/a.test.ts', source)).toEqual([])
})

test('a neighbour is imported by its name, never by its path', () => {
  const source = "import { x } from '../../../server/src/runs.ts'"
  expect(breaches('client', 'packages/client/src/deep/a.ts', source)).toHaveLength(1)
})

test('the arrows have no circle', () => {
  const reaches = (from, seen = new Set()) => {
    for (const next of ALLOWED[from]) if (!seen.has(next)) reaches(next, seen.add(next))
    return seen
  }
  for (const name of Object.keys(ALLOWED)) expect(reaches(name)).not.toContain(name)
})
