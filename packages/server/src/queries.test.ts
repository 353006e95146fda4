import { expect, test } from 'vitest'
import { ALICE, says, testServer } from './testing/test-server.ts'

test.each(['', 'nothing'])('a cursor that names no row is not found: "%s"', async (after) => {
  const it = testServer()
  await expect(it.server.process({ type: 'threads.list', params: { after } }, ALICE)).rejects.toMatchObject({
    code: 'not_found',
  })
})

test('a limit beyond all integers is cut', async () => {
  const it = testServer()
  it.respond(says('Hello'))
  const list = (limit: number) => it.server.process({ type: 'threads.list', params: { limit } }, ALICE)
  await expect(list(1e18)).resolves.toMatchObject({ json: { has_more: false } })
})
