/** Serves the built page: few files, so they are read once and answered from memory. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { ChatKitError } from '@millrace/protocol'

/** What the page shows before anyone has said anything; served as `/config.json`. */
export interface PageConfig {
  title: string
  greeting: string
  prompts: readonly { label: string; prompt: string; icon?: string }[]
  model: { name: string; kind: string }
  /** A line under the composer. */
  disclaimer?: string
  attachments: boolean
  /** Whether requests need a session: the page then gets one. */
  sessions: boolean
}

export type Assets = (request: Request) => Promise<Response | undefined>

const MEDIA_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
}

/**
 * Nothing runs but our own files, nothing is sent elsewhere. Images may come from anywhere by https, since answers,
 * widgets and generated images name them by address.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob: https:",
  "media-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** A file whose name holds a hash of its content, as vite names what it builds: it never changes. */
const HASHED = /^assets\/.+-[\w-]{8}\.\w+$/

const CONFIG_PATH = '/config.json'

interface File {
  body: Uint8Array<ArrayBuffer>
  etag: string
  headers: Record<string, string>
}

/**
 * Reads the page's folder. `config` is asked at every load: a model service may say only later what its model is called.
 * @throws ChatKitError `unavailable` when the page has not been built
 */
export async function pageFiles(folder: string, config: () => PageConfig): Promise<Assets> {
  const files = new Map<string, File>()
  for (const path of await listFiles(folder)) files.set(`/${path}`, fileOf(path, await readFile(join(folder, path))))
  const page = files.get('/index.html')
  if (!page) throw new ChatKitError('unavailable', `The page is not built: ${folder} is missing. Run: npm run build`)
  files.set('/', page)
  return async (request) => {
    const { pathname } = new URL(request.url)
    const file = pathname === CONFIG_PATH ? configFile(config()) : files.get(pathname)
    return file && answer(file, request)
  }
}

function configFile(config: PageConfig): File {
  return fileOf(CONFIG_PATH, Buffer.from(JSON.stringify(config)))
}

function answer({ body, etag, headers }: File, request: Request): Response {
  const isKnown = request.headers.get('if-none-match')?.includes(etag)
  if (isKnown) return new Response(null, { status: 304, headers })
  const withLength = { ...headers, 'content-length': String(body.byteLength) }
  return new Response(request.method === 'HEAD' ? null : body, { headers: withLength })
}

function fileOf(path: string, content: Uint8Array): File {
  const body = new Uint8Array(content)
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
  return {
    body,
    etag,
    headers: {
      'content-type': MEDIA_TYPES[extname(path)] ?? 'application/octet-stream',
      'cache-control': HASHED.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      etag,
    },
  }
}

/** Paths below `folder`, with `/` between their parts; none if it doesn't exist. */
async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length).replaceAll('\\', '/').replace(/^\/+/, ''))
}
