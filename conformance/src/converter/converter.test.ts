import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { runConverterCase } from './index.ts'

const folder = resolve(process.env.MILLRACE_SHARED ?? '../shared', 'conformance/converter')

for (const file of (await readdir(folder)).sort()) {
  test(`the model is told what the Python server tells it: ${file}`, async () => {
    expect(await runConverterCase(JSON.parse(await readFile(join(folder, file), 'utf8')))).toEqual({ ok: true })
  })
}
