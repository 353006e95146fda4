/** The chat as a part of another app: `start` with an `authenticate` of its own. */
export { readConfig } from './config/read-config.ts'
export { createLog } from './log.ts'
export { start } from './start.ts'

export type { ReadConfig } from './config/read-config.ts'
export type { Config } from './config/settings.ts'
export type { Log, LogOutput } from './log.ts'
export type { Started, StartOptions, User } from './start.ts'
