import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runWidgetCase } from './index.ts'

const repository = resolve(import.meta.dirname, '../../..')
const cases = resolve(repository, process.env.MILLRACE_SHARED ?? '../shared', 'conformance/widgets')

describe.each(readdirSync(cases))('recorded cases of widgets/%s', (folder) => {
  test.each(readdirSync(join(cases, folder)))('%s', async (file) => {
    const recorded: unknown = JSON.parse(readFileSync(join(cases, folder, file), 'utf8'))
    expect(await runWidgetCase(folder, recorded)).toMatchObject({ ok: true })
  })
})
