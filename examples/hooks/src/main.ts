/** Serves the pages and the API behind them, with the demo model: no key is needed. Built by vite before. */
import { fileURLToPath } from 'node:url'
import { readConfig, start } from 'millrace'

const { config } = readConfig({ AGENT_MODEL: 'demo', RATE_LIMIT: '0', ...process.env })
const { url, close } = await start({ config, page: fileURLToPath(new URL('../dist/pages', import.meta.url)) })
console.log(`\n  The hooks of @millrace/react  ${url}\n\n  stop  Ctrl+C\n`)

let isEnding = false
const end = async () => {
  if (isEnding) process.exit(1)
  isEnding = true
  await close(config.drainTimeoutMs)
  process.exit(0)
}
process.on('SIGINT', end)
process.on('SIGTERM', end)
