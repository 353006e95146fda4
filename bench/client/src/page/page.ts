/** What the bench calls in the page. */
import { attack } from './attack.ts'
import { changesPerChunk, isSameAsWhole, keepsSelection, movesUnderReader, prefixes, wrongFinals } from './checks.ts'
import type { Show } from './contender.ts'
import { CONTENDERS } from './contenders.ts'
import { type Flood, flood } from './flood.ts'
import { keep } from './memory.ts'
import { type Pace, paced } from './paced.ts'

declare global {
  var bench: typeof api
  /** The devtools read the page's counters when these are called. */
  var begins: () => Promise<void>
  var ends: () => Promise<void>
}

async function contender(name: string): Promise<Show> {
  const load = CONTENDERS[name]
  if (!load) throw new Error(`There is no contender ${name}.`)
  return load()
}

type Rest<F> = F extends (show: Show, ...rest: infer R) => unknown ? R : never
type Check = (show: Show, ...rest: never[]) => unknown

/** The same with a contender's name in the place of it. */
function byName<F extends Check>(check: F) {
  return async (name: string, ...rest: Rest<F>): Promise<Awaited<ReturnType<F>>> => {
    const run: (show: Show, ...rest: Rest<F>) => unknown = check
    return (await run(await contender(name), ...rest)) as Awaited<ReturnType<F>>
  }
}

const marks = (): [() => Promise<void>, () => Promise<void>] => [() => globalThis.begins(), () => globalThis.ends()]

const api = {
  flood: async (name: string, how: Flood) => flood(await contender(name), how, marks()),
  paced: async (name: string, how: Pace) => paced(await contender(name), how, marks()),
  wrongFinals: byName(wrongFinals),
  prefixes: byName(prefixes),
  isSameAsWhole: byName(isSameAsWhole),
  changesPerChunk: byName(changesPerChunk),
  keepsSelection: byName(keepsSelection),
  movesUnderReader: byName(movesUnderReader),
  attack: byName(attack),
  keep: byName(keep),
}

globalThis.bench = api
