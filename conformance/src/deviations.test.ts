import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const source = dirname(fileURLToPath(import.meta.url))

test('every rule by which a case may deviate is explained to the reader', () => {
  const explained = readFileSync(join(source, '../deviations.md'), 'utf8')
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /(?<!\.test)\.ts$/.test(name),
  )
  const rules = files.flatMap((name) =>
    [...readFileSync(join(source, name), 'utf8').matchAll(/\b(?:id|deviation): '([a-z0-9]+(?:-[a-z0-9]+)+)'/g)].map(
      ([, rule]) => rule ?? '',
    ),
  )
  expect(rules.length).toBeGreaterThan(20)
  expect(rules.filter((rule) => !explained.includes(`\`${rule}\``))).toEqual([])
})
