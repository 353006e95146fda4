/**
 * `npm run test:nodes`: runs `npm test` on other lines of Node as well, taken from the npm packages `node-<system>-<cpu>`.
 * Arguments: the lines, by default 22 and 24; after `--` those of `npm test`.
 */
import './setup/require-node.mjs'
import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { capture, show } from './setup/command.mjs'
import { npm } from './setup/install.mjs'
import { progress } from './setup/progress.mjs'
import { cacheFolder, SetupError, script } from './setup/script.mjs'

const separator = process.argv.indexOf('--')
const lines = process.argv.slice(2, separator < 0 ? undefined : separator)
const testArguments = separator < 0 ? [] : process.argv.slice(separator + 1)

await script(async () => {
  const results = []
  for (const line of lines.length > 0 ? lines : ['22', '24']) {
    const node = await nodeOf(line)
    const { output: version } = await capture(node, ['--version'])
    console.log(`\nNode ${version.trim()}`)
    const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` }
    const code = await show(node, ['scripts/test.mjs', ...testArguments], { env })
    results.push(`Node ${version.trim()}: ${code === 0 ? 'passed' : 'failed'}`)
    if (code !== 0) process.exitCode = 1
  }
  console.log(`\n${results.join('\n')}`)
})

/** The program of that line of Node, fetched once. */
async function nodeOf(line) {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const folder = join(cacheFolder, `node-${line}`)
  const program = join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (existsSync(program)) return program
  const step = progress(`Fetching Node ${line} (npm package ${name})`)
  const { code, output } = await npm([
    'install',
    '--prefix',
    folder,
    '--no-save',
    '--loglevel=error',
    `${name}@${line}`,
  ])
  if (code !== 0 || !existsSync(program)) throw new SetupError(`${output.trim()}\n\nNode ${line} could not be fetched.`)
  step.end('Fetched')
  return program
}
