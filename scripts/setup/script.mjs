/** What all scripts share: where the repository is, and how a failure is told. */
import { fileURLToPath } from 'node:url'

/** The repository's root, with a trailing separator. */
export const root = fileURLToPath(new URL('../../', import.meta.url))

/** Where scripts keep what they know of earlier runs. Deleted together with `node_modules`. */
export const cacheFolder = fileURLToPath(new URL('../../node_modules/.cache/millrace/', import.meta.url))

/** A failure that the person at the keyboard can do something about: shown without a stack. */
export class SetupError extends Error {}

/** Runs a script's work; a failure ends the process with code 1 and a message. */
export async function script(work) {
  try {
    await work()
  } catch (error) {
    console.error(`\n${error instanceof SetupError ? error.message : (error?.stack ?? error)}`)
    process.exitCode = 1
  }
}
