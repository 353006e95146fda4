/**
 * `node packages/react/bench/token-cost.mjs`: what a token costs through a hook that shows it nowhere, and what
 * `<StreamingMarkdown>` costs beside the bare renderer (`render`: a component that renders for each piece and shows nothing). Chromium, React's production build, medians.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { build } from 'vite'

const TOKENS = 50_000
const ROUNDS = 5

const script = await bundle()
const server = createServer((request, response) => {
  const isScript = request.url === '/page.js'
  response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
  response.end(
    isScript ? script : '<!doctype html><title>Bench</title><body><script type="module" src="/page.js"></script>',
  )
}).listen(0, '127.0.0.1')
await once(server, 'listening')
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
})
try {
  const page = await browser.newPage()
  await page.goto(`http://127.0.0.1:${server.address().port}/`)
  await page.waitForFunction('globalThis.bench !== undefined')
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' })
  const busyMs = async () => {
    const { metrics } = await cdp.send('Performance.getMetrics')
    return 1000 * metrics.find(({ name }) => name === 'TaskDuration').value
  }
  console.log(`CPU of the main thread, ${TOKENS} tokens, median of ${ROUNDS} rounds\n`)
  const names = ['client', 'hook that reads nothing', 'hook that reads isStreaming', 'store']
  const costs = Object.fromEntries(names.map((name) => [name, { us: [], renders: 0 }]))
  for (let round = 0; round <= ROUNDS; round++) {
    for (const name of names) {
      const before = await busyMs()
      const { tokens, renders } = await page.evaluate(([of, count]) => window.bench[of](count), [name, TOKENS])
      if (tokens !== TOKENS) throw new Error(`${name}: ${tokens} tokens came.`)
      // The first round warms up.
      if (round > 0) costs[name].us.push((1000 * ((await busyMs()) - before)) / TOKENS)
      costs[name].renders = renders
    }
  }
  for (const name of names) {
    console.log(`${name.padEnd(30)} ${median(costs[name].us).toFixed(2)} µs a token, ${costs[name].renders} renders`)
  }
  const paragraph = 'Some **bold** words, `code` and [a link](https://example.com/) in a paragraph of prose.\n\n'
  for (const characters of [32_000, 100_000]) {
    const pieces = paragraph.repeat(Math.ceil(characters / paragraph.length)).match(/[\s\S]{1,4}/g)
    const times = { bare: [], stream: [], text: [], render: [] }
    for (let round = 0; round <= ROUNDS; round++) {
      for (const way of Object.keys(times)) {
        const before = await busyMs()
        await page.evaluate(([of, given]) => window.bench.markdown(of, given), [way, pieces])
        if (round > 0) times[way].push((await busyMs()) - before)
      }
    }
    console.log(`\nmarkdown, ${characters} characters by fours, every piece a task`)
    const bare = median(times.bare)
    for (const way of Object.keys(times)) {
      const ms = median(times[way])
      console.log(`${way.padEnd(30)} ${ms.toFixed(0)} ms, ${(ms / bare).toFixed(2)} × bare`)
    }
  }
} finally {
  await browser.close()
  server.close()
}

async function bundle() {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    resolve: { conditions: ['millrace-source', 'module', 'browser', 'production'], dedupe: ['react', 'react-dom'] },
    build: {
      write: false,
      modulePreload: false,
      rollupOptions: {
        input: { page: fileURLToPath(new URL('page.mjs', import.meta.url)) },
        output: { entryFileNames: '[name].js', codeSplitting: false },
      },
    },
  })
  return [result].flat()[0].output.find(({ type }) => type === 'chunk').code
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
}
