/** Tells whether something has to be made again: a stamp holds the digest of the inputs it was made from. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What is installed, built or written by a run. */
const NEVER_INPUT = new Set(['node_modules', 'dist', '.millrace', 'next-env.d.ts'])

/**
 * A digest of files, by content: a checkout back and forth, or a touched file, changes nothing.
 * @param {string[]} paths files and folders below `root`; what doesn't exist counts as absent
 * @param {(path: string) => boolean} [isInput] leaves files out
 */
export function digest(root, paths, isInput = () => true) {
  const hash = createHash('sha256')
  for (const path of paths.flatMap((each) => filesBelow(root, each)).sort()) {
    if (!isInput(path)) continue
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0')
  }
  return hash.digest('hex')
}

/** A named stamp in `folder`. */
export function stamp(folder, name) {
  const file = join(folder, `${name}.stamp`)
  return {
    holds: (value) => existsSync(file) && readFileSync(file, 'utf8') === value,
    set(value) {
      mkdirSync(folder, { recursive: true })
      writeFileSync(file, value)
    },
  }
}

function filesBelow(root, path) {
  const full = join(root, path)
  if (!existsSync(full)) return []
  if (!statSync(full).isDirectory()) return [path]
  return readdirSync(full).flatMap((name) => (NEVER_INPUT.has(name) ? [] : filesBelow(root, `${path}/${name}`)))
}
