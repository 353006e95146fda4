/** `npm start -w examples/hooks`: a page for each hook, built and served. */
import './setup/require-node.mjs'
import { build, HOOKS_APP } from './setup/build.mjs'
import { install, PRODUCT_PACKAGES } from './setup/install.mjs'
import { script } from './setup/script.mjs'

await script(async () => {
  await install([...PRODUCT_PACKAGES, 'packages/react', 'examples/hooks'])
  await build(HOOKS_APP)
  await import('../examples/hooks/dist/main.js')
})
