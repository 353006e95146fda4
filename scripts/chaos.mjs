/** `npm run chaos`: does to real processes what goes wrong in real life, and counts what it costs. */
import './setup/require-node.mjs'
import { build } from './setup/build.mjs'
import { show } from './setup/command.mjs'
import { install } from './setup/install.mjs'
import { script } from './setup/script.mjs'

await script(async () => {
  await install()
  await build(['chaos'])
  process.exitCode = await show(process.execPath, ['chaos/dist/main.js', ...process.argv.slice(2)])
})
