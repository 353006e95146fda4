import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { serve } from '../node.ts'
import { message, testServer } from '../testing/test-server.ts'
import { createApp } from './app.ts'

const page = readFileSync(new URL('../../../../docs/streaming.md', import.meta.url), 'utf8')
const commands = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block = '']) => block.trim().split('\n'))

/** What each command of the page prints, in their order. */
const PRINTED = [
  /^id: \d+\ndata: \{"type":"token","token":"1 "\}[\s\S]*data: \{"type":"complete"\}\n\n$/,
  /data: \{"tokens":"1 2 3 4 ","count":4\}[\s\S]*"final":true\}\n\n$/,
  /^id: 7\ndata: \{"type":"token",[\s\S]*"complete"\}\n\n$/,
  /^id: 7\ndata: \{"type":"token",[\s\S]*"complete"\}\n\n$/,
  /^\{"message_id":"count-1","tokens":\[".*"\],"next":\d+,"complete":true,"status":"completed"\}$/,
  /^\{"message_id":"count-1","status":"completed"\}$/,
  /^\{"message_id":"run_\w+","thread_id":"thr_\w+","text":"1 2 3 4 .*"\}$/,
  /^\{"status":"ok"\}$/,
  /^id: \d+\ndata: \{"type":"token"[\s\S]*"complete"\}\n\n$/,
]

test('every command of docs/streaming.md does what the page says', async () => {
  const it = testServer()
  it.respond((turn) =>
    message(
      turn,
      Array.from({ length: 10 }, (_, n) => `${n + 1} `),
    ),
  )
  const served = await serve(createApp({ server: it.server }), { port: 0 })
  try {
    const printed: string[] = []
    for (const command of commands) {
      const here = command.replaceAll('http://127.0.0.1:8000', served.url)
      const { stdout } = await promisify(execFile)('sh', ['-c', here.replace(/^curl/, 'curl -sS')])
      printed.push(stdout)
    }
    expect(printed).toEqual(PRINTED.map((pattern) => expect.stringMatching(pattern)))
  } finally {
    await served.close()
  }
})
