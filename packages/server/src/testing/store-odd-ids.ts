/** Part of the store's contract: ids come over the wire and may hold anything. */
import { describe, expect, test } from 'vitest'
import { ANN, attachment, BOB, item, NOT_FOUND, type StoreSetUp, thread } from './store-rows.ts'

/** Pairs that a database may take for the same, or may not take at all. */
const ODD_IDS: [what: string, one: string, other: string][] = [
  ['with and without NUL', 'a\0', 'a'],
  ['with NUL inside', 'a\0b', 'a\0c'],
  ['half a surrogate pair', '\ud800', '\ud801'],
  ['half a pair and its replacement', '\udc00', '\ufffd'],
  ['composed and not', 'é', 'e\u0301'],
  ['upper and lower case', 'A', 'a'],
  ['empty and blank', '', ' '],
  ['10,000 characters long', `${'x'.repeat(10_000)}1`, `${'x'.repeat(10_000)}2`],
  ['3,000 wide characters long', '漢'.repeat(3000), '漢'.repeat(3001)],
  ['of SQL', "'; DROP TABLE threads; --", '"'],
  ['wild cards', '%', '_'],
  ['escapes', '\\x00', '\\000'],
]

export function oddIds(setUp: StoreSetUp): void {
  describe('odd ids', () => {
    test.each(ODD_IDS)('%s: two ids, of a thread, an item or an attachment', async (_, one, other) => {
      const ids = [one, other] as const
      const [store] = await setUp()
      for (const id of ids) {
        await store.saveThread(thread(id, { title: `of ${id.length}` }), undefined, ANN)
        for (const itemId of ids) await store.saveItem(id, item(itemId), ANN)
        await store.saveAttachment(attachment(id, { thread_id: id }), ANN)
      }
      const page = { limit: 9, order: 'asc' } as const
      for (const id of ids) {
        expect(await store.loadThread(id, ANN)).toEqual(thread(id, { title: `of ${id.length}` }))
        expect((await store.listItems(id, page, undefined, ANN)).data).toEqual(ids.map((each) => item(each)))
        expect(await store.loadItem(id, id, ANN)).toEqual(item(id))
        expect(await store.loadAttachment(id, ANN)).toEqual(attachment(id, { thread_id: id }))
      }
      const rest = await store.listThreads({ ...page, after: ids[0] }, ANN)
      expect(rest.data.map(({ id }) => id)).toEqual([ids[1]])
      const others = await store.listItems(ids[1], { ...page, after: ids[0] }, undefined, ANN)
      expect(others.data).toEqual([item(ids[1])])
      await store.deleteItem(ids[1], ids[0], ANN)
      expect((await store.listItems(ids[1], page, undefined, ANN)).data).toEqual([item(ids[1])])
      await store.deleteThread(ids[0], ANN)
      await expect(store.loadAttachment(ids[0], ANN)).rejects.toMatchObject(NOT_FOUND)
      expect((await store.listThreads(page, ANN)).data).toHaveLength(1)
    })

    test.each(ODD_IDS)('%s: not found, where unknown', async (_, id) => {
      const [store] = await setUp()
      await store.saveThread(thread('t'), undefined, ANN)
      const page = { limit: 9, order: 'asc', after: id } as const
      const refused = [
        store.loadThread(id, ANN),
        store.saveThread(thread(id), ['title'], ANN),
        store.listThreads(page, ANN),
        store.loadItem('t', id, ANN),
        store.loadItem(id, 'i', ANN),
        store.saveItem(id, item('i'), ANN),
        store.listItems('t', page, undefined, ANN),
        store.loadAttachment(id, ANN),
        store.saveAttachment(attachment('a', { thread_id: id }), ANN),
      ]
      for (const attempt of await Promise.allSettled(refused)) {
        expect(attempt).toMatchObject({ status: 'rejected', reason: NOT_FOUND })
      }
      expect((await store.listItems(id, { limit: 9, order: 'asc' }, undefined, ANN)).data).toEqual([])
      await store.deleteThread(id, ANN)
      await store.deleteItem('t', id, ANN)
      await store.deleteAttachment(id, ANN)
    })

    test.each(ODD_IDS)('%s: two users', async (_, one, other) => {
      const [store] = await setUp()
      await store.saveThread(thread('t'), undefined, { userId: one })
      await store.saveAttachment(attachment('a'), { userId: one })
      expect(await store.loadThread('t', { userId: one })).toEqual(thread('t'))
      for (const stranger of [{ userId: other }, BOB]) {
        await expect(store.loadThread('t', stranger)).rejects.toMatchObject(NOT_FOUND)
        await expect(store.loadAttachment('a', stranger)).rejects.toMatchObject(NOT_FOUND)
        expect((await store.listThreads({ limit: 9, order: 'asc' }, stranger)).data).toEqual([])
      }
    })
  })
}
