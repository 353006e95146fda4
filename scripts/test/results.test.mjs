import { expect, test } from 'vitest'
import { countVitest, readSummary, sum } from './results.mjs'

const file = (status, ...tests) => ({ status, assertionResults: tests.map((test) => ({ status: test })) })
const report = (...files) => JSON.stringify({ testResults: files })

test('tests are counted, not files', () => {
  const json = report(file('passed', 'passed', 'passed'), file('failed', 'passed', 'failed'))
  expect(countVitest(json, 1)).toEqual({ passed: 3, failed: 1 })
})

test('a test file that could not be loaded is a failure', () => {
  expect(countVitest(report(file('passed', 'passed'), file('failed')), 1)).toEqual({ passed: 1, failed: 1 })
})

test('an error outside of any test is a failure', () => {
  expect(countVitest(report(file('passed', 'passed')), 1)).toEqual({ passed: 1, failed: 1 })
})

test('a suite that left no report is a failure', () => {
  expect(countVitest(undefined, 1)).toEqual({ passed: 0, failed: 1 })
  expect(readSummary('Error: no such folder\n', 1)).toEqual({ passed: 0, failed: 1 })
  expect(readSummary('', 0)).toEqual({ passed: 0, failed: 1 })
})

test('the last line of a suite says how it went, unless its exit code says worse', () => {
  expect(readSummary('case a\n540 passed, 2 failed\n', 1)).toEqual({ passed: 540, failed: 2 })
  expect(readSummary('542 passed, 0 failed\n', 0)).toEqual({ passed: 542, failed: 0 })
  expect(readSummary('542 passed, 0 failed\n', 1)).toEqual({ passed: 542, failed: 1 })
})

test('suites add up', () => {
  expect(
    sum([
      { passed: 3, failed: 1 },
      { passed: 542, failed: 0 },
    ]),
  ).toEqual({ passed: 545, failed: 1 })
})
