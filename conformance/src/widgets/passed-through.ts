/**
 * The rule of the cases for what is a plain object already: it may be passed on as it is, as long as nulls are dropped and
 * actions of known components get their defaults. So a prop is right as the reference coerces it, and as it was given.
 */
import { difference, isRecord } from '../compare.ts'
import type { Outcome, WidgetCase } from './case.ts'

export function isPassedThrough(outcome: Outcome, { widget, json }: WidgetCase): boolean {
  return 'value' in outcome && json !== undefined && fits(outcome.value, json, widget)
}

function fits(ours: unknown, recorded: unknown, given: unknown): boolean {
  if (difference(ours, recorded) === undefined || difference(ours, given) === undefined) return true
  if (Array.isArray(ours) && Array.isArray(recorded) && Array.isArray(given)) {
    const entries = given.filter((entry) => entry !== null)
    const isSameLength = ours.length === recorded.length && ours.length === entries.length
    return isSameLength && ours.every((entry, index) => fits(entry, recorded[index], entries[index]))
  }
  if (!isRecord(ours) || !isRecord(recorded) || !isRecord(given)) return false
  const keys = new Set([...Object.keys(ours), ...Object.keys(recorded)])
  return [...keys].every((key) => fits(ours[key], recorded[key], given[key]))
}
