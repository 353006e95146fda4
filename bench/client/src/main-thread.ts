import type { OpenPage } from './browser.ts'

/** What the main thread did between two moments that the page tells. */
export interface MainThread {
  /** All its tasks: scripts, style, layout, paint, in milliseconds. */
  busyMs: number
  wallMs: number
}

/** Runs `work`, whose page calls `begins` and `ends`, and says what lay between. */
export async function mainThread<T>(open: OpenPage, work: () => Promise<T>): Promise<MainThread & { result: T }> {
  let [first, last] = [new Map<string, number>(), new Map<string, number>()]
  const read = async () => {
    const { metrics } = await open.devtools.send('Performance.getMetrics')
    return new Map(metrics.map(({ name, value }) => [name, value * 1000]))
  }
  await open.page.exposeFunction('begins', async () => {
    first = await read()
  })
  await open.page.exposeFunction('ends', async () => {
    last = await read()
  })
  const result = await work()
  const between = (name: string) => (last.get(name) ?? Number.NaN) - (first.get(name) ?? Number.NaN)
  return { busyMs: between('TaskDuration'), wallMs: between('Timestamp'), result }
}
