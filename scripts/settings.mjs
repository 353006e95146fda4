/** `npm run settings`: writes what is made from the table of settings. A test checks that both files are current. */
import './setup/require-node.mjs'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from './setup/build.mjs'
import { install } from './setup/install.mjs'
import { root, script } from './setup/script.mjs'

await script(async () => {
  await install()
  await build(['server'])
  const { envExample, settingsPage } = await import('../packages/millrace/dist/config/documents.js')
  mkdirSync(join(root, 'docs'), { recursive: true })
  writeFileSync(join(root, '.env.example'), envExample())
  writeFileSync(join(root, 'docs/settings.md'), settingsPage())
  console.log('Written: .env.example and docs/settings.md')
})
