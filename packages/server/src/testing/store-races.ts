/** Part of the store's contract: several nodes write at the same time. */
import type { ThreadItem } from '@millrace/protocol'
import { describe, expect, test } from 'vitest'
import type { StoredThread, StoreWrite } from '../store/store.ts'
import { ANN, attachment, item, NOT_FOUND, type StoreSetUp, thread } from './store-rows.ts'

const ALL = { limit: 999, order: 'asc' } as const

export function races(setUp: StoreSetUp): void {
  describe('at the same time', () => {
    test('of 50 partial saves by two nodes none undoes another', async () => {
      const nodes = await setUp()
      await nodes[0].saveThread(thread('t'), undefined, ANN)
      // Fields that an app keeps besides: each save knows its own alone.
      const fields = Array.from({ length: 50 }, (_, n) => `field${n}` as keyof StoredThread)
      await Promise.all(
        fields.map((field, n) => {
          const changed = Object.assign(thread('t'), { [field]: n })
          return nodes[n % 2]?.saveThread(changed, [field], ANN)
        }),
      )
      const saved: object = await nodes[1].loadThread('t', ANN)
      expect(saved).toEqual({ ...thread('t'), ...Object.fromEntries(fields.map((field, n) => [field, n])) })
    })

    test('partial saves inside of commits undo nothing either', async () => {
      const nodes = await setUp()
      await nodes[0].saveThread(thread('t'), undefined, ANN)
      const fields = Array.from({ length: 20 }, (_, n) => `field${n}` as keyof StoredThread)
      await Promise.all(
        fields.map((field, n) => {
          const changed = Object.assign(thread('t'), { [field]: n })
          const save: StoreWrite = { op: 'saveThread', thread: changed, changed: [field] }
          return nodes[n % 2]?.commit([save, { op: 'saveItem', threadId: 't', item: item(`i${n}`) }], ANN)
        }),
      )
      expect(Object.keys(await nodes[1].loadThread('t', ANN))).toEqual(expect.arrayContaining(fields))
      expect((await nodes[1].listItems('t', ALL, undefined, ANN)).data).toHaveLength(20)
    })

    test('two that make the same thread make one; for another user it is not found', async () => {
      const nodes = await setUp()
      const users = Array.from({ length: 10 }, (_, n) => ({ userId: `user${n}` }))
      const outcomes = await Promise.allSettled(
        users.map((user, n) => nodes[n % 2]?.saveThread(thread('t'), undefined, user)),
      )
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject(NOT_FOUND)
      }
    })

    test('an item that is saved by two nodes is there once, whole', async () => {
      const nodes = await setUp()
      await nodes[0].saveThread(thread('t'), undefined, ANN)
      const versions = Array.from({ length: 20 }, (_, n) => item('i', `version ${n}`))
      await Promise.all(versions.map((version, n) => nodes[n % 2]?.saveItem('t', version, ANN)))
      const { data } = await nodes[0].listItems('t', ALL, undefined, ANN)
      expect(data).toHaveLength(1)
      expect(versions).toContainEqual(data[0])
    })

    test('a thread that is deleted while it is written to leaves nothing, and writes find it or not', async () => {
      const nodes = await setUp()
      for (let round = 0; round < 5; round += 1) {
        await nodes[0].saveThread(thread('t'), undefined, ANN)
        await nodes[0].saveAttachment(attachment('a', { thread_id: 't' }), ANN)
        const writes = Array.from({ length: 20 }, (_, n): StoreWrite[] => [
          { op: 'saveAttachment', attachment: attachment(n % 4 === 0 ? 'a' : `a${n}`, { thread_id: 't' }) },
          { op: 'saveItem', threadId: 't', item: item(`i${n % 7}`) },
          { op: 'saveThread', thread: thread('t', { title: 'late' }), changed: ['title'] },
        ])
        const attempts = writes.map((all, n) => nodes[n % 2]?.commit(n % 3 === 0 ? all : all.slice(n % 2, 2), ANN))
        attempts.splice(7, 0, nodes[1].deleteThread('t', ANN))
        for (const outcome of await Promise.allSettled(attempts)) {
          if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject(NOT_FOUND)
        }
        // The same thread anew shows what the old one left behind.
        await nodes[0].saveThread(thread('t'), undefined, ANN)
        expect(await nodes[0].listItems('t', ALL, undefined, ANN)).toEqual({ data: [], has_more: false })
        for (let n = 0; n < 20; n += 1) {
          await expect(nodes[0].loadAttachment(`a${n}`, ANN)).rejects.toMatchObject(NOT_FOUND)
        }
        await nodes[0].deleteThread('t', ANN)
      }
    })

    test('two commits that touch the same rows in opposite order are both made', async () => {
      const nodes = await setUp()
      for (const id of ['t', 'u']) await nodes[0].saveThread(thread(id), undefined, ANN)
      const writes = (n: number) =>
        ['t', 'u'].map((threadId): StoreWrite => ({ op: 'saveItem', threadId, item: item('i', `${n}`) }))
      await Promise.all([nodes[0].commit(writes(1), ANN), nodes[1].commit(writes(2).toReversed(), ANN)])
      expect(await nodes[0].loadItem('t', 'i', ANN)).toEqual(await nodes[1].loadItem('u', 'i', ANN))
    })

    test('a reader that pages on while items come misses none of them', async () => {
      const nodes = await setUp()
      await nodes[0].saveThread(thread('t'), undefined, ANN)
      const ids = Array.from({ length: 60 }, (_, n) => `i${n}`)
      let isWriting = true
      const writing = Promise.all(
        ids.map((id, n) =>
          nodes[n % 2]?.commit(
            [...pad(n), { op: 'saveItem', threadId: 't', item: item(id) } satisfies StoreWrite],
            ANN,
          ),
        ),
      ).finally(() => {
        isWriting = false
      })
      const seen: ThreadItem[] = []
      for (let isLast = false; !isLast; ) {
        isLast = !isWriting
        const after = seen.at(-1)?.id
        const page = await nodes[1].listItems('t', { ...ALL, ...(after && { after }) }, undefined, ANN)
        seen.push(...page.data)
      }
      await writing
      expect(seen.map(({ id }) => id).sort()).toEqual(ids.toSorted())
    })
  })
}

/** Sometimes one more write, so that it is a transaction of several steps. */
function pad(n: number): StoreWrite[] {
  return n % 3 === 0 ? [{ op: 'deleteItem', threadId: 't', itemId: 'nothing' }] : []
}
