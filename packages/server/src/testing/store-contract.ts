/** What every store promises, as a suite of tests: each implementation passes the same. */
import type { ThreadItem } from '@millrace/protocol'
import { afterEach, describe, expect, test } from 'vitest'
import type { Store, StoreWrite } from '../store/store.ts'
import { oddIds } from './store-odd-ids.ts'
import { races } from './store-races.ts'
import {
  ANN,
  attachment,
  BOB,
  ending,
  hidden,
  item,
  NOT_FOUND,
  type StoreFixture,
  type StoreSetUp,
  thread,
} from './store-rows.ts'

export function storeContract(name: string, make: () => Promise<StoreFixture>): void {
  describe(`store: ${name}`, () => {
    const fixtures: StoreFixture[] = []

    const stores: StoreSetUp = async () => {
      const fixture = await make()
      fixtures.push(fixture)
      return [fixture.store, (await fixture.second?.()) ?? fixture.store]
    }

    async function setUp(): Promise<Store<{ userId: string }>> {
      const [store] = await stores()
      return store
    }

    async function withThread(id = 't'): Promise<Store<{ userId: string }>> {
      const store = await setUp()
      await store.saveThread(thread(id), undefined, ANN)
      return store
    }

    afterEach(async () => {
      for (const fixture of fixtures.splice(0)) await fixture.close()
    })

    describe('threads', () => {
      test('come out as they went in, and as a copy', async () => {
        const store = await setUp()
        const saved = thread('t', {
          title: 'é漢🙂 "quoted"\n\u2028',
          status: { type: 'locked', reason: 'later' },
          metadata: { nested: { list: [1, null, 'x'] }, none: null },
        })
        await store.saveThread(saved, undefined, ANN)
        const loaded = await store.loadThread('t', ANN)
        expect(loaded).toEqual(saved)
        loaded.title = 'changed'
        expect(await store.loadThread('t', ANN)).toEqual(saved)
      })

      test('saved again they are replaced, in their place', async () => {
        const store = await setUp()
        for (const id of ['a', 'b', 'c']) await store.saveThread(thread(id, { title: 'old' }), undefined, ANN)
        await store.saveThread(thread('a'), undefined, ANN)
        expect(await store.loadThread('a', ANN)).toEqual(thread('a'))
        const page = await store.listThreads({ limit: 9, order: 'asc' }, ANN)
        expect(page.data.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
      })

      test('a partial save changes these fields alone, so a rename during an answer stays', async () => {
        const store = await withThread()
        await store.saveThread(thread('t', { title: 'renamed' }), ['title'], ANN)
        await store.saveThread(thread('t', { title: 'stale', metadata: { step: 1 } }), ['metadata'], ANN)
        expect(await store.loadThread('t', ANN)).toEqual(thread('t', { title: 'renamed', metadata: { step: 1 } }))
        await store.saveThread(thread('t'), ['title'], ANN)
        expect(await store.loadThread('t', ANN)).toEqual(thread('t', { metadata: { step: 1 } }))
      })

      test('of partial saves at the same time each has its effect', async () => {
        const store = await withThread()
        const metadata = { answer: 42 }
        await Promise.all([
          store.saveThread(thread('t', { title: 'renamed' }), ['title'], ANN),
          store.saveThread(thread('t', { metadata }), ['metadata'], ANN),
          store.saveThread(thread('t', { status: { type: 'closed' } }), ['status'], ANN),
        ])
        const all = thread('t', { title: 'renamed', metadata, status: { type: 'closed' } })
        expect(await store.loadThread('t', ANN)).toEqual(all)
      })

      test('a deleted thread stays deleted', async () => {
        const store = await withThread()
        await store.deleteThread('t', ANN)
        await expect(store.saveThread(thread('t'), ['title'], ANN)).rejects.toMatchObject(NOT_FOUND)
        await expect(store.saveItem('t', item('i'), ANN)).rejects.toMatchObject(NOT_FOUND)
        await expect(store.loadThread('t', ANN)).rejects.toMatchObject(NOT_FOUND)
        await store.deleteThread('t', ANN)
      })

      test('take their items and attachments along, and nobody else’s', async () => {
        const store = await withThread('t')
        await store.saveThread(thread('other'), undefined, ANN)
        for (const id of ['t', 'other']) {
          await store.saveItem(id, item('i'), ANN)
          await store.saveAttachment(attachment(`of_${id}`, { thread_id: id }), ANN)
        }
        await store.saveAttachment(attachment('free'), ANN)
        await store.deleteThread('t', ANN)
        await expect(store.loadItem('t', 'i', ANN)).rejects.toMatchObject(NOT_FOUND)
        await expect(store.loadAttachment('of_t', ANN)).rejects.toMatchObject(NOT_FOUND)
        expect(await store.loadItem('other', 'i', ANN)).toEqual(item('i'))
        expect((await store.loadAttachment('of_other', ANN)).thread_id).toBe('other')
        expect((await store.loadAttachment('free', ANN)).id).toBe('free')
        await store.saveThread(thread('t'), undefined, ANN)
        expect((await store.listItems('t', { limit: 9, order: 'asc' }, undefined, ANN)).data).toEqual([])
      })
    })

    describe('items', () => {
      test('come out as they went in, and as a copy', async () => {
        const store = await withThread()
        const saved = item('i', 'é漢🙂 "quoted"\n\u2028\u0000')
        await store.saveItem('t', saved, ANN)
        const loaded = await store.loadItem('t', 'i', ANN)
        expect(loaded).toEqual(saved)
        loaded.id = 'changed'
        expect(await store.loadItem('t', 'i', ANN)).toEqual(saved)
      })

      test('keep the order of their first insertion, whatever their dates say', async () => {
        const store = await withThread()
        for (const id of ['c', 'a', 'b']) await store.saveItem('t', item(id), ANN)
        await store.saveItem('t', item('c', 'again'), ANN)
        const { data } = await store.listItems('t', { limit: 9, order: 'asc' }, undefined, ANN)
        expect(data).toEqual([item('c', 'again'), item('a'), item('b')])
      })

      test('the same id in two threads are two items', async () => {
        const store = await withThread('t')
        await store.saveThread(thread('other'), undefined, ANN)
        await store.saveItem('t', item('i', 'one'), ANN)
        await store.saveItem('other', item('i', 'two'), ANN)
        await store.deleteItem('other', 'i', ANN)
        expect(await store.loadItem('t', 'i', ANN)).toEqual(item('i', 'one'))
        await expect(store.loadItem('other', 'i', ANN)).rejects.toMatchObject(NOT_FOUND)
      })

      test('something absent is deleted already', async () => {
        const store = await withThread()
        await store.deleteItem('t', 'nothing', ANN)
        await store.deleteItem('nowhere', 'nothing', ANN)
        await store.deleteAttachment('nothing', ANN)
        await store.deleteThread('nowhere', ANN)
      })
    })

    describe('pages', () => {
      test('of items cover all of them once, in either order, at every limit', async () => {
        const store = await withThread()
        const ids = Array.from({ length: 12 }, (_, n) => `i${n}`)
        for (const id of ids) await store.saveItem('t', item(id), ANN)
        for (const order of ['asc', 'desc'] as const) {
          const wanted = order === 'asc' ? ids : ids.toReversed()
          for (let limit = 1; limit <= 13; limit += 1) {
            expect(await allPages((page) => store.listItems('t', page, undefined, ANN), { limit, order })).toEqual(
              wanted,
            )
          }
        }
      })

      test('of threads cover all of them once, in either order, at every limit', async () => {
        const store = await setUp()
        const ids = Array.from({ length: 7 }, (_, n) => `t${n}`)
        for (const id of ids) await store.saveThread(thread(id), undefined, ANN)
        for (const order of ['asc', 'desc'] as const) {
          const wanted = order === 'asc' ? ids : ids.toReversed()
          for (let limit = 1; limit <= 8; limit += 1) {
            expect(await allPages((page) => store.listThreads(page, ANN), { limit, order })).toEqual(wanted)
          }
        }
      })

      test('name a cursor only where more remain', async () => {
        const store = await withThread()
        for (const id of ['a', 'b']) await store.saveItem('t', item(id), ANN)
        const first = await store.listItems('t', { limit: 1, order: 'asc' }, undefined, ANN)
        expect(first).toEqual({ data: [item('a')], has_more: true, after: 'a' })
        const last = await store.listItems('t', { limit: 1, order: 'asc', after: 'a' }, undefined, ANN)
        expect(last).toEqual({ data: [item('b')], has_more: false })
      })

      test('of some types hold these alone, behind a cursor of any type', async () => {
        const store = await withThread()
        for (let n = 0; n < 20; n += 1) {
          await store.saveItem('t', n % 5 === 0 ? hidden(`h${n}`) : n % 3 === 0 ? item(`i${n}`) : ending(`e${n}`), ANN)
        }
        const list = (types: ThreadItem['type'][], after: string | undefined, order: 'asc' | 'desc') =>
          store
            .listItems('t', { limit: 4, order, ...(after === undefined ? {} : { after }) }, types, ANN)
            .then(({ data, has_more }) => [data.map(({ id }) => id), has_more])
        expect(await list(['hidden_context_item'], undefined, 'asc')).toEqual([['h0', 'h5', 'h10', 'h15'], false])
        expect(await list(['hidden_context_item', 'user_message'], 'e4', 'asc')).toEqual([
          ['h5', 'i6', 'i9', 'h10'],
          true,
        ])
        expect(await list(['user_message', 'hidden_context_item'], 'e11', 'desc')).toEqual([
          ['h10', 'i9', 'i6', 'h5'],
          true,
        ])
        expect(await list(['user_message', 'user_message'], undefined, 'desc')).toEqual([
          ['i18', 'i12', 'i9', 'i6'],
          true,
        ])
        expect(await list(['widget'], undefined, 'asc')).toEqual([[], false])
        expect(await list([], undefined, 'asc')).toEqual([[], false])
      })

      test('an item that changes its type is found by the new one, in its old place', async () => {
        const store = await withThread()
        for (const id of ['a', 'b', 'c']) await store.saveItem('t', item(id), ANN)
        await store.saveItem('t', hidden('b'), ANN)
        const types = ['hidden_context_item'] as const
        expect((await store.listItems('t', { limit: 9, order: 'asc' }, types, ANN)).data).toEqual([hidden('b')])
        const messages = await store.listItems('t', { limit: 9, order: 'asc' }, ['user_message'], ANN)
        expect(messages.data).toEqual([item('a'), item('c')])
        const all = await store.listItems('t', { limit: 9, order: 'asc' }, undefined, ANN)
        expect(all.data).toEqual([item('a'), hidden('b'), item('c')])
      })

      test('an unknown cursor is not found, an unknown thread is an empty page', async () => {
        const store = await withThread()
        const page = { limit: 9, order: 'asc' } as const
        await expect(store.listItems('t', { ...page, after: 'x' }, undefined, ANN)).rejects.toMatchObject(NOT_FOUND)
        await expect(store.listThreads({ ...page, after: 'x' }, ANN)).rejects.toMatchObject(NOT_FOUND)
        expect(await store.listItems('nowhere', page, undefined, ANN)).toEqual({ data: [], has_more: false })
        expect(await store.listThreads(page, BOB)).toEqual({ data: [], has_more: false })
      })
    })

    describe('attachments', () => {
      test('come out as they went in, and can be replaced', async () => {
        const store = await withThread()
        const saved = attachment('a', { metadata: { secret: null } })
        await store.saveAttachment(saved, ANN)
        expect(await store.loadAttachment('a', ANN)).toEqual(saved)
        await store.saveAttachment({ ...saved, thread_id: 't' }, ANN)
        expect((await store.loadAttachment('a', ANN)).thread_id).toBe('t')
        await store.deleteAttachment('a', ANN)
        await expect(store.loadAttachment('a', ANN)).rejects.toMatchObject(NOT_FOUND)
      })

      test('belong to a thread that is there', async () => {
        const store = await setUp()
        const saved = attachment('a', { thread_id: 'nowhere' })
        await expect(store.saveAttachment(saved, ANN)).rejects.toMatchObject(NOT_FOUND)
        await expect(store.loadAttachment('a', ANN)).rejects.toMatchObject(NOT_FOUND)
      })
    })

    describe('users', () => {
      test('see only what is theirs; everything else is not found', async () => {
        const store = await withThread('t')
        await store.saveItem('t', item('i'), ANN)
        await store.saveAttachment(attachment('a'), ANN)
        const refused = [
          store.loadThread('t', BOB),
          store.saveThread(thread('t'), undefined, BOB),
          store.saveThread(thread('t'), ['title'], BOB),
          store.loadItem('t', 'i', BOB),
          store.saveItem('t', item('i', 'theirs'), BOB),
          store.listItems('t', { limit: 1, order: 'asc', after: 'i' }, undefined, BOB),
          store.listThreads({ limit: 1, order: 'asc', after: 't' }, BOB),
          store.loadAttachment('a', BOB),
          store.saveAttachment(attachment('a'), BOB),
          store.saveAttachment(attachment('b', { thread_id: 't' }), BOB),
          store.commit([{ op: 'saveItem', threadId: 't', item: item('j') }], BOB),
        ]
        for (const attempt of await Promise.allSettled(refused)) {
          expect(attempt).toMatchObject({ status: 'rejected', reason: NOT_FOUND })
        }
        expect(await store.listItems('t', { limit: 9, order: 'asc' }, undefined, BOB)).toEqual({
          data: [],
          has_more: false,
        })
        expect(await store.listThreads({ limit: 9, order: 'asc' }, BOB)).toEqual({ data: [], has_more: false })
      })

      test('can’t delete what is not theirs', async () => {
        const store = await withThread('t')
        await store.saveItem('t', item('i'), ANN)
        await store.saveAttachment(attachment('a'), ANN)
        await store.deleteItem('t', 'i', BOB)
        await store.deleteAttachment('a', BOB)
        await store.deleteThread('t', BOB)
        await store.commit([{ op: 'deleteItem', threadId: 't', itemId: 'i' }], BOB)
        expect(await store.loadThread('t', ANN)).toEqual(thread('t'))
        expect(await store.loadItem('t', 'i', ANN)).toEqual(item('i'))
        expect(await store.loadAttachment('a', ANN)).toEqual(attachment('a'))
      })
    })

    describe('commit', () => {
      test('makes all writes, in order', async () => {
        const store = await setUp()
        await store.commit(
          [
            { op: 'saveThread', thread: thread('t') },
            { op: 'saveAttachment', attachment: attachment('a', { thread_id: 't' }) },
            { op: 'saveItem', threadId: 't', item: item('i') },
            { op: 'saveItem', threadId: 't', item: item('j') },
            { op: 'deleteItem', threadId: 't', itemId: 'i' },
            { op: 'saveThread', thread: thread('t', { title: 'named' }), changed: ['title'] },
          ],
          ANN,
        )
        expect(await store.loadThread('t', ANN)).toEqual(thread('t', { title: 'named' }))
        expect((await store.listItems('t', { limit: 9, order: 'asc' }, undefined, ANN)).data).toEqual([item('j')])
        expect((await store.loadAttachment('a', ANN)).thread_id).toBe('t')
      })

      test('makes none where one fails, wherever it stands', async () => {
        const store = await withThread('t')
        await store.saveItem('t', item('first'), ANN)
        await store.saveItem('t', item('i'), ANN)
        await store.saveItem('t', item('last'), ANN)
        const writes: StoreWrite[] = [
          { op: 'saveThread', thread: thread('new') },
          { op: 'saveThread', thread: thread('t', { title: 'new' }), changed: ['title'] },
          { op: 'saveAttachment', attachment: attachment('a', { thread_id: 't' }) },
          { op: 'saveItem', threadId: 't', item: hidden('i') },
          { op: 'saveItem', threadId: 't', item: item('j') },
          { op: 'deleteItem', threadId: 't', itemId: 'first' },
        ]
        const failing: StoreWrite = { op: 'saveItem', threadId: 'nowhere', item: item('x') }
        for (let n = 0; n <= writes.length; n += 1) {
          const attempt = store.commit(writes.toSpliced(n, 0, failing), ANN)
          await expect(attempt).rejects.toMatchObject(NOT_FOUND)
          expect(await store.loadThread('t', ANN)).toEqual(thread('t'))
          expect((await store.listThreads({ limit: 9, order: 'asc' }, ANN)).data).toEqual([thread('t')])
          const items = await store.listItems('t', { limit: 9, order: 'asc' }, undefined, ANN)
          expect(items.data).toEqual([item('first'), item('i'), item('last')])
          await expect(store.loadAttachment('a', ANN)).rejects.toMatchObject(NOT_FOUND)
        }
      })

      test('of many at the same time none sees half of another', async () => {
        const store = await withThread('t')
        const pairs = Array.from({ length: 10 }, (_, n) =>
          store.commit(
            [
              { op: 'saveItem', threadId: 't', item: item(`a${n}`) },
              { op: 'saveItem', threadId: n % 3 === 0 ? 'nowhere' : 't', item: item(`b${n}`) },
            ],
            ANN,
          ),
        )
        const outcomes = await Promise.allSettled(pairs)
        expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(4)
        const { data } = await store.listItems('t', { limit: 99, order: 'asc' }, undefined, ANN)
        expect(data).toHaveLength(12)
        for (let n = 0; n < data.length; n += 2) expect(data[n + 1]?.id).toBe(data[n]?.id.replace('a', 'b'))
      })
    })

    oddIds(stores)
    races(stores)

    test('says that it is well', async () => {
      await (await setUp()).check()
    })
  })
}

export type { StoreFixture }

/** The ids of all pages, each asked for behind the one before. */
async function allPages(
  list: (page: { limit: number; order: 'asc' | 'desc'; after?: string }) => Promise<{
    data: { id: string }[]
    has_more: boolean
    after?: string
  }>,
  asked: { limit: number; order: 'asc' | 'desc' },
): Promise<string[]> {
  const ids: string[] = []
  let after: string | undefined
  do {
    const page = await list(after === undefined ? asked : { ...asked, after })
    expect(page.data.length).toBeLessThanOrEqual(asked.limit)
    ids.push(...page.data.map(({ id }) => id))
    after = page.has_more ? page.after : undefined
  } while (after !== undefined)
  return ids
}
