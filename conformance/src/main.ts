/**
 * Runs recorded ChatKit cases through Millrace and prints what differs: `npm run conformance -- [folder]`.
 * The folder has the format of the public cases; any part of it will do.
 */
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join, relative, resolve, sep } from 'node:path'
import type { CaseResult } from './case.ts'
import { runCase } from './folders.ts'

const KINDS = new Set(['server', 'flows', 'http', 'agents', 'converter', 'widgets'])
/** A case that takes longer hangs. */
const LIMIT_MS = 20_000

const folder = resolve(process.argv[2] ?? join(process.env.MILLRACE_SHARED ?? '../shared', 'conformance'))
const { root, files } = await findCases(folder)
if (files.length === 0) {
  console.error(
    `No cases in ${folder}. Name a folder that holds server/, flows/, http/, agents/, converter/ or widgets/.`,
  )
  process.exit(1)
}

const deviations = new Map<string, number>()
let passed = 0
let failed = 0
for (const file of files) {
  const path = relative(root, file).split(sep).join('/')
  const result = await runFile(path, file)
  if (result.ok) {
    passed += 1
    if (result.deviation) deviations.set(result.deviation, (deviations.get(result.deviation) ?? 0) + 1)
  } else {
    failed += 1
    console.log(`FAILED ${path}\n       ${result.why}`)
  }
}
for (const [rule, count] of [...deviations].sort()) console.log(`deviates on purpose: ${rule} (${count})`)
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)

/** The folder of cases itself, or one within it: kinds are told by the path. */
async function findCases(start: string): Promise<{ root: string; files: string[] }> {
  if (!(await stat(start).catch(() => undefined))?.isDirectory()) {
    console.error(
      `${start} is no folder. Give one with recorded cases, or set MILLRACE_SHARED to the folder that holds conformance/.`,
    )
    process.exit(1)
  }
  const parts = start.split(sep)
  const kindAt = parts.findLastIndex((part) => KINDS.has(part))
  const root = kindAt < 0 ? start : parts.slice(0, kindAt).join(sep)
  const found = await readdir(start, { recursive: true })
  const files = found.filter((name) => name.endsWith('.json') && basename(name) !== 'types.json')
  return { root, files: files.sort().map((name) => join(start, name)) }
}

async function runFile(path: string, file: string): Promise<CaseResult> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const hanging = new Promise<CaseResult>((done) => {
    timer = setTimeout(() => done({ ok: false, why: `no answer within ${LIMIT_MS / 1000} s` }), LIMIT_MS)
  })
  try {
    return await Promise.race([runCase(path, JSON.parse(await readFile(file, 'utf8'))), hanging])
  } catch (error) {
    return { ok: false, why: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  } finally {
    clearTimeout(timer)
  }
}
