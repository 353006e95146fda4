import { expect, test } from 'vitest'
import { neededBy } from './lock-file.mjs'

const lock = {
  '': { devDependencies: { tool: '1' }, workspaces: ['packages/*', 'examples/*'] },
  'packages/server': {
    dependencies: { store: '1' },
    peerDependencies: { sdk: '1', extra: '1' },
    peerDependenciesMeta: { extra: { optional: true } },
  },
  'packages/app': { dependencies: { '@own/server': '1' }, devDependencies: { probe: '1' } },
  'examples/site': { dependencies: { framework: '1', '@own/server': '1' } },
  'node_modules/@own/server': { resolved: 'packages/server', link: true },
  'node_modules/store': { version: '1', dependencies: { part: '2' } },
  'node_modules/store/node_modules/part': { version: '2' },
  'node_modules/part': { version: '1' },
  'node_modules/sdk': { version: '1', devDependencies: { 'its-own-tests': '1' } },
  'node_modules/extra': { version: '1' },
  'node_modules/tool': { version: '1' },
  'node_modules/probe': { version: '1' },
  'node_modules/framework': { version: '1', dependencies: { part: '1' } },
}

test('a workspace needs its packages, those of its neighbours, their own versions, and the tools of the root', () => {
  expect(Object.keys(neededBy(lock, ['packages/app'])).sort()).toEqual([
    '',
    'node_modules/@own/server',
    'node_modules/probe',
    'node_modules/sdk',
    'node_modules/store',
    'node_modules/store/node_modules/part',
    'node_modules/tool',
    'packages/app',
    'packages/server',
  ])
})

test('what another workspace needs alone is not asked for', () => {
  const needed = Object.keys(neededBy(lock, ['packages/app']))
  expect(needed).not.toContain('node_modules/framework')
  expect(needed).not.toContain('node_modules/part')
  expect(Object.keys(neededBy(lock, ['examples/site']))).toContain('node_modules/part')
})
