/** Resolves when `condition` holds; rejects after two seconds, saying what was waited for. */
export async function until(condition: () => unknown, what = condition.toString()): Promise<void> {
  const deadline = Date.now() + 2000
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited in vain for: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
