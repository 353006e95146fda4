/** `npm run cluster`: two nodes with Redis, PostgreSQL and a balancer on this machine. */
import './setup/require-node.mjs'
import { build, PRODUCT } from './setup/build.mjs'
import { install } from './setup/install.mjs'
import { script } from './setup/script.mjs'
import { ensureServices } from './setup/services.mjs'

await script(async () => {
  await install()
  await build([...PRODUCT, 'examples/cluster'])
  await ensureServices()
  await import('../examples/cluster/dist/main.js')
})
