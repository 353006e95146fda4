/** `npm run bench`: measures what a token costs and prints the tables; `npm run bench -- client` what it costs in a browser. */
import './setup/require-node.mjs'
import { ensureBrowser } from './setup/browser.mjs'
import { build } from './setup/build.mjs'
import { show } from './setup/command.mjs'
import { install } from './setup/install.mjs'
import { script } from './setup/script.mjs'
import { ensureServices } from './setup/services.mjs'

await script(async () => {
  await install()
  const [first, ...rest] = process.argv.slice(2)
  if (first === 'client') {
    await build(['bench/client'])
    process.env.CHROMIUM_PATH = await ensureBrowser()
    process.exitCode = await show(process.execPath, ['bench/client/dist/main.js', ...rest])
    return
  }
  await build(['bench'])
  await ensureServices()
  process.exitCode = await show(process.execPath, ['bench/dist/main.js', ...process.argv.slice(2)])
})
