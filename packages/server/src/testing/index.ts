/** `@millrace/server/testing`: what an app's tests need, and the suites that every store and run log passes. Needs `vitest`. */
export { runLogContract } from './run-log-contract.ts'
export { storeContract } from './store-contract.ts'
export { ALICE, BOB, deltas, message, readRun, requests, says, testServer } from './test-server.ts'

export type { RunLogFeatures, RunLogFixture, RunLogFixtureOptions } from './run-log-contract.ts'
export type { StoreFixture } from './store-contract.ts'
export type { Reading, ReadOptions, TestServer, TestUser } from './test-server.ts'
