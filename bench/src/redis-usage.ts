/** What Redis says of itself, asked over a plain socket: the bench's own questions must not cost it much. */
import { connect } from 'node:net'

export interface RedisUsage {
  /** User and system time of all its threads, in microseconds. */
  cpuUs: number
  /** Sent to clients so far. */
  outputBytes: number
}

export async function redisUsage(port: number): Promise<RedisUsage> {
  const info = await ask(port, 'INFO all')
  const field = (name: string): number => {
    const value = new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]
    if (value === undefined) throw new Error(`Redis did not tell its ${name}.`)
    return Number(value)
  }
  return {
    cpuUs: 1e6 * (field('used_cpu_user') + field('used_cpu_sys')),
    outputBytes: field('total_net_output_bytes'),
  }
}

/** The reply to one command, read until Redis closes the connection after the QUIT behind it. */
function ask(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port })
    const chunks: Buffer[] = []
    socket.once('error', reject)
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.once('end', () => resolve(Buffer.concat(chunks).toString().replaceAll('\r\n', '\n')))
    socket.write(`${command}\r\nQUIT\r\n`)
  })
}
