import { BlockList, isIP, isIPv6 } from 'node:net';

// Addresses a webhook may go to: those of the public internet. Whoever can name an endpoint must not reach through us what
// only we can reach.

const BLOCKED_4: readonly (readonly [net: string, bits: number])[] = [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // carrier-grade NAT
  ['127.0.0.0', 8], // loopback
  ['169.254.0.0', 16], // link-local, with the clouds' metadata
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // 6to4 relays
  ['192.168.0.0', 16], // private
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, broadcast
];

/** What global unicast (2000::/3) has besides the internet. All else of IPv6 is not global: loopback, mapped, NAT64, local. */
const BLOCKED_6: readonly (readonly [net: string, bits: number])[] = [
  ['2001::', 23], // protocol assignments, with Teredo
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4: an IPv4 address in it may be any
  ['3fff::', 20], // documentation
];

const blocked = new BlockList();
for (const [net, bits] of BLOCKED_4) blocked.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of BLOCKED_6) blocked.addSubnet(net, bits, 'ipv6');
const global6 = new BlockList();
global6.addSubnet('2000::', 3, 'ipv6');

/** False for whatever is no address, too. */
export function isPublicAddress(address: string): boolean {
  if (isIPv6(address)) return global6.check(address, 'ipv6') && !blocked.check(address, 'ipv6');
  return isIP(address) === 4 && !blocked.check(address, 'ipv4');
}
