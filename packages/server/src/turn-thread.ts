/**
 * The thread a handler is given. It tells when it changed, so that nobody compares threads per event:
 * assigning a field is noticed at once, a change inside an object field (metadata, status) when it is looked for.
 */
import type { ThreadMetadata } from '@millrace/protocol'

type Field = keyof ThreadMetadata

const FIELDS: readonly Field[] = ['id', 'created_at', 'title', 'status', 'allowed_image_domains', 'metadata']

export class TurnThread {
  /** What the handler sees: own accessors, so that spreading and cloning it work. */
  readonly thread: ThreadMetadata
  /** Fields assigned since they were last saved; their values may still equal the saved ones. */
  readonly #assigned = new Set<Field>()
  /** Object fields that were handed out, and so may change without an assignment. */
  readonly #handedOut = new Set<Field>()
  readonly #values: ThreadMetadata
  /** JSON of each field as it was last saved. */
  readonly #saved = new Map<Field, string | undefined>()

  constructor(thread: ThreadMetadata) {
    const values: ThreadMetadata = structuredClone(thread)
    this.#values = values
    for (const field of FIELDS) this.#saved.set(field, json(values[field]))
    this.thread = this.#observe(values)
  }

  /** Whether a field was assigned; cheap enough to ask after every token. */
  get isAssigned(): boolean {
    return this.#assigned.size > 0
  }

  /** The fields whose values differ from the saved ones, with the values as a copy. Looks inside objects. */
  changes(): { thread: ThreadMetadata; changed: Field[] } | undefined {
    const changed = [...new Set([...this.#assigned, ...this.#handedOut])].filter(
      (field) => json(this.#values[field]) !== this.#saved.get(field),
    )
    this.#assigned.clear()
    if (changed.length === 0) return undefined
    return { thread: structuredClone(this.#values), changed }
  }

  /** Remembers `fields` as saved; what is not saved stays a change. */
  saved(thread: ThreadMetadata, fields: readonly Field[]): void {
    for (const field of fields) this.#saved.set(field, json(thread[field]))
  }

  #observe(values: ThreadMetadata): ThreadMetadata {
    const observed = { ...values }
    for (const field of FIELDS) this.#defineField(observed, values, field)
    return Object.preventExtensions(observed)
  }

  #defineField<F extends Field>(observed: ThreadMetadata, values: ThreadMetadata, field: F): void {
    Object.defineProperty(observed, field, {
      enumerable: true,
      get: () => {
        if (typeof values[field] === 'object') this.#handedOut.add(field)
        return values[field]
      },
      set: (value: ThreadMetadata[F]) => {
        values[field] = value
        this.#assigned.add(field)
      },
    })
  }
}

/** A null field and an absent one are the same thread. */
function json(value: unknown): string | undefined {
  return JSON.stringify(value ?? undefined)
}
