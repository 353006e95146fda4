import { defineConfig } from 'vitest/config'

/** Tests run against the sources, so none of them needs a build; what needs one (the page, the command) builds it itself. */
const conditions = ['millrace-source']

export default defineConfig({
  resolve: { conditions: [...conditions, 'module', 'browser', 'development|production'] },
  ssr: { resolve: { conditions: [...conditions, 'module', 'node', 'development|production'] } },
  test: {
    include: ['packages/*/src/**/*.test.{ts,tsx}', 'conformance/src/**/*.test.ts', 'e2e/src/**/*.test.ts', 'scripts/**/*.test.ts'],
    testTimeout: 20_000,
  },
})
