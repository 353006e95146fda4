import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { explain, isSupported } from './node-version.mjs'

test.each([
  ['v20.19.0', true],
  ['v20.20.2', true],
  ['v22.12.0', true],
  ['v24.0.0', true],
  ['v26.1.0', true],
  ['v20.18.3', false],
  ['v22.11.0', false],
  ['v18.20.8', false],
  ['v16.0.0', false],
  ['v21.7.3', false],
  ['v23.11.0', false],
])('Node %s is supported: %s', (version, supported) => {
  expect(isSupported(version)).toBe(supported)
})

test('the check and the engines of the root package say the same', () => {
  const { engines } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  expect(engines.node).toBe('^20.19.0 || ^22.12.0 || >=24.0.0')
})

test('a Node that is too old is told which one is needed and how to get it', () => {
  expect(explain('v18.0.0')).toContain('needs Node 20.19')
  expect(explain('v18.0.0')).toContain('This is Node 18.0.0')
  expect(explain('v18.0.0')).toContain('https://nodejs.org')
})
