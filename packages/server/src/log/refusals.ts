/** What a log says when it can't do what it is asked for; the same words in every implementation. */
import { ChatKitError } from '@millrace/protocol'

export function unknownRun(): ChatKitError {
  return new ChatKitError('not_found', 'There is no such answer.')
}

export function expired(): ChatKitError {
  return new ChatKitError('expired', 'This answer is no longer kept. The conversation holds it: load the thread.')
}

/** The cause of the one refusal that does not pass by waiting. */
const TAKEN_OVER = 'taken over'

export function takenOver(): ChatKitError {
  return new ChatKitError('unavailable', 'Another process has taken over this answer. Load the thread again.', {
    cause: TAKEN_OVER,
  })
}

/** Whether the run is another writer's for good. */
export function isTakenOver(error: unknown): boolean {
  return error instanceof ChatKitError && error.cause === TAKEN_OVER
}

export function closed(): ChatKitError {
  return new ChatKitError('unavailable', 'The server is going away. Try again in a moment.')
}

export function notWritten(cause: unknown): ChatKitError {
  return new ChatKitError('unavailable', 'The server could not keep the answer. Try again in a moment.', { cause })
}

export function unreadable(cause: unknown): ChatKitError {
  return new ChatKitError('unavailable', "The answers can't be read right now. Try again in a moment.", { cause })
}

/** A log that is another process, and out of reach. */
export function away(cause: unknown): ChatKitError {
  return new ChatKitError('unavailable', "Answers can't be written or read right now. Try again in a moment.", {
    cause,
  })
}
