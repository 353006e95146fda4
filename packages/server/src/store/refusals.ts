/** What a store says when it can't do what it is asked for; the same words in every implementation. */
import { ChatKitError } from '@millrace/protocol'

export function notFound(what: 'thread' | 'item' | 'attachment' | 'cursor', id: string): ChatKitError {
  return what === 'cursor'
    ? new ChatKitError('not_found', `There is no ${JSON.stringify(id)} to list on from.`, { param: 'after' })
    : new ChatKitError('not_found', `There is no ${what} ${JSON.stringify(id)}.`)
}

export function unreachable(cause: unknown): ChatKitError {
  return new ChatKitError('unavailable', "The conversations can't be reached right now. Try again in a moment.", {
    cause,
  })
}
