/** Where things lie that the suite starts, reads and writes. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { atEnd } from './cleanup.ts'

/** The repository. */
export const root = resolve(import.meta.dirname, '../../..')

const command = join(root, 'packages/millrace/dist/cli.js')
const page = join(root, 'packages/millrace/dist/page/index.html')

/** The built command `millrace`. @throws Error where it is not built: this suite tests what people run, not the sources */
export function builtCommand(): string {
  for (const path of [command, page]) {
    if (!existsSync(path)) throw new Error(`${path} is missing. Build it first: npm run build`)
  }
  return command
}

/** The element's one-file classic script. @throws Error where it is not built */
export function builtElement(): string {
  const path = join(root, 'packages/element/dist/chatkit.js')
  if (!existsSync(path)) throw new Error(`${path} is missing. Build it first: npm run build`)
  return path
}

/** A new empty folder that is removed at the end. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-e2e-'))
  atEnd(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

/** Where a picture of that name goes. */
export function screenshotPath(name: string): string {
  const folder = join(root, 'e2e/screenshots')
  mkdirSync(folder, { recursive: true })
  return join(folder, `${name}.png`)
}
