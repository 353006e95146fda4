/** `npm run build`: installs what is missing and builds what is out of date. */
import './setup/require-node.mjs'
import { ALL, build, NEXT_APP } from './setup/build.mjs'
import { install } from './setup/install.mjs'
import { script } from './setup/script.mjs'

await script(async () => {
  await install()
  await build([...ALL, ...NEXT_APP])
  console.log('Everything is built.')
})
