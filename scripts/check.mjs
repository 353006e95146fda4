/** `npm run check`: everything that can be said about the code without running it. Each step prints its name and result. */
import './setup/require-node.mjs'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { checkImports } from './check/imports.mjs'
import { build } from './setup/build.mjs'
import { capture } from './setup/command.mjs'
import { explainFailure, install, npm } from './setup/install.mjs'
import { elapsed } from './setup/progress.mjs'
import { root, script } from './setup/script.mjs'

const packages = readdirSync(join(root, 'packages')).sort()

/** A step resolves with the complaints it has; nothing means that it passed. */
const steps = {
  'format and lint (biome)': () => tool('@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'),
  'types (tsc --build)': () => tool('typescript/bin/tsc', '--build'),
  'lock file (npm ci --dry-run)': lockFile,
  'imports between packages': async () => checkImports(root).join('\n'),
  'dead code and dependencies (knip)': () => tool('knip/bin/knip.js'),
  'bundles (vite)': () => build(['element', 'page']),
  ...Object.fromEntries(packages.map((name) => [`exports of ${name} (publint)`, () => publint(name)])),
  'sizes (size-limit)': sizes,
}

await script(async () => {
  await install()
  let failures = 0
  for (const [name, run] of Object.entries(steps)) {
    const started = performance.now()
    const complaints = await run().catch((error) => error.message)
    console.log(`${complaints ? 'FAILED' : 'ok    '}  ${name}, ${elapsed(started)}`)
    if (!complaints) continue
    failures += 1
    console.log(complaints.replace(/^/gm, '        '))
  }
  const total = Object.keys(steps).length
  console.log(failures === 0 ? `All ${total} checks passed.` : `${failures} of ${total} checks failed.`)
  if (failures > 0) process.exitCode = 1
})

async function tool(path, ...args) {
  const { code, output } = await capture(process.execPath, [`node_modules/${path}`, ...args])
  return code === 0 ? '' : output.trim() || `ended with code ${code}`
}

/** Fails for a lock file that an installation from scratch would refuse, as one without the packages of other systems. */
async function lockFile() {
  const { code, output } = await npm(['ci', '--dry-run'])
  return code === 0 ? '' : explainFailure(code, output)
}

async function publint(name) {
  const { publint } = await import('publint')
  const { formatMessage } = await import('publint/utils')
  const { messages, pkg } = await publint({ pkgDir: join(root, 'packages', name), pack: 'npm', strict: true })
  return messages.map((message) => formatMessage(message, pkg)).join('\n')
}

async function sizes() {
  const bundled = await capture(process.execPath, ['scripts/check/bundles.mjs'])
  return bundled.code === 0 ? tool('size-limit/bin.js') : bundled.output
}
