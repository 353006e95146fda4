/**
 * `npm test`: installs and builds what is missing, fetches the browser, Redis, PostgreSQL and the small model, then runs every suite.
 * Arguments are vitest's, mostly filters: `npm test -- packages/protocol` runs these tests alone. The last line is
 * always `N passed, N failed`.
 */
import './setup/require-node.mjs'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBrowser } from './setup/browser.mjs'
import { ALL, build, NEXT_APP } from './setup/build.mjs'
import { capture, show } from './setup/command.mjs'
import { install } from './setup/install.mjs'
import { ensureModel } from './setup/model.mjs'
import { SetupError, script } from './setup/script.mjs'
import { ensureServices } from './setup/services.mjs'
import { countVitest, readSummary, sum } from './test/results.mjs'

const vitestArguments = process.argv.slice(2)
const filters = vitestArguments.filter((argument) => !argument.startsWith('-'))

/** What only some tests need; a run that is filtered to others doesn't wait for it. */
const NEEDS_BROWSER = ['e2e', 'packages/element', 'packages/markdown']
const NEEDS_SERVICES = ['packages/server', 'packages/millrace', 'e2e', 'testbed', 'chaos', 'bench', 'examples']
const NEEDS_NEXT_APP = ['e2e', 'examples']
const NEEDS_MODEL = ['e2e', 'packages/agents', 'packages/millrace']

await script(async () => {
  const results = []
  try {
    await install()
    await build(ALL)
    if (runs(NEEDS_NEXT_APP)) await build(NEXT_APP)
    // What could not be fetched fails here once, and the rest still runs: one missing browser must not hide a broken reducer.
    if (runs(NEEDS_BROWSER))
      await attempt(results, async () => {
        process.env.CHROMIUM_PATH = await ensureBrowser()
      })
    if (runs(NEEDS_SERVICES)) await attempt(results, ensureServices)
    if (runs(NEEDS_MODEL)) await attempt(results, ensureModel)
    results.push(await runVitest())
    if (filters.length === 0) results.push(await runConformance())
  } catch (error) {
    results.push({ passed: 0, failed: 1 })
    console.error(error instanceof SetupError ? error.message : error)
  }
  const { passed, failed } = sum(results)
  console.log(`${passed} passed, ${failed} failed`)
  if (failed > 0) process.exitCode = 1
})

/** Whether this run holds tests of one of these folders. */
function runs(folders) {
  return filters.length === 0 || filters.some((filter) => folders.some((folder) => filter.startsWith(folder)))
}

async function attempt(results, work) {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    console.error(error.message)
    results.push({ passed: 0, failed: 1 })
  }
}

async function runVitest() {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-test-'))
  const report = join(folder, 'report.json')
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const code = await show(process.execPath, [
      'node_modules/vitest/vitest.mjs',
      'run',
      ...reporters,
      ...vitestArguments,
    ])
    return countVitest(existsSync(report) ? readFileSync(report, 'utf8') : undefined, code)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function runConformance() {
  console.log('\nConformance: the recorded cases of the wire protocol')
  const { code, output } = await capture(process.execPath, ['conformance/dist/main.js'], { onLine: console.log })
  return readSummary(output, code)
}
