/** `npm run element-path`: prints where the element's one-file classic script is, and nothing else on stdout. */
import './setup/require-node.mjs'
import { build, elementPath } from './setup/build.mjs'
import { install } from './setup/install.mjs'
import { script } from './setup/script.mjs'

await script(async () => {
  await install()
  await build(['element'])
  console.log(elementPath)
})
