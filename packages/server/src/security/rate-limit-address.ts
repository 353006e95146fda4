/** Where a request comes from, for limits on people whom nobody knows. */

/** What Node's adapter passes beside a request. */
interface NodeEnv {
  incoming: { socket: { remoteAddress?: string | undefined } }
}

/**
 * The network that a request came from: an IPv4 address, or the first half of an IPv6 one, since a single customer has all of
 * its second half. Undefined where it can't be known.
 *
 * What comes from this machine or a private network came through a proxy, or from somebody who is trusted with it: there
 * the last address of `x-forwarded-for` counts, which the nearest proxy wrote, and without that header all are one and
 * nothing is known. What the internet itself sends in that header is not believed.
 */
export function networkOf(request: Request, env: unknown): string | undefined {
  const peer = isNodeEnv(env) ? env.incoming.socket.remoteAddress : undefined
  if (peer === undefined) return undefined
  const address = plain(peer)
  if (!PRIVATE.test(address)) return halved(address)
  const forwarded = request.headers.get('x-forwarded-for')?.split(',').at(-1)?.trim()
  return forwarded ? halved(plain(forwarded)) : undefined
}

function isNodeEnv(env: unknown): env is NodeEnv {
  return typeof env === 'object' && env !== null && 'incoming' in env && hasSocket(env.incoming)
}

function hasSocket(incoming: unknown): boolean {
  return typeof incoming === 'object' && incoming !== null && 'socket' in incoming && Boolean(incoming.socket)
}

/** Without brackets, port and zone, and an IPv4 address as itself where a socket for both kinds wrote it as IPv6. */
function plain(address: string): string {
  const bare = /^\[([^\]]*)\]/.exec(address)?.[1] ?? address.replace(/^([\d.]+):\d+$/, '$1')
  return bare
    .replace(/%.*$/, '')
    .replace(/^::ffff:(?=[\d.]+$)/i, '')
    .toLowerCase()
}

/** RFC 1918, RFC 4193, RFC 3927, RFC 4291 and loopback. */
const PRIVATE = /^(127|10|192\.168|169\.254|172\.(1[6-9]|2\d|3[01]))\.|^::1$|^f[cd]|^fe[89ab]/

/** The first 64 bits of an IPv6 address; anything else as it is. */
function halved(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail] = address.split('::', 2)
  const groups = (part: string) => part.split(':').filter((group) => group !== '')
  const end = tail === undefined ? [] : groups(tail)
  const start = groups(head)
  const zeros = Array.from({ length: Math.max(0, 8 - start.length - end.length) }, () => '0')
  const all = [...start, ...zeros, ...end].slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''))
  return `${all.join(':')}::/64`
}
