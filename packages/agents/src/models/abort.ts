/** Being stopped, as the Agents SDK knows it. */

/** The error of a stopped model: the SDK ends a run quietly for errors of this name only, whatever the signal's reason. */
export function abortError(signal: AbortSignal | undefined): Error {
  return new DOMException(`The model was stopped (${String(signal?.reason)}).`, 'AbortError')
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortError(signal)
}
