import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { expect, test } from 'vitest'
import { envExample, settingsPage } from './documents.ts'
import { readConfig } from './read-config.ts'
import { settings } from './settings.ts'

const written = (path: string) => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8')

test('.env.example is current (`npm run settings` writes it)', () => {
  expect(written('.env.example')).toBe(envExample())
})

test('docs/settings.md is current (`npm run settings` writes it)', () => {
  expect(written('docs/settings.md')).toBe(settingsPage())
})

test('every setting is named in both', () => {
  for (const { variable } of Object.values(settings)) {
    expect(envExample()).toContain(`\n# ${variable}=`)
    expect(settingsPage()).toContain(`| \`${variable}\``)
  }
})

test('each line of .env.example can be used once its # is gone', () => {
  const assignments = [...envExample().matchAll(/^# ([A-Z_]+)=(.*)$/gm)]
  const available = assignments.filter(([, variable]) => variable !== 'REDIS_URL')
  const environment = parseEnv(available.map(([, variable, value]) => `${variable}=${value}`).join('\n'))
  expect(() => readConfig(environment)).not.toThrow()
})

test('each default and example has the shape of its kind', () => {
  for (const { variable, kind, default: fallback, example } of Object.values(settings)) {
    // The example of a file is one that the reader has to make.
    if (!example.startsWith('@')) expect(kind.parse(example), variable).toBeDefined()
    if (fallback !== undefined) expect(kind.parse(fallback), variable).toBeDefined()
  }
})
