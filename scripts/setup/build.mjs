/** Builds what is missing or out of date: the packages by `tsc --build`, the element and the page by vite. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { capture } from './command.mjs'
import { progress } from './progress.mjs'
import { cacheFolder, root, SetupError } from './script.mjs'
import { digest, stamp } from './stamp.mjs'

const SHARED_INPUTS = ['package-lock.json', 'tsconfig.base.json', 'tsconfig.json']
const packages = readdirSync(join(root, 'packages')).map((name) => `packages/${name}`)
const browserSide = ['element', 'client', 'markdown', 'protocol'].map((name) => `packages/${name}`)
const serverSide = ['protocol', 'server', 'agents', 'millrace'].map((name) => `packages/${name}`)
const suites = projects().filter((path) => !path.startsWith('packages/'))
/** The tests of the server import it, and they are part of its project. */
const testbed = 'testbed'

/** The element's one-file classic script. */
export const elementPath = join(root, 'packages/element/dist/chatkit.js')

/** What is built. A target is up to date if its inputs are those it was built from and its outputs exist. */
const targets = {
  server: {
    label: 'Building the server (tsc --build)',
    inputs: [...SHARED_INPUTS, testbed, ...serverSide],
    isInput: isProductFile,
    outputs: [testbed, ...serverSide].map((folder) => `${folder}/dist/.tsbuildinfo`),
    command: tsc('packages/millrace'),
  },
  everything: {
    label: 'Building all projects (tsc --build)',
    inputs: [...SHARED_INPUTS, ...packages, ...suites],
    outputs: [...packages, ...suites].map((folder) => `${folder}/dist/.tsbuildinfo`),
    command: tsc(),
  },
  ...Object.fromEntries(suites.map((name) => [name, suite(name)])),
  element: {
    label: 'Building the element (vite)',
    inputs: [...SHARED_INPUTS, ...browserSide],
    isInput: isProductFile,
    outputs: ['packages/element/dist/chatkit.js'],
    command: vite('packages/element/vite.config.ts'),
  },
  math: {
    label: 'Building the formulas (vite)',
    inputs: [...SHARED_INPUTS, 'packages/element', 'packages/markdown'],
    isInput: isProductFile,
    outputs: ['packages/element/dist/chatkit-math.js'],
    command: vite('packages/element/vite.math.config.ts'),
  },
  page: {
    label: 'Building the page (vite)',
    inputs: [...SHARED_INPUTS, 'packages/millrace/page', ...browserSide],
    isInput: isProductFile,
    outputs: ['packages/millrace/dist/page/index.html'],
    command: vite('packages/millrace/page/vite.config.ts'),
  },
  hookPages: {
    label: 'Building the pages of the hooks (vite)',
    inputs: [...SHARED_INPUTS, ...packages, 'examples/hooks'],
    isInput: isProductFile,
    outputs: ['examples/hooks/dist/pages/index.html'],
    command: vite('examples/hooks/vite.config.ts'),
  },
  nextjs: {
    label: 'Building the Next.js example (next build)',
    inputs: [...SHARED_INPUTS, ...packages, 'examples/nextjs'],
    isInput: isProductFile,
    outputs: ['examples/nextjs/dist/next/BUILD_ID'],
    command: ['examples/nextjs/launch.mjs', 'build'],
  },
}

/**
 * Builds the targets that are out of date.
 * @param {(keyof typeof targets)[]} names
 */
export async function build(names) {
  for (const name of names) await buildTarget(name, targets[name])
}

/** What the command needs to run. */
export const PRODUCT = ['server', 'element', 'math', 'page']
/** The product, the suites around it and all tests. */
export const ALL = ['everything', 'element', 'math', 'page']
/** The pages of the hooks and their server, from their packages on. */
export const HOOKS_APP = ['examples/hooks', 'hookPages']
/** The Next.js example, from its packages on. */
export const NEXT_APP = ['examples/nextjs', 'element', 'math', 'nextjs']

async function buildTarget(name, { label, inputs, isInput, outputs, command }) {
  const built = stamp(cacheFolder, name.replaceAll('/', '-'))
  const now = digest(root, inputs, isInput)
  if (built.holds(now) && outputs.every((path) => existsSync(join(root, path)))) return
  const step = progress(label)
  const { code, output } = await capture(process.execPath, command)
  if (code !== 0) throw new SetupError(`${output.trim()}\n\n${label.replace('Building', 'Could not build')}.`)
  built.set(now)
  step.end('Built')
}

/** One of the private workspaces, with the packages that it imports. */
function suite(name) {
  return {
    label: `Building ${name} (tsc --build)`,
    inputs: [...SHARED_INPUTS, testbed, ...packages, name],
    isInput: isProductFile,
    outputs: [`${name}/dist/.tsbuildinfo`],
    command: tsc(name),
  }
}

/** The projects of the root's tsconfig.json. */
function projects() {
  return JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')).references.map(({ path }) => path)
}

function isProductFile(path) {
  return !/\.test\.tsx?$/.test(path)
}

function tsc(...projects) {
  return ['node_modules/typescript/bin/tsc', '--build', ...projects]
}

function vite(config) {
  return ['node_modules/vite/bin/vite.js', 'build', '--config', config, '--logLevel', 'warn']
}
