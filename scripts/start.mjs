/** `npm start`: installs and builds what is missing, then starts Millrace. Arguments are those of `millrace start`. */
import './setup/require-node.mjs'
import { build, PRODUCT } from './setup/build.mjs'
import { install, PRODUCT_PACKAGES } from './setup/install.mjs'
import { script } from './setup/script.mjs'

await script(async () => {
  await install(PRODUCT_PACKAGES)
  await build(PRODUCT)
  const { run } = await import('../packages/millrace/dist/cli.js')
  await run(process.argv.slice(2))
})
