/** `@millrace/client/testing`: a fetch stand-in for tests of whoever shows streams, with any runner. */
export { mockStream } from './mock-stream.ts'

export type { MockRunError } from './mock-run.ts'
export type { MockCall, MockRefusal, MockStream, MockStreamOptions } from './mock-stream.ts'
