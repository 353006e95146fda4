/**
 * Some servers give the answers of two turns one id. Then the later one gets a name of its own on this side, so that it
 * does not overwrite the earlier on screen.
 */
import { ChatKitError, type ThreadItem } from '@millrace/protocol'
import type { Core } from './core.ts'

/** Ids of messages that the server has not stored yet begin with this. */
export const LOCAL = 'local_'

const MARK = '~again~'

/** The id under which the server knows an item. */
export function serverId(id: string): string {
  const mark = id.indexOf(MARK)
  return mark < 0 ? id : id.slice(0, mark)
}

/** The ids of one turn's items. */
export class ItemIds {
  #core: Core
  /** What this turn brought. */
  #own = new Set<string>()
  /** What is called differently here. */
  #names = new Map<string, string>()

  constructor(core: Core) {
    this.#core = core
  }

  /** What an item of this turn is called here. */
  of(id: string): string {
    return this.#names.get(id) ?? id
  }

  isOwn(id: string): boolean {
    return this.#own.has(id)
  }

  own(id: string): void {
    this.#own.add(id)
  }

  /** The item under the name that it has here; `begins`: it may be a new one. */
  named(item: ThreadItem, begins: boolean): ThreadItem {
    const { transcript, emit, newId } = this.#core
    const name = this.#names.get(item.id)
    if (name !== undefined) return { ...item, id: name }
    const isTaken = transcript.get(item.id) !== undefined && !this.#own.has(item.id)
    if (!begins || !isTaken || item.type === 'user_message' || !transcript.isOfEarlierTurn(item.id)) return item
    const id = `${item.id}${MARK}${newId()}`
    this.#names.set(item.id, id)
    const message = `The server used the item id "${item.id}" in two turns. Give each item an id of its own.`
    emit({ type: 'error', error: new ChatKitError('server_error', message) })
    return { ...item, id }
  }
}
