/** Installs node-llama-cpp beside the models, without the parts for CUDA and without compiling anything. */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findEngine } from '@millrace/agents/gguf'
import { ChatKitError } from '@millrace/protocol'
import { binaryPackage, ENGINE_VERSION } from './artefacts.ts'
import { run, runModule } from './processes.ts'

/**
 * Installs into `<folder>/node_modules` and returns the entry's file URL. npm works in a folder of its own first, so what
 * breaks off leaves nothing behind that looks installed. Throws `not_configured` with what to do.
 */
export async function installEngine(folder: string, signal: AbortSignal): Promise<string> {
  const binary = binaryPackage()
  if (binary === undefined) {
    throw new ChatKitError(
      'not_configured',
      `There is no prebuilt engine for ${process.platform} on ${process.arch}. Use a model service instead: set OPENAI_BASE_URL.`,
    )
  }
  const staging = join(folder, '.partial', 'engine')
  await rm(staging, { recursive: true, force: true })
  await mkdir(staging, { recursive: true })
  await writeFile(join(staging, 'package.json'), '{ "private": true }\n')
  const packages = [`node-llama-cpp@${ENGINE_VERSION}`, `${binary}@${ENGINE_VERSION}`]
  // The install scripts are left out: the prebuilt binary works without them, and they would compile where it did not.
  const flags = [
    '--no-save',
    '--no-package-lock',
    '--omit=optional',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]
  try {
    await npm(['install', ...flags, ...packages], staging, signal)
    await tryEngine(staging, signal)
  } catch (cause) {
    signal.throwIfAborted()
    const said = cause instanceof Error ? cause.message : String(cause)
    throw new ChatKitError(
      'not_configured',
      `node-llama-cpp could not be installed. Is the npm registry in reach?\n${said}`,
      { cause },
    )
  }
  const home = join(folder, 'node_modules')
  await rm(home, { recursive: true, force: true })
  await rename(join(staging, 'node_modules'), home)
  await rm(staging, { recursive: true, force: true })
  return findEngine([folder])
}

/** The npm that started us, if one did: it is there for sure. */
async function npm(args: string[], cwd: string, signal: AbortSignal): Promise<void> {
  const running = process.env.npm_execpath
  const isNpm = running !== undefined && /npm-cli\.c?js$/.test(running)
  const options = { cwd, env: withoutNpmScript(process.env), signal }
  if (isNpm) await run(process.execPath, [running, ...args], options)
  else await run('npm', args, options)
}

/** Variables by which npm tells a script of the project that it runs for; to another npm they are flags. */
const OF_THE_SCRIPT =
  /^npm_config_(?:local_prefix|prefix|workspaces?|include_workspace_root|global|location|omit|include|ignore_scripts)$/i

function withoutNpmScript(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !OF_THE_SCRIPT.test(name)))
}

/** Loads the binary once, in a process of its own: a binary for another C library ends its process. */
async function tryEngine(folder: string, signal: AbortSignal): Promise<void> {
  const program = `
    const { getLlama } = await import(process.argv[2])
    await getLlama({ build: 'never', skipDownload: true, dryRun: true, progressLogs: false, logLevel: 'error' })`
  const entry = findEngine([folder], folder)
  await runModule(folder, program, [entry], { signal })
}
