import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { askAndWait, endOf, saidIn } from './harness/chat-over-http.ts'
import { newBrowser, useChromium } from './harness/chromium.ts'
import { compile, type Snippet, snippets } from './harness/documentation.ts'
import { freePort, runProgram } from './harness/millrace.ts'
import { builtElement, root } from './harness/places.ts'

useChromium()

/** The port that servers and pages in the documentation use; here each gets a free one instead. */
const DOCUMENTED_PORT = '8000'

const all = snippets()
const typescript = all.filter(({ language, marker }) => language === 'ts' && marker !== 'fragment')
const servers = typescript.filter(({ marker }) => marker === 'server')
const pages = all.filter(({ language, marker }) => language === 'html' && marker === 'page')

/** The compiled form of each TypeScript snippet. */
let compiled: string[] = []
beforeAll(() => {
  compiled = compile(typescript)
})

/** Starts a server of the documentation on a free port. */
async function startSnippet(snippet: Snippet): Promise<string> {
  const port = await freePort()
  const path = compiled[typescript.indexOf(snippet)] ?? ''
  const here = path.replace(/\.js$/, `-${port}.js`)
  writeFileSync(here, readFileSync(path, 'utf8').replaceAll(DOCUMENTED_PORT, String(port)))
  const { printed, ended } = runProgram([here], { environment: { PORT: String(port) } })
  const url = `http://127.0.0.1:${port}`
  let exit: unknown
  void ended.then((how) => {
    exit = how
  })
  const isUp = () =>
    exit !== undefined ||
    fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    )
  await expect.poll(isUp, { timeout: 20_000 }).toBe(true)
  if (exit) throw new Error(`${snippet.place} ended.\n${printed.out}${printed.err}`)
  return url
}

test('the README shows a server and a page', () => {
  expect(servers.map(({ place }) => place)).toContainEqual(expect.stringMatching(/^README/))
  expect(pages.map(({ place }) => place)).toContainEqual(expect.stringMatching(/^README/))
})

test.each(servers)('the server of $place answers', async (snippet) => {
  const url = await startSnippet(snippet)
  const events = await askAndWait(url, 'Count to 3')
  expect(saidIn(events)).toBe('1 2 3')
  expect(endOf(events)).toMatchObject({ outcome: 'completed' })
})

test.each(pages)('the page of $place chats with the server of the same file', async (snippet) => {
  const sameFile = servers.find(({ place }) => place.split(':')[0] === snippet.place.split(':')[0])
  if (!sameFile) throw new Error(`${snippet.place} has no \`ts server\` beside it to talk to.`)
  const url = await startSnippet(sameFile)
  const { context, newTab } = await newBrowser()
  const html = snippet.text.replaceAll(DOCUMENTED_PORT, new URL(url).port)
  await context.route(`${url}/page.html`, (route) => route.fulfill({ contentType: 'text/html', body: html }))
  await context.route('**/chatkit.js', (route) =>
    route.fulfill({ contentType: 'text/javascript', path: builtElement() }),
  )
  const chat = await newTab()
  await chat.goTo(`${url}/page.html`)
  expect(await chat.ask('Count to 3')).toBe('1 2 3')
  await chat.screenshot('documented page')
})

test.each(all.filter(({ language }) => language === 'tsx'))('$place is the file that it names', (snippet) => {
  // Examples are driven in the browser by their own tests.
  expect(snippet.text).toBe(readFileSync(join(root, snippet.marker), 'utf8').trimEnd())
})

describe('clients', () => {
  const clients = typescript.filter(({ marker }) => marker === 'client')

  test.each(clients)('the client of $place gets its answer from the README’s server', async (snippet) => {
    const [readme] = servers
    if (!readme) throw new Error('The README shows no server.')
    const url = await startSnippet(readme)
    const path = compiled[typescript.indexOf(snippet)] ?? ''
    // Node 20 has no WebSocket; the documentation says where to take it from there.
    const shim = "import { WebSocket } from 'ws'\nglobalThis.WebSocket ??= WebSocket\n"
    const port = new URL(url).port
    const here = path.replace(/\.js$/, `-${port}.js`)
    writeFileSync(here, shim + readFileSync(path, 'utf8').replaceAll(DOCUMENTED_PORT, port))
    const { printed, ended } = runProgram([here])
    expect(await ended, printed.err).toMatchObject({ code: 0 })
    expect(printed.out).toContain('1 2 3')
  })
})

describe('commands', () => {
  const commands = all
    .filter(({ language }) => ['sh', 'bash', 'shell'].includes(language))
    .flatMap(({ place, text }) =>
      text.split('\n').map((line) => ({ place, command: line.replace(/\s+#.*$/, '').trim() })),
    )
    .filter(({ command }) => command !== '')

  test.each(commands)('$place: $command is one that a test runs', ({ command }) => {
    const proof = RUN_BY_TESTS.find(({ pattern }) => pattern.test(command))
    expect(proof, `No test is known to run \`${command}\`. Correct it, or add it to RUN_BY_TESTS.`).toBeDefined()
    expect(existsSync(join(root, proof?.where ?? ''))).toBe(true)
  })

  test.each(commands.filter(({ command }) => /npm run /.test(command)))(
    '$place: $command is a script of the repository',
    ({ command }) => {
      const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
      expect(scripts).toHaveProperty([command.match(/npm run ([\w:-]+)/)?.[1] ?? ''])
    },
  )
})

/** Commands of the documentation, and where they are run. */
const RUN_BY_TESTS: { pattern: RegExp; where: string }[] = [
  { pattern: /^npm start( -- (--(port|host|data) \S+|--open))*$/, where: 'e2e/src/npm-start.test.ts' },
  { pattern: /^npm start -- model pull$/, where: 'e2e/src/npm-start.test.ts' },
  {
    pattern: /^AGENT_MODEL=\.millrace\/models\/SmolLM2-135M-Instruct\.Q4_1\.gguf npm start$/,
    where: 'e2e/src/models.test.ts',
  },
  {
    pattern: /^curl .*http:\/\/127\.0\.0\.1:8000\/(api|health)\b/,
    where: 'packages/server/src/http/streaming-docs.test.ts',
  },
  { pattern: /^npm test( -- .*)?$/, where: '.ci/run' },
  { pattern: /^npm run chaos( -- .*)?$/, where: 'chaos/src/chaos.test.ts' },
  { pattern: /^node packages\/react\/bench\/token-cost\.mjs$/, where: 'packages/react/bench/token-cost.mjs' },
  { pattern: /^npm run nextjs$/, where: 'e2e/src/nextjs.test.ts' },
  { pattern: /^npm start -w examples\/hooks$/, where: 'e2e/src/hooks.test.ts' },
  { pattern: /^npm run cluster$/, where: 'e2e/src/npm-start.test.ts' },
  { pattern: /^npm run (build|check|bench|conformance|element-path)( -- .*)?$/, where: '.ci/run' },
]
