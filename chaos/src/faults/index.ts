/** All faults of the suite, in the order of the table. */

import { commandFaults } from './command.ts'
import { diskFaults } from './disk.ts'
import { modelFaults } from './models.ts'
import { networkFaults } from './network.ts'
import { nodeFaults } from './nodes.ts'
import { postgresFaults } from './postgres.ts'
import { raceFaults } from './races.ts'
import { redisFaults } from './redis.ts'

import type { Fault } from '../fault.ts'

export const FAULTS: readonly Fault[] = [
  ...networkFaults,
  ...nodeFaults,
  ...redisFaults,
  ...postgresFaults,
  ...diskFaults,
  ...raceFaults,
  ...modelFaults,
  ...commandFaults,
]
