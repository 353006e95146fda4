/** `npm run conformance -- [folder]`: runs the recorded cases of the wire protocol; ends with `N passed, N failed`. */
import './setup/require-node.mjs'
import { build } from './setup/build.mjs'
import { show } from './setup/command.mjs'
import { install } from './setup/install.mjs'
import { script } from './setup/script.mjs'

await script(async () => {
  await install()
  await build(['conformance'])
  process.exitCode = await show(process.execPath, ['conformance/dist/main.js', ...process.argv.slice(2)])
})
