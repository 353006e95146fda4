/** The yardstick: node:http that writes one frame per token, and nothing else. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parsePace, tokens } from '../tokens.ts'
import { reportTo } from './control.ts'

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', async () => {
    const body = JSON.parse(Buffer.concat(chunks).toString())
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for await (const delta of tokens(parsePace(body.params.input.content[0].text))) {
      const update = { type: 'assistant_message.content_part.text_delta', content_index: 0, delta }
      response.write(
        `data: ${JSON.stringify({ type: 'thread.item.updated', item_id: 'msg_0123456789abcdef', update })}\n\n`,
      )
    }
    response.end()
  })
})
server.listen(0, '127.0.0.1', () => reportTo(process, (server.address() as AddressInfo).port))
