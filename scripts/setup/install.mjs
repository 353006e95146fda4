/** Makes sure that `node_modules` holds what `package-lock.json` says. */
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { capture } from './command.mjs'
import { neededBy } from './lock-file.mjs'
import { progress } from './progress.mjs'
import { root, SetupError } from './script.mjs'

/** The workspaces that are served by `npm start`: the examples and the benchmarks bring twice as much again. */
export const PRODUCT_PACKAGES = ['agents', 'client', 'element', 'markdown', 'millrace', 'protocol', 'server'].map(
  (name) => `packages/${name}`,
)

/** Runs `npm ci` if anything is missing, of all or of some workspaces. Costs a few milliseconds if nothing is. */
export async function install(workspaces) {
  if (isInstalled(root, workspaces)) return
  requireWritable(root)
  const only = workspaces ? [...workspaces.flatMap((path) => ['-w', path]), '--include-workspace-root'] : []
  const step = progress('Installing the dependencies (npm ci)')
  let fetched = 0
  const { code, output } = await npm(['ci', ...only, '--include=dev', '--loglevel=http', '--no-progress'], (line) => {
    if (/^npm http (fetch GET 200|cache) .*\.tgz\b/.test(line)) step.note(`${++fetched} packages fetched`)
  })
  if (code !== 0) throw new SetupError(explainFailure(code, output))
  step.end(`Installed`)
}

/** Whether everything the lock file requires is there, in its version; or what these workspaces of it require. */
export function isInstalled(folder, workspaces) {
  const installed = join(folder, 'node_modules/.package-lock.json')
  if (!existsSync(installed)) return false
  const packages = (file) => JSON.parse(readFileSync(file, 'utf8')).packages
  const lock = packages(join(folder, 'package-lock.json'))
  const needed = workspaces ? neededBy(lock, workspaces) : lock
  return missing(needed, packages(installed), (path) => existsSync(join(folder, path))).length === 0
}

/**
 * What the lock file requires and the installation lacks. npm writes `node_modules/.package-lock.json` as the last step of
 * an installation, whoever asked for it, so an interrupted one counts as none. Optional packages are npm's decision.
 */
export function missing(lock, installed, exists) {
  return Object.entries(lock)
    .filter(([path, wanted]) => path.includes('node_modules/') && !wanted.optional && !wanted.devOptional)
    .filter(([path, wanted]) => {
      const found = installed[path]
      return !found || found.version !== wanted.version || found.integrity !== wanted.integrity || !exists(path)
    })
    .map(([path]) => path)
}

/** npm says first what is wrong, and goes on for pages. */
const SHOWN_LINES = 20

/** What a failed `npm ci` means for the person at the keyboard. */
export function explainFailure(code, output) {
  const log = output
    .split('\n')
    .filter((line) => line.startsWith('npm error'))
    .slice(0, SHOWN_LINES)
    .join('\n')
  if (code === 127)
    return 'npm was not found. It comes with Node: install Node from https://nodejs.org, then try again.'
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED|ERR_SOCKET_TIMEOUT/.test(log)) {
    return `${log}\n\nThe npm registry can't be reached. The first start needs the network (later ones don't): check the connection, or set npm's \`proxy\` or \`registry\`, then try again.`
  }
  if (/EACCES|EPERM|EROFS/.test(log)) {
    return `${log}\n\nnpm may not write here. Run this as the owner of the folder, without sudo.`
  }
  if (/EUSAGE/.test(log)) {
    return `${log}\n\npackage-lock.json doesn't fit the package.json files. Run \`npm install\` and commit what it changes.`
  }
  if (/ENOSPC/.test(log)) return `${log}\n\nThe disk is full. The dependencies need about 500 MB.`
  return `${log || output.trim()}\n\nnpm ci failed (exit code ${code}).`
}

/** Throws unless files can be made in `folder`. */
function requireWritable(folder) {
  try {
    accessSync(folder, constants.W_OK)
  } catch {
    throw new SetupError(`${folder} can't be written. Run this as the owner of the folder, or clone it elsewhere.`)
  }
}

/** npm as it was started (`npm start` names itself in the environment), else the one on the path. */
export function npm(args, onLine) {
  const self = process.env.npm_execpath
  if (self && /\.[cm]?js$/.test(self) && existsSync(self)) return capture(process.execPath, [self, ...args], { onLine })
  const isWindows = process.platform === 'win32'
  return capture(isWindows ? 'npm.cmd' : 'npm', args, { onLine, shell: isWindows })
}
