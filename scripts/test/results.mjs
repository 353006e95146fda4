/** Counts what the suites report. A suite that could not run counts as one failure: it must never look like a pass. */

const COULD_NOT_RUN = { passed: 0, failed: 1 }

/**
 * Counts the tests in vitest's JSON report.
 * @param {string | undefined} json the report; absent if vitest died before it wrote one
 * @param {number} exitCode vitest's own; an error outside of any test shows only there
 */
export function countVitest(json, exitCode) {
  if (!json) return COULD_NOT_RUN
  const { testResults } = JSON.parse(json)
  const tests = testResults.flatMap((file) => file.assertionResults)
  const passed = tests.filter((test) => test.status === 'passed').length
  const brokenFiles = testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
  ).length
  const failed = tests.filter((test) => test.status === 'failed').length + brokenFiles
  return { passed, failed: failed || (exitCode === 0 ? 0 : 1) }
}

/** Reads the `N passed, N failed` that closes a suite's output. */
export function readSummary(output, exitCode) {
  const summary = output
    .trimEnd()
    .split('\n')
    .at(-1)
    ?.match(/^(\d+) passed, (\d+) failed$/)
  if (!summary) return COULD_NOT_RUN
  const failed = Number(summary[2])
  return { passed: Number(summary[1]), failed: failed || (exitCode === 0 ? 0 : 1) }
}

/** The line that closes a run of all suites. */
export function sum(results) {
  const total = (key) => results.reduce((count, result) => count + result[key], 0)
  return { passed: total('passed'), failed: total('failed') }
}
