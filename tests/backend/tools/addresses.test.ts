import { networkInterfaces } from 'node:os'
import { expect, test } from 'vitest'
import { isPublicAddress, publicWeb } from '../../../backend/tools/web/access.ts'

test.each(['1.1.1.1', '93.184.215.14', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450:4001::1'])(
  'isPublicAddress() takes %s',
  (address) => {
    expect(isPublicAddress(address)).toBe(true)
  },
)

test.each([
  ['this machine', '127.0.0.1 127.255.255.254 ::1 0.0.0.0 0.1.2.3 ::'],
  ['private networks', '10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 fc00::1 fd12::1 fec0::1'],
  ['shared addresses of providers', '100.64.0.1 100.100.100.200 100.127.255.255'],
  ['links, and metadata of clouds', '169.254.169.254 fe80::1 168.63.129.16 fd00:ec2::254'],
  ['many at once', '224.0.0.1 239.255.255.255 ff02::1 255.255.255.255'],
  [
    'reserved',
    '240.0.0.1 192.0.0.8 192.0.2.1 198.18.0.1 198.51.100.1 203.0.113.1 192.88.99.1 2001:db8::1 100::1',
  ],
  ['IPv4 inside of IPv6', '::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:8.8.8.8 ::127.0.0.1 ::ffff:0:127.0.0.1'],
  ['tunnels and translations', '64:ff9b::7f00:1 64:ff9b:1::1 2002:7f00:1:: 2001:0:7f00:1::'],
  ['never handed out', '4000::1 5f00::1 3fff::1'],
  ['links with a zone', 'fe80::1%eth0 ::1%1'],
  ['no addresses', 'localhost 127.1 2130706433 0x7f.0.0.1 1.1.1.1/8'],
])('isPublicAddress() refuses %s', (_kind, addresses) => {
  for (const address of [...addresses.split(' '), '']) {
    expect([address, isPublicAddress(address)]).toEqual([address, false])
  }
})

test('publicWeb connects to the usual ports of the web only, and never to this machine', () => {
  expect([80, 443, 8080, 8443].map((port) => publicWeb.mayConnect('1.1.1.1', port))).not.toContain(false)
  for (const port of [22, 25, 5432, 6379, 11_434, 0])
    expect(publicWeb.mayConnect('1.1.1.1', port)).toBe(false)
  for (const { address } of Object.values(networkInterfaces()).flatMap((known) => known ?? [])) {
    expect(publicWeb.mayConnect(address, 80)).toBe(false)
  }
})
