/** Who asks: each browser is a guest of its own, by a cookie that nobody can guess. An app with accounts names its users here. */

export const GUEST_COOKIE = 'guest'

/** For the cookie: no script reads it, and no other site sends it. */
export const GUEST_COOKIE_OPTIONS = {
  httpOnly: true,
  sameSite: 'lax',
  path: '/',
  maxAge: 60 * 60 * 24 * 365,
} as const

export interface User {
  userId: string
}

/** The user of a request; undefined is answered with 401. */
export function userOf(request: Request): User | undefined {
  const cookies = request.headers.get('cookie')?.split(/;\s*/) ?? []
  const guest = cookies.find((cookie) => cookie.startsWith(`${GUEST_COOKIE}=`))?.slice(GUEST_COOKIE.length + 1)
  return guest && isGuest(guest) ? { userId: `guest_${guest}` } : undefined
}

/** Whether it is an id of ours, and not whatever somebody wrote into the cookie. */
export function isGuest(id: string): boolean {
  return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(id)
}
