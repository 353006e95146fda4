/** `npm run bench`: what a token costs, as ratios between servers that take turns in one run. */
import { failoverReport } from './suites/failover.ts'
import { historyReport } from './suites/history.ts'
import { logDelayReport } from './suites/log-delay.ts'
import { memoryReport } from './suites/memory.ts'
import { redisReport } from './suites/redis.ts'
import { resumeReport } from './suites/resume.ts'
import { floodReport, linearReport, pacedReport, startReport } from './suites/streams.ts'
import { streams1000Report } from './suites/streams-1000.ts'

const SUITES: Record<string, () => Promise<string>> = {
  flood: floodReport,
  paced: pacedReport,
  start: startReport,
  linear: linearReport,
  history: historyReport,
  redis: redisReport,
  'log-delay': logDelayReport,
  'streams-1000': streams1000Report,
  memory: memoryReport,
  resume: resumeReport,
  failover: failoverReport,
}

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !(name in SUITES))
if (unknown.length > 0) {
  console.error(`No suite ${unknown.join(', ')}. There are: ${Object.keys(SUITES).join(', ')}.`)
  process.exit(1)
}
for (const [name, report] of Object.entries(SUITES)) {
  if (asked.length > 0 && !asked.includes(name)) continue
  console.log(`\n${await report()}`)
}
