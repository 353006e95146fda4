import { expect, test } from 'vitest'
import { createLog } from './log.ts'

function output({ isTTY = false } = {}) {
  const written: string[] = []
  return { isTTY, write: (text: string) => written.push(text), lines: () => written.join('').trimEnd().split('\n') }
}

test('a machine gets one JSON object a line, with level, time and fields', () => {
  const out = output()
  createLog('info', out).info({ run: 'run_1', tokens: 12 }, 'run ended')
  expect(out.lines().map((line) => JSON.parse(line))).toEqual([
    { level: 'info', time: expect.stringMatching(/^\d{4}-.*Z$/), run: 'run_1', tokens: 12, msg: 'run ended' },
  ])
})

test('a terminal gets a short line', () => {
  const out = output({ isTTY: true })
  createLog('info', out).info({ run: 'run_1', tokens: 12 }, 'run ended')
  expect(out.lines().map((line) => line.replace(/\x1b\[\d+m/g, ''))).toEqual([
    expect.stringMatching(/^\d\d:\d\d:\d\d info {2}run ended run=run_1 tokens=12$/),
  ])
})

test('lines below the level are not written', () => {
  const out = output()
  const log = createLog('warn', out)
  log.info('nothing')
  log.warn('something')
  expect(out.lines()).toHaveLength(1)
})

test('an error is logged with its cause, and without what else hangs on it', () => {
  const out = output()
  const cause = Object.assign(new Error('socket closed'), { code: 'ECONNRESET' })
  const error = Object.assign(new Error('no answer', { cause }), { headers: { authorization: 'Bearer s3cret' } })
  createLog('info', out).error({ err: error }, 'run failed')
  const [line = ''] = out.lines()
  expect(JSON.parse(line).err).toMatchObject({
    message: 'no answer',
    cause: { message: 'socket closed', code: 'ECONNRESET' },
  })
  expect(line).not.toContain('s3cret')
})
