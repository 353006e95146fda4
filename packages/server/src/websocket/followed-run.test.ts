import { expect, test } from 'vitest'
import { requests, says, testServer } from '../testing/test-server.ts'
import { FollowedRun } from './followed-run.ts'

test('a batch that waits for room when delivery is paused is not sent, and comes after resume', async () => {
  const { open, read, respond } = testServer()
  respond(says('one two three'))
  const { run } = await open(requests.create())
  await read(requests.resume(run.info.runId))

  const sent: string[] = []
  // There is room when the batch is asked for, and none when it is there: another run of the socket was quicker.
  const room = [undefined, new Promise<void>((resolve) => setImmediate(resolve))]
  const asked = new Promise<FollowedRun>((resolve) => {
    const followed: FollowedRun = new FollowedRun(run, 0, {
      send: (messages) => void sent.push(...messages),
      room(signal) {
        const full = signal.aborted ? undefined : room.shift()
        if (full) resolve(followed)
        return full
      },
      over: () => void sent.push('over'),
    })
    followed.follow()
  })
  const followed = await asked
  followed.leave()
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
  expect(sent).toEqual([])

  followed.follow()
  await expect.poll(() => sent.at(-1)).toBe('over')
  const tokens = sent.slice(0, -2).map((message) => JSON.parse(message).token)
  expect(tokens).toEqual(['one ', 'two ', 'three'])
})
