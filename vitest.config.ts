import { defineConfig } from 'vitest/config'

/** Tests run against the sources; `millrace-source` is the condition under which the packages export them. */
const conditions = ['millrace-source']

/** Tests that start a browser, server processes, or a model. */
const browserTests = [
  'packages/*/src/**/*.browser.test.{ts,tsx}',
  'packages/element/src/**/*.test.{ts,tsx}',
  'e2e/src/**/*.test.ts',
  'chaos/src/chaos.test.ts',
]

export default defineConfig({
  resolve: { conditions: [...conditions, 'module', 'browser', 'development|production'] },
  ssr: { resolve: { conditions: [...conditions, 'module', 'node', 'development|production'] } },
  test: {
    // What is waited for comes at once or, on a machine under load, later: only a test that fails waits so long.
    expect: { poll: { timeout: 10_000, interval: 20 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            'packages/*/src/**/*.test.{ts,tsx}',
            'packages/millrace/page/**/*.test.{ts,tsx}',
            'conformance/src/**/*.test.ts',
            'bench/src/**/*.test.ts',
            'testbed/src/**/*.test.ts',
            'chaos/src/**/*.test.ts',
            'scripts/**/*.test.mjs',
          ],
          exclude: browserTests,
          testTimeout: 20_000,
          // Vitest leaves one core to itself by default, which is half of a machine with two.
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: browserTests,
          testTimeout: 90_000,
          hookTimeout: 90_000,
          // Browsers, built servers and a model: one file after the other, and after all unit tests.
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
