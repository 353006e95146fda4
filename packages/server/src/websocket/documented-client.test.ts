import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Socket } from './socket.ts'
import { started } from './test-socket-server.ts'

const page = readFileSync(new URL('../../../../docs/websocket.md', import.meta.url), 'utf8')

/** The client of the page: it has no type annotations, so that it is JavaScript as it stands. */
function documentedClient(url: string): string {
  const [, code] = page.match(/```ts client\n([\s\S]*?)```/) ?? []
  if (!code) throw new Error('docs/websocket.md shows no client.')
  return code.replaceAll('ws://127.0.0.1:8000', url.replace('http', 'ws'))
}

test('the client of docs/websocket.md shows an answer whole, though its connection is lost twice', async () => {
  const ends: Socket[] = []
  const watch = (socket: Socket): Socket => {
    ends.push(socket)
    return socket
  }
  const { url, answerTo } = await started({ watch })
  const said = answerTo('Count to 3')
  // The global is behind a flag in Node 20.
  const program = ['--experimental-websocket', '--no-warnings', '--input-type=module', '--eval', documentedClient(url)]
  const client = spawn(process.execPath, program, { stdio: ['ignore', 'pipe', 'inherit'] })
  let shown = ''
  client.stdout.on('data', (chunk) => {
    shown += chunk
  })
  try {
    let text = ''
    for (const [n, word] of ['1 ', '2 ', '3'].entries()) {
      await said.push(word)
      text += word
      await expect.poll(() => shown).toBe(text)
      if (n < 2) ends.at(-1)?.close(1012, 'A test cuts the connection.')
    }
    said.close()
    const [code] = await once(client, 'exit')
    expect(code).toBe(0)
    expect(shown).toBe('1 2 3')
  } finally {
    client.kill()
  }
})
