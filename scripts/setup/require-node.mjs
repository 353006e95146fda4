/**
 * Every script imports this file first: modules are evaluated in the order of their imports, so a Node that is too old
 * gets a sentence instead of a syntax error. It uses nothing that Node 14 doesn't have.
 */
import { explain, isSupported } from './node-version.mjs'

if (!isSupported(process.version)) {
  console.error(explain(process.version))
  process.exit(1)
}
