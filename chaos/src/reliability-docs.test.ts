import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { FAULTS } from './faults/index.ts'

const text = readFileSync(fileURLToPath(new URL('../../docs/reliability.md', import.meta.url)), 'utf8')
const rows = text.split('\n').filter((line) => line.startsWith('| '))

test.each(FAULTS)('docs/reliability.md says what $name cost, and what it looks like', ({ title, look }) => {
  expect(rows.find((row) => row.startsWith(`| ${title} | `) && row.split(' | ').length > 10)).toBeDefined()
  expect(rows).toContain(`| ${title} | ${look} |`)
})
