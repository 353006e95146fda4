import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { runThrough } from './index.ts'

const folder = resolve(process.env.MILLRACE_SHARED ?? '../shared', 'conformance/agents')
const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.json')).sort()

for (const file of files) {
  for (const path of ['tap', 'runner'] as const) {
    test(`an agent's run is streamed as recorded, through the ${path}: ${file}`, async () => {
      const result = await runThrough(JSON.parse(await readFile(join(folder, file), 'utf8')), path)
      expect(result.ok ? 'as recorded' : result.why).toBe('as recorded')
    })
  }
}
