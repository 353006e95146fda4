import { afterAll, onTestFinished, TestRunner } from 'vitest'

type Close = () => unknown

const endOfFile: Close[] = []

afterAll(async () => {
  for (const close of endOfFile.splice(0).reverse()) await close()
})

/** Calls `close` once the running test is over, passed or failed; outside of a test (`beforeAll`), once the file is. */
export function atEnd(close: Close): void {
  if (TestRunner.getCurrentTest()) onTestFinished(async () => void (await close()))
  else endOfFile.push(close)
}
