/** The scripts of the chat element, as its package holds them: read once by `next build`, and served as files of the app. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** Their addresses are the same after an update, so they are not kept for long. */
const HEADERS = { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'public, max-age=3600' }

export async function elementScript(name: 'chatkit.js' | 'chatkit-math.js'): Promise<Response> {
  const { resolve } = createRequire(join(process.cwd(), 'package.json'))
  const folder = dirname(resolve('@millrace/element/package.json'))
  return new Response(await readFile(join(folder, 'dist', name), 'utf8'), { headers: HEADERS })
}
