/** `npm run bench`: measures what a token costs and prints the tables. */
import './setup/require-node.mjs'
import { build } from './setup/build.mjs'
import { show } from './setup/command.mjs'
import { install } from './setup/install.mjs'
import { script } from './setup/script.mjs'
import { ensureServices } from './setup/services.mjs'

await script(async () => {
  await install()
  await build(['bench'])
  await ensureServices()
  process.exitCode = await show(process.execPath, ['bench/dist/main.js', ...process.argv.slice(2)])
})
