/**
 * Where ours deviates from a doubtful recording of a widget on purpose: rules on behaviour, not names of cases. A rule says
 * when it applies and checks what ours does instead. `conformance/deviations.md` has one line for each.
 */
import { applyItemUpdate, normalizeWidget, type ThreadItemUpdate, type WidgetItem } from '@millrace/protocol'
import type { CaseResult } from '../case.ts'
import { difference, isRecord } from '../compare.ts'
import type { Outcome, WidgetCase } from './case.ts'

export interface Deviating {
  folder: string
  recorded: WidgetCase
  outcome: Outcome
  /** The difference that made somebody ask. */
  why: string
}

interface Rule {
  id: string
  applies(deviating: Deviating): boolean
  /** What is wrong with ours, or undefined where it does what the rule says. */
  check(deviating: Deviating): string | undefined
}

/** One of the rules that apply has to hold. */
export function deviationOf(deviating: Deviating): CaseResult {
  const wrongs: string[] = []
  for (const { id, applies, check } of RULES) {
    if (!applies(deviating)) continue
    const wrong = check(deviating)
    if (wrong === undefined) return { ok: true, deviation: id }
    wrongs.push(`${id}: ${wrong}`)
  }
  return { ok: false, why: wrongs.length > 0 ? wrongs.join('; ') : `no deviation covers this: ${deviating.why}` }
}

const RULES: readonly Rule[] = [
  {
    id: 'widgets-keep-what-they-hold',
    applies: ({ folder, recorded }) => folder !== 'diff' && recorded.json !== undefined,
    check: ({ recorded, outcome }) => lostOrInvented(outcome, recorded),
  },
  {
    id: 'widgets-keep-what-they-hold',
    applies: ({ recorded, outcome }) => isRootUpdate(recorded.updates) && isRootUpdate(updatesOf(outcome)),
    check: ({ recorded, outcome }) =>
      lostOrInvented(rootOf(updatesOf(outcome)), {
        ...recorded,
        json: rootOf(recorded.updates ?? []).value,
        widget: recorded.after,
      }),
  },
  {
    id: 'a-text-that-ends-as-it-grows-is-one-delta',
    applies: ({ recorded, outcome }) => isRootUpdate(recorded.updates) && updatesOf(outcome).every(isLastDelta),
    check: leadsAstray,
  },
  {
    id: 'no-change-of-a-widget-is-lost',
    applies: ({ folder, recorded }) =>
      folder === 'diff' && (recorded.error !== undefined || !isRootUpdate(recorded.updates)),
    check: leadsAstray,
  },
]

function updatesOf(outcome: Outcome): ThreadItemUpdate[] {
  return 'value' in outcome && Array.isArray(outcome.value) ? outcome.value : []
}

function isRootUpdate(updates: unknown[] = []): boolean {
  return updates.length === 1 && isRecord(updates[0]) && updates[0].type === 'widget.root.updated'
}

/** The widget that a single root update holds, as an outcome. */
function rootOf(updates: readonly unknown[]): Outcome & { value: unknown } {
  const [update] = updates
  return { value: isRecord(update) ? update.widget : undefined }
}

function isLastDelta(update: ThreadItemUpdate): boolean {
  return update.type === 'widget.streaming_text.value_delta' && update.done
}

/** Whether a client that follows the updates from `before` arrives anywhere but at `after`. */
function leadsAstray({ recorded, outcome }: Deviating): string | undefined {
  const item: WidgetItem = {
    type: 'widget',
    id: 'i',
    thread_id: 't',
    created_at: '',
    widget: normalizeWidget(recorded.before),
  }
  const followed = updatesOf(outcome).reduce((state, update) => asWidget(applyItemUpdate(state, update)), item)
  return difference(withoutNameless(followed.widget), withoutNameless(normalizeWidget(recorded.after)))
}

/** The growth of a text without an id is not sent before the item is done. */
function withoutNameless(widget: unknown): unknown {
  return JSON.parse(JSON.stringify(widget), (_key, value: unknown) => {
    const isNameless = isRecord(value) && (value.type === 'Text' || value.type === 'Markdown') && !value.id
    return isNameless ? { ...value, value: '' } : value
  })
}

function asWidget(item: ReturnType<typeof applyItemUpdate>): WidgetItem {
  if (item.type !== 'widget') throw new TypeError('A widget became another item.')
  return item
}

/** Ours holds all that was recorded; what it holds besides is what the widget was given, or a default of an action. */
function lostOrInvented(outcome: Outcome, { json, widget }: WidgetCase): string | undefined {
  if ('refused' in outcome) return `refused (${outcome.refused})`
  return missing(json, outcome.value, 'recorded') ?? missing(outcome.value, widget, 'given')
}

const ACTION_DEFAULTS: Readonly<Record<string, unknown>> = {
  handler: 'server',
  loadingBehavior: 'auto',
  streaming: true,
}

/** What `part` holds and `whole` doesn't. */
function missing(part: unknown, whole: unknown, what: string, path = ''): string | undefined {
  if (Array.isArray(part) && Array.isArray(whole)) {
    const entries = whole.filter((entry) => entry !== null)
    if (part.length !== entries.length) return `${path}: ${part.length} entries of ${entries.length} ${what}`
    return firstOf(part, (entry, index) => missing(entry, entries[Number(index)], what, `${path}[${index}]`))
  }
  if (!isRecord(part) || !isRecord(whole)) return difference(part, whole, {}, path)
  return firstOf(part, (field, key) => {
    const isDefault = whole[key] === undefined && ACTION_DEFAULTS[key] === field
    return isDefault ? undefined : missing(field, whole[key], what, `${path}.${key}`)
  })
}

function firstOf(fields: object, look: (field: unknown, key: string) => string | undefined): string | undefined {
  for (const [key, field] of Object.entries(fields)) {
    const found = look(field, key)
    if (found) return found
  }
  return undefined
}
