import { expect, test } from 'vitest'
import { networkOf } from './rate-limit-address.ts'

function seenFrom(remoteAddress: string | undefined, forwarded?: string): string | undefined {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }
  return networkOf(new Request('http://localhost/', { headers }), { incoming: { socket: { remoteAddress } } })
}

test.each([
  ['203.0.113.9', '203.0.113.9'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::', '2001:db8:1:2::/64'],
  ['2001:0db8::9', '2001:db8:0:0::/64'],
])('%s counts as %s', (address, network) => {
  expect(seenFrom(address)).toBe(network)
})

test.each([
  ['127.0.0.1', '198.51.100.1, 203.0.113.9', '203.0.113.9'],
  ['::ffff:10.0.0.7', '203.0.113.9', '203.0.113.9'],
  ['172.16.3.1', '203.0.113.9:4711', '203.0.113.9'],
  ['::1', '[2001:db8:1:2::7]:443', '2001:db8:1:2::/64'],
  ['fe80::1%eth0', '203.0.113.9', '203.0.113.9'],
])('behind a proxy at %s the last address of %j counts', (peer, forwarded, network) => {
  expect(seenFrom(peer, forwarded)).toBe(network)
})

test.each(['127.0.0.1', '::1', '192.168.1.4', 'fd00::7'])('from %s alone nobody can be told from another', (peer) => {
  expect(seenFrom(peer)).toBeUndefined()
  expect(seenFrom(peer, '')).toBeUndefined()
})

test.each(['203.0.113.9', '172.32.0.1', '2001:db8::1'])('what %s forwards is not believed', (peer) => {
  expect(seenFrom(peer, '198.51.100.1')).toBe(seenFrom(peer))
})

test('a runtime that does not tell gives none', () => {
  const request = new Request('http://localhost/', { headers: { 'x-forwarded-for': '203.0.113.9' } })
  for (const env of [undefined, {}, { incoming: {} }, { incoming: { socket: {} } }]) {
    expect(networkOf(request, env)).toBeUndefined()
  }
})
