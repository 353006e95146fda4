/** Who a request acts for: every row and every run belongs to an owner, and is unknown to any other. */

/** The owner of what a request without a user makes. */
export const LOCAL_OWNER = 'local'

/** The default of the option `owner`: the context's `userId`, where it has one. */
export function ownerOf(context: unknown): string {
  if (typeof context !== 'object' || context === null || !('userId' in context)) return LOCAL_OWNER
  return typeof context.userId === 'string' ? context.userId : LOCAL_OWNER
}
