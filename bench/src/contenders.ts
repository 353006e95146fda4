/** Who takes part: the yardstick, and Millrace with each handler and each log. */
import type { Contender } from './server-process.ts'

export const BARE: Contender = { label: 'bare node:http, a frame per token', server: 'bare' }

export const EVENTS_MEMORY: Contender = {
  label: 'respond yields events, memory log',
  server: 'millrace',
  args: ['events', 'memory'],
}

export const EVENTS_SQLITE: Contender = {
  label: 'respond yields events, SQLite log',
  server: 'millrace',
  args: ['events', 'sqlite'],
}

export const AGENT_MEMORY: Contender = {
  label: 'Agents SDK, memory log',
  server: 'millrace',
  args: ['agent', 'memory'],
}
export const AGENT_SQLITE: Contender = {
  label: 'Agents SDK, SQLite log',
  server: 'millrace',
  args: ['agent', 'sqlite'],
}

/** With the log in a Redis; the threads in the process, so that it is the log that is compared. */
export function eventsRedis(url: string): Contender {
  return { label: 'respond yields events, Redis log', server: 'millrace', args: ['events', url] }
}

export function agentRedis(url: string): Contender {
  return { label: 'Agents SDK, Redis log', server: 'millrace', args: ['agent', url] }
}
