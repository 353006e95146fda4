/**
 * A load in a process of its own: it keeps many answers open and takes the time of each token that arrives, by the stamp in
 * it. Raw sockets and a look for the stamp, no HTTP client and no parser, so that it is not what the streams wait for. It
 * watches itself all the same, and reports how late its own event loop was.
 */
import { connect, type Socket } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { clockMs } from '../clock.ts'
import { newThread } from '../load.ts'
import { type Percentiles, percentiles } from '../percentiles.ts'
import { cpuUsage } from '../servers/control.ts'

export interface StreamsJob {
  port: number
  /** Answers open at once. */
  streams: number
  /** Of each answer, with stamps. */
  pace: string
  /** The first answers start evenly over this time; what is measured is measured after it. */
  rampMs: number
  /** How long it measures. An answer that ends meanwhile is followed by a new one. */
  forMs: number
}

export interface StreamsReport {
  answers: number
  /** That arrived while it measured. */
  tokens: number
  /** From each token's stamp to its arrival, in milliseconds. */
  delay: Percentiles
  /** From the call that opens the connection to the first token, in milliseconds; of all answers, the ramp's too. */
  firstToken: Percentiles
  /** How much CPU time the load took, as a share of one core. */
  ownShare: number
  /** How late the load's own event loop was, in milliseconds. */
  ownDelayP99: number
}

export type FromLoad = { ready: true } | { report: StreamsReport } | { failure: string }

const MARK = '"delta":"~'
/** What the timer of `monitorEventLoopDelay` waits by itself. */
const RESOLUTION_MS = 5

async function measure({ port, streams, pace, rampMs, forMs }: StreamsJob): Promise<StreamsReport> {
  const request = requestFor(pace)
  const delays: number[] = []
  const firstTokens: number[] = []
  const sockets = new Set<Socket>()
  let answers = 0
  let measuresFrom = Number.POSITIVE_INFINITY
  let isOver = false
  let fail: (error: Error) => void = () => {}
  const failed = new Promise<never>((_, reject) => {
    fail = reject
  })

  const open = () => {
    if (isOver) return
    answers += 1
    const openedAt = clockMs()
    let hasSpoken = false
    let rest = ''
    const socket = connect({ host: '127.0.0.1', port, noDelay: true })
    sockets.add(socket)
    socket.write(request)
    socket.on('data', (chunk: Buffer) => {
      const now = clockMs()
      const text = rest + chunk.toString('latin1')
      let seen = text.lastIndexOf('\n\n') + 1
      for (let at = text.indexOf(MARK); at >= 0; at = text.indexOf(MARK, at + 1)) {
        const start = at + MARK.length
        const stop = text.indexOf('~', start)
        if (stop < 0) break
        seen = Math.max(seen, stop)
        if (now >= measuresFrom) delays.push(now - Number(text.slice(start, stop)))
        if (hasSpoken) continue
        hasSpoken = true
        firstTokens.push(now - openedAt)
      }
      rest = text.slice(seen)
      if (!hasSpoken && text.startsWith('HTTP/1.1 ') && !text.startsWith('HTTP/1.1 200')) fail(new Error(text))
    })
    socket.on('error', fail)
    socket.on('close', () => {
      sockets.delete(socket)
      if (!hasSpoken && !isOver) fail(new Error('An answer ended without a token.'))
      open()
    })
  }

  const ramp = Array.from({ length: streams }, (_, index) => setTimeout(open, (index * rampMs) / streams))
  const loop = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  try {
    await Promise.race([wait(rampMs), failed])
    const cpuBefore = cpuUsage().cpuUs
    measuresFrom = clockMs()
    loop.enable()
    await Promise.race([wait(forMs), failed])
    loop.disable()
    const cpuUs = cpuUsage().cpuUs - cpuBefore
    const tookMs = clockMs() - measuresFrom
    return {
      answers,
      tokens: delays.length,
      delay: percentiles(delays),
      firstToken: percentiles(firstTokens),
      ownShare: cpuUs / 1000 / tookMs,
      ownDelayP99: Math.max(0, loop.percentile(99) / 1e6 - RESOLUTION_MS),
    }
  } finally {
    isOver = true
    for (const timer of ramp) clearTimeout(timer)
    for (const socket of sockets) socket.destroy()
  }
}

function requestFor(pace: string): string {
  const body = JSON.stringify(newThread(pace))
  const head = ['POST /chatkit HTTP/1.1', 'host: 127.0.0.1', 'content-type: application/json', 'connection: close']
  return `${head.join('\r\n')}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

process.on('message', (job: StreamsJob) => {
  measure(job).then(
    (report) => send({ report }),
    (error: Error) => send({ failure: error.message }),
  )
})
process.on('disconnect', () => process.exit(0))
send({ ready: true })

function send(message: FromLoad): void {
  process.send?.(message)
}
