import { expect, test } from 'vitest'
import { openChat, useChromium } from './harness/chromium.ts'
import { runProgram } from './harness/millrace.ts'
import { root, temporaryFolder } from './harness/places.ts'

useChromium()

/** The script behind an npm command, run where npm runs it. */
function npmScript(name: string, args: string[]) {
  return runProgram([`scripts/${name}.mjs`, ...args], { folder: root, environment: { PORT: '0' } })
}

/** The figure, for a machine that has nothing else to do; this one runs tests. */
const START_LIMIT_MS = 10_000

test('npm start with nothing to install or build serves the chat within seconds', async () => {
  const began = performance.now()
  const { announced, printed, ended } = npmScript('start', ['--data', temporaryFolder()])
  const url = await Promise.race([announced, ended.then(() => printed.err)])
  const tookMs = performance.now() - began
  console.log(`npm start printed its address after ${tookMs.toFixed(0)} ms.`)
  expect(url).toMatch(/^http:/)
  expect(tookMs).toBeLessThan(START_LIMIT_MS)
  const chat = await openChat(url)
  expect(await chat.ask('Count to 3')).toBe('1 2 3')
})

test('npm start -- model pull has the model, and says how to talk to it', async () => {
  const { ended, printed } = npmScript('start', ['model', 'pull'])
  expect(await ended).toEqual({ code: 0, signal: null })
  expect(printed.out).toMatch(/AGENT_MODEL=\S+SmolLM2-135M-Instruct\.Q4_1\.gguf/)
}, 300_000)

test('npm run cluster serves the chat from two nodes, and ends them all on Ctrl+C', async () => {
  const { printed, ended, signal } = npmScript('cluster', [])
  await expect.poll(() => printed.out, { timeout: 60_000 }).toContain('Ctrl+C')
  const url = printed.out.match(/two nodes {2}(http:\S+)/)?.[1] ?? ''
  const chat = await openChat(url)
  expect(await chat.ask('Count to 3')).toBe('1 2 3')
  const nodes = [...printed.out.matchAll(/as process (\d+)/g)].map(([, pid]) => Number(pid))
  expect(nodes).toHaveLength(2)
  signal('SIGINT')
  expect(await ended).toEqual({ code: 0, signal: null })
  for (const pid of nodes) expect(() => process.kill(pid, 0)).toThrow(/ESRCH/)
})
