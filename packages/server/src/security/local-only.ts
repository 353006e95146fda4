/** Handlers that know no users: whoever reaches them is the one local user, so nobody but this machine may. */
const handlers = new WeakSet<object>()

export function markLocalOnly(handler: object): void {
  handlers.add(handler)
}

export function isLocalOnly(handler: object): boolean {
  return handlers.has(handler)
}
