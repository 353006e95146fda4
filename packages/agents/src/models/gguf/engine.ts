/** Finds node-llama-cpp, which runs GGUF files: an optional package, installed beside us or beside the model file. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { ChatKitError } from '@millrace/protocol'

/** The package's name and the versions that this code was written for. */
const ENGINE = 'node-llama-cpp'
const ENGINE_RANGE = '^3.22.0'
const MAJOR = 3
const LEAST_MINOR = 22

/**
 * File URL of node-llama-cpp's entry: from this package upward as Node resolves it, then from each of `folders` upward.
 * Throws `not_configured` where there is none, or only a version that does not fit.
 */
export function findEngine(folders: readonly string[], from = dirname(fileURLToPath(import.meta.url))): string {
  let unfit: string | undefined
  for (const folder of [from, ...folders].flatMap(ancestors)) {
    const home = join(folder, 'node_modules', ENGINE)
    const manifest = readManifest(join(home, 'package.json'))
    if (manifest === undefined) continue
    if (fits(manifest.version)) return pathToFileURL(join(home, manifest.main)).href
    unfit ??= manifest.version
  }
  const found = unfit === undefined ? 'is not installed' : `is there in version ${unfit}, but ${ENGINE_RANGE} is needed`
  throw new ChatKitError(
    'not_configured',
    `A GGUF model needs the package ${ENGINE}, which ${found}. Run \`millrace model pull\`: it installs it beside the model.`,
  )
}

function ancestors(folder: string): string[] {
  const parent = dirname(folder)
  return parent === folder ? [folder] : [folder, ...ancestors(parent)]
}

function readManifest(path: string): { version: string; main: string } | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return undefined // Not in this folder: the next one up may have it.
  }
  const manifest: unknown = JSON.parse(text)
  if (typeof manifest !== 'object' || manifest === null) return undefined
  const { version, main } = manifest as Partial<Record<'version' | 'main', unknown>>
  if (typeof version !== 'string') return undefined
  return { version, main: typeof main === 'string' ? main : 'index.js' }
}

function fits(version: string): boolean {
  const [major, minor] = version.split('.').map(Number)
  return major === MAJOR && minor !== undefined && minor >= LEAST_MINOR
}
