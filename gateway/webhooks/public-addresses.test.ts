import { describe, expect, test } from 'vitest';
import { isPublicAddress } from './public-addresses.ts';

/** First and last of each range. */
const INSIDE = [
  ['this network', '0.0.0.0', '0.255.255.255'],
  ['private 10', '10.0.0.0', '10.255.255.255'],
  ['carrier-grade NAT', '100.64.0.0', '100.127.255.255'],
  ['loopback', '127.0.0.1', '127.255.255.255'],
  ['link-local', '169.254.0.0', '169.254.169.254'],
  ['private 172', '172.16.0.0', '172.31.255.255'],
  ['assignments', '192.0.0.0', '192.0.0.255'],
  ['documentation', '192.0.2.1', '203.0.113.9'],
  ['6to4 relays', '192.88.99.1', '192.88.99.255'],
  ['private 192', '192.168.0.0', '192.168.255.255'],
  ['benchmarks', '198.18.0.0', '198.19.255.255'],
  ['multicast', '224.0.0.1', '239.255.255.255'],
  ['reserved', '240.0.0.0', '255.255.255.255'],
  ['loopback 6', '::1', '::'],
  ['mapped loopback', '::ffff:127.0.0.1', '::ffff:7f00:1'],
  ['mapped public', '::ffff:8.8.8.8', '::ffff:808:808'],
  ['IPv4 in IPv6', '::8.8.8.8', '::127.0.0.1'],
  ['NAT64', '64:ff9b::808:808', '64:ff9b:1::1'],
  ['unique local', 'fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['link-local 6', 'fe80::1', 'febf::1'],
  ['site-local', 'fec0::1', 'feff::1'],
  ['multicast 6', 'ff00::', 'ff02::1'],
  ['documentation 6', '2001:db8::1', '3fff::1'],
  ['Teredo', '2001::1', '2001:0:ffff::1'],
  ['6to4 of a private address', '2002:a00:1::1', '2002:7f00:1::'],
  ['discard', '100::1', '100::ffff'],
  ['no address', 'localhost', '010.1.1.1'],
  ['with a zone', 'fe80::1%eth0', '::1%lo'],
] as const;

describe.each(INSIDE)('%s', (_name, first, last) => {
  test.each([first, last])('%s is not public', (address) => expect(isPublicAddress(address)).toBe(false));
});

/** What lies just outside. */
test.each([
  '1.0.0.0',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '126.255.255.255',
  '128.0.0.0',
  '169.253.255.255',
  '172.15.255.255',
  '172.32.0.0',
  '192.0.1.0',
  '192.167.255.255',
  '192.169.0.0',
  '198.17.255.255',
  '198.20.0.0',
  '223.255.255.255',
  '2001:200::1',
  '2606:4700::1111',
  '2a00:1450:4001::1',
])('%s is public', (address) => expect(isPublicAddress(address)).toBe(true));
