import type { Show } from '../contender.ts'

/** Shows nothing: what the chunks themselves cost, in tasks and frames. */
export const nothing: Show = () => ({ append: () => undefined, done: () => undefined, flush: () => undefined })
