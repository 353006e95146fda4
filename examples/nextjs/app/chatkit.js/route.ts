/** The chat element, as the package holds it: read once by `next build`, and served as a file of the app. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

export const dynamic = 'force-static'

/** Its address is the same after an update, so it is not kept for long. */
const HEADERS = { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'public, max-age=3600' }

export async function GET(): Promise<Response> {
  const { resolve } = createRequire(join(process.cwd(), 'package.json'))
  const folder = dirname(resolve('@millrace/element/package.json'))
  const script = await readFile(join(folder, 'dist/chatkit.js'), 'utf8')
  return new Response(script, { headers: HEADERS })
}
