import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AssistantMessageItem, encodeEvent, type ThreadStreamEvent } from '@millrace/protocol'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSqlite } from './sqlite.ts'
import { ALICE, readRun, requests, type TestUser, testServer } from './testing/test-server.ts'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-adoption-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const THREAD = { id: 't', created_at: '2026-01-01T12:00:00.000Z', status: { type: 'active' as const }, metadata: {} }

function said(text: string): AssistantMessageItem {
  const content = text === '' ? [] : [{ type: 'output_text' as const, text, annotations: [] }]
  return { id: 'm', thread_id: 't', created_at: THREAD.created_at, type: 'assistant_message', content }
}

function delta(text: string): ThreadStreamEvent {
  const update = { type: 'assistant_message.content_part.text_delta' as const, content_index: 0, delta: text }
  return { type: 'thread.item.updated', item_id: 'm', update }
}

/** What the thread and the run hold once the next process has ended a run that logged "one " before its own died. */
async function adopted(stored: AssistantMessageItem | undefined) {
  const path = join(folder, 'chat.db')
  const first = await openSqlite<TestUser>(path)
  await first.store.saveThread(THREAD, undefined, ALICE)
  const opening = await first.log.open({ runId: 'r', threadId: 't', owner: 'alice', fingerprint: 'f', resumes: true })
  if (!('writer' in opening)) throw new Error('taken')
  opening.writer.append(encodeEvent({ type: 'thread.item.added', item: said('') }))
  opening.writer.append(encodeEvent(delta('one ')), 'token')
  await opening.writer.flush()
  if (stored) await first.store.saveItem('t', stored, ALICE)
  await first.close()

  const second = await openSqlite<TestUser>(path)
  try {
    const it = testServer(second)
    expect(await it.server.adopt()).toBe(1)
    const { events, end } = await readRun(await it.open(requests.resume('r')))
    expect(end).toMatchObject({ outcome: 'interrupted' })
    return { items: await it.items('t'), done: events.find(({ type }) => type === 'thread.item.done') }
  } finally {
    await second.close()
  }
}

test('what a dead process had said is saved, and told to its readers', async () => {
  const { items, done } = await adopted(undefined)
  expect(items).toEqual([said('one ')])
  expect(done).toEqual({ type: 'thread.item.done', item: said('one ') })
})

test('an answer that was stored whole, just before its process died, stays whole', async () => {
  const { items, done } = await adopted(said('one two'))
  expect(items).toEqual([said('one two')])
  expect(done).toEqual({ type: 'thread.item.done', item: said('one two') })
})

test('an answer that its handler had stored when less was said gets the rest', async () => {
  expect((await adopted(said(''))).items).toEqual([said('one ')])
})
