/** Two nodes with Redis, PostgreSQL and a balancer, as `npm run cluster` starts them, and a page that watches one die. */
import { type Cluster, startCluster } from '@millrace/example-cluster'
import { beforeAll, expect, test } from 'vitest'
import { newBrowser, useChromium } from './harness/chromium.ts'
import { atEnd } from './harness/cleanup.ts'
import { countTo } from './harness/demo.ts'

useChromium()

let cluster: Cluster
const lines: { node: string; line: string }[] = []

beforeAll(async () => {
  cluster = await startCluster({ onLine: (node, line) => lines.push({ node, line }) })
  atEnd(() => cluster.stop())
})

/** The node that writes the latest run, and the other one. */
async function writerAndOther() {
  await expect.poll(() => lines.some(({ line }) => line.includes('run started'))).toBe(true)
  const { node } = lines.findLast(({ line }) => line.includes('run started')) ?? { node: '' }
  const writer = cluster.nodes.find(({ name }) => name === node)
  const other = cluster.nodes.find(({ name }) => name !== node)
  if (!writer || !other) throw new Error(`No node ${node}.`)
  return { writer, other }
}

async function bothReady(): Promise<void> {
  await expect.poll(() => cluster.balancer.ready().length, { timeout: 30_000 }).toBe(2)
}

test('a node that only shows an answer is killed: the pages go on by themselves, word for word', async () => {
  await bothReady()
  const browser = await newBrowser()
  const first = await browser.open(cluster.url)
  await first.send('Count to 200')
  await first.untilSaid(countTo(20))
  const second = await browser.open(cluster.url)
  await second.untilSaid(countTo(30))
  const { writer, other } = await writerAndOther()
  const { pid } = writer
  other.signal('SIGKILL')
  for (const page of [first, second]) {
    await page.untilSaid(countTo(200))
    await page.untilAnswered()
    expect(await page.answerTexts()).toEqual([countTo(200)])
  }
  expect(writer.pid).toBe(pid)
})

test('the node that writes an answer is killed: what it had said stays, and the other node takes the next try', async () => {
  await bothReady()
  const browser = await newBrowser()
  const chat = await browser.open(cluster.url)
  await chat.send('Count to 500')
  await chat.untilSaid(countTo(40))
  const { writer } = await writerAndOther()
  const seen = await chat.answerText()
  writer.signal('SIGKILL')
  await chat.untilError(/interrupt/i)
  await chat.untilAnswered()
  await chat.screenshot('cluster-interrupted')
  const kept = await chat.answerText()
  expect(kept.startsWith(seen)).toBe(true)
  expect(countTo(500).startsWith(kept)).toBe(true)
  // No node has come back yet that wrote it: the other one answers.
  await chat.retry()
  expect(await chat.answerTexts()).toEqual([countTo(500)])
  expect(await chat.error.count()).toBe(0)
})

test('a node that is asked to end finishes its answer, and new ones go to the other node meanwhile', async () => {
  await bothReady()
  const browser = await newBrowser()
  const chat = await browser.open(cluster.url)
  await chat.send('Count to 150')
  await chat.untilSaid(countTo(20))
  const { writer, other } = await writerAndOther()
  writer.signal('SIGTERM')
  await expect.poll(() => cluster.balancer.ready()).toEqual([other.url])
  const meanwhile = await newBrowser()
  const another = await meanwhile.open(cluster.url)
  expect(await another.ask('Count to 5')).toBe(countTo(5))
  await chat.untilSaid(countTo(150))
  await chat.untilAnswered()
  expect(await chat.error.count()).toBe(0)
})
