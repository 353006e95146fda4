/**
 * `npm run chaos`: does to real processes what goes wrong in real life, and counts what it costs.
 * Ends with 1 where anything was lost; the seed makes it happen again.
 */
import { parseArgs } from 'node:util'
import { Lab, SharedServers } from './fault.ts'
import { FAULTS } from './faults/index.ts'
import { type Row, tableOf } from './table.ts'
import { isSound } from './tally.ts'

const HELP = `npm run chaos -- [options]
  --seed <number>    what is random; default: a new one, which is printed
  --only <names>     comma separated, whole names or their beginnings
  --scale <number>   how much of everything; 1 is the short form, default 3
  --list             the names of all faults`

/** Complaints of one fault that are shown. */
const SHOWN = 12

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    only: { type: 'string' },
    scale: { type: 'string', default: '3' },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const seed = Number(values.seed ?? 1 + (Date.now() % 1_000_000))
const scale = Number(values.scale)
const wanted = values.only?.split(',')
const faults = FAULTS.filter(({ name }) => !wanted || wanted.some((part) => name.startsWith(part)))

if (values.help) console.log(HELP)
else if (values.list) console.log(FAULTS.map(({ name, title }) => `${name.padEnd(18)}${title}`).join('\n'))
else if (!Number.isSafeInteger(seed) || !(scale > 0) || faults.length === 0) {
  console.error(`${HELP}\n\nThe faults are: ${FAULTS.map(({ name }) => name).join(', ')}.`)
  process.exitCode = 1
} else process.exit((await tryAll()) ? 0 : 1)

async function tryAll(): Promise<boolean> {
  console.log(`Seed ${seed}, scale ${scale}\n`)
  const servers = new SharedServers()
  const rows: Row[] = []
  let passed = 0
  for (const { name, title, run } of faults) {
    // Each begins with the seed, so that one alone does what it does among all.
    const lab = new Lab({ seed, scale, servers })
    const startedAt = performance.now()
    try {
      const tally = await run(lab)
      rows.push({ title, tally })
      report(isSound(tally), name, startedAt)
      if (isSound(tally)) passed += 1
      else showComplaints(tally.complaints)
    } catch (error) {
      report(false, name, startedAt)
      console.error(error)
    }
  }
  await servers.stop()
  const failed = faults.length - passed
  console.log(`\n${tableOf(rows)}`)
  if (failed > 0) console.log(`\nAgain: npm run chaos -- --seed ${seed} --scale ${scale} --only <name>`)
  console.log(`\n${passed} passed, ${failed} failed`)
  return failed === 0
}

function report(isPassed: boolean, name: string, startedAt: number): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.log(`${isPassed ? 'ok    ' : 'FAILED'}  ${name}, ${seconds} s`)
}

function showComplaints(complaints: readonly string[]): void {
  for (const complaint of complaints.slice(0, SHOWN)) console.log(`        ${complaint}`)
  if (complaints.length > SHOWN) console.log(`        and ${complaints.length - SHOWN} more`)
}
