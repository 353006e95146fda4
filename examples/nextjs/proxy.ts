/** Goes before every page (and nothing else): gives a browser that has none the cookie by which it is known. */
import { type NextRequest, NextResponse } from 'next/server'
import { GUEST_COOKIE, GUEST_COOKIE_OPTIONS, isGuest } from './server/guest.ts'

export function proxy(request: NextRequest): NextResponse {
  const response = NextResponse.next()
  const guest = request.cookies.get(GUEST_COOKIE)?.value
  if (!guest || !isGuest(guest)) {
    const secure = request.nextUrl.protocol === 'https:'
    response.cookies.set(GUEST_COOKIE, crypto.randomUUID(), { ...GUEST_COOKIE_OPTIONS, secure })
  }
  return response
}

export const config = { matcher: ['/', '/chat', '/hooks/:path*'] }
