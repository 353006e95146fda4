import { afterEach, expect, test, vi } from 'vitest'
import { claimCall } from './client-tools.ts'
import { joinTabs, type RunNews } from './tabs.ts'
import { until } from './testing/until.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
  vi.unstubAllGlobals()
})

function join(name: string | null) {
  const news: RunNews[] = []
  const onReturn = vi.fn()
  const tabs = joinTabs(name, (one) => news.push(one), onReturn)
  closing.push(() => tabs.close())
  return { tabs, news, onReturn }
}

test('what one tab announces, the others on its channel hear, and nobody else', async () => {
  const name = `tabs ${Math.random()}`
  const [first, second, other] = [join(name), join(name), join(`${name} other`)]
  first.tabs.announce({ threadId: 'thr_1', runId: 'run_1' })
  await until(() => second.news.length > 0)
  expect(second.news).toEqual([{ threadId: 'thr_1', runId: 'run_1' }])
  expect([...first.news, ...other.news]).toEqual([])
})

test('what is no news is not taken for it', async () => {
  const name = `tabs ${Math.random()}`
  const { tabs, news } = join(name)
  const stranger = new BroadcastChannel(name)
  for (const message of [null, 'hello', { threadId: 7 }, { threadId: 'thr_1' }]) stranger.postMessage(message)
  stranger.postMessage({ threadId: 'thr_1', runId: 'run_1' })
  await until(() => news.length > 0)
  stranger.close()
  expect(news).toEqual([{ threadId: 'thr_1', runId: 'run_1' }])
  tabs.close()
})

test('a tab that is looked at again, or has its network back, has a look; a hidden or closed one has not', () => {
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  const window = new EventTarget()
  vi.stubGlobal('document', document)
  for (const name of ['addEventListener', 'removeEventListener'] as const)
    vi.stubGlobal(name, window[name].bind(window))
  const { tabs, onReturn } = join(null)
  document.dispatchEvent(new Event('visibilitychange'))
  window.dispatchEvent(new Event('focus'))
  window.dispatchEvent(new Event('online'))
  expect(onReturn).toHaveBeenCalledTimes(3)
  document.visibilityState = 'hidden'
  document.dispatchEvent(new Event('visibilitychange'))
  expect(onReturn).toHaveBeenCalledTimes(3)
  tabs.close()
  document.visibilityState = 'visible'
  document.dispatchEvent(new Event('visibilitychange'))
  window.dispatchEvent(new Event('focus'))
  expect(onReturn).toHaveBeenCalledTimes(3)
})

test('a client tool call is claimed by one tab until it gives it back', async () => {
  const held = new Map<string, Promise<unknown>>()
  // the part of the Web Locks API that matters here; Node 20 has none
  const request = async (name: string, _: object, work: (lock: object | null) => unknown) => {
    if (held.has(name)) return work(null)
    const working = Promise.resolve(work({ name }))
    held.set(name, working)
    await working
    held.delete(name)
  }
  vi.stubGlobal('navigator', { locks: { request } })
  const release = await claimCall('tc_1')
  expect(release).toBeTypeOf('function')
  expect(await claimCall('tc_1')).toBeUndefined()
  expect(await claimCall('tc_2')).toBeTypeOf('function')
  release?.()
  await until(() => !held.has('millrace:tc_1'))
  expect(await claimCall('tc_1')).toBeTypeOf('function')
})

test('where the browser has no locks, or forbids them, every claim is granted', async () => {
  vi.stubGlobal('navigator', {})
  expect(await claimCall('tc_1')).toBeTypeOf('function')
  vi.stubGlobal('navigator', { locks: { request: () => Promise.reject(new DOMException('no', 'SecurityError')) } })
  expect(await claimCall('tc_1')).toBeTypeOf('function')
})
