/** `npm run bench -- client`: the renderer beside others, in Chromium, in one run. */
import { type Bench, startBench } from './browser.ts'
import { costReport } from './suites/cost.ts'
import { growthReport } from './suites/growth.ts'
import { memoryReport } from './suites/memory.ts'
import { pacedReport } from './suites/paced.ts'
import { readingReport } from './suites/reading.ts'
import { securityReport } from './suites/security.ts'

const SUITES: Record<string, (bench: Bench) => Promise<string>> = {
  cost: costReport,
  growth: growthReport,
  paced: pacedReport,
  reading: readingReport,
  security: securityReport,
  memory: memoryReport,
}

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !(name in SUITES))
if (unknown.length > 0) {
  console.error(`No suite ${unknown.join(', ')}. There are: ${Object.keys(SUITES).join(', ')}.`)
  process.exit(1)
}
const bench = await startBench()
try {
  for (const [name, report] of Object.entries(SUITES)) {
    if (asked.length === 0 || asked.includes(name)) console.log(`\n${await report(bench)}`)
  }
} finally {
  await bench.close()
}
