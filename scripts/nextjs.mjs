/** `npm run nextjs`: the Next.js example, built and served. `PORT` is where; without it the first free one from 3000 on. */
import './setup/require-node.mjs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { build, NEXT_APP } from './setup/build.mjs'
import { install } from './setup/install.mjs'
import { root, SetupError, script } from './setup/script.mjs'

const FIRST_PORT = 3000
const TRIED_PORTS = 20

await script(async () => {
  await install()
  await build(NEXT_APP)
  process.env.PORT ??= String(await firstFreePort())
  // Its data lies there: the chat of `npm start` has the same place in the root.
  process.chdir(join(root, 'examples/nextjs'))
  process.argv.splice(2, 0, 'start')
  await import('../examples/nextjs/launch.mjs')
})

async function firstFreePort() {
  for (let port = FIRST_PORT; port < FIRST_PORT + TRIED_PORTS; port++) if (await isFree(port)) return port
  throw new SetupError(`No port from ${FIRST_PORT} on is free. Choose one: PORT=4000 npm run nextjs`)
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
