import { lookup } from 'node:dns/promises';
import { Resolver } from 'node:dns/promises';
import type { LookupAddress } from 'node:dns';

export type ResolveHost = (host: string) => Promise<readonly LookupAddress[]>;

/** Ms for one name server's answer, and how often it is asked. */
const TIMEOUT_MS = 2_000;
const TRIES = 2;

/**
 * Addresses of a host by DNS alone: `/etc/hosts` names what is ours, and the system's resolver takes a thread of the pool
 * per name, which four slow names would keep from everybody else.
 */
export const resolveByDns: ResolveHost = async (host) => {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  const [four, six] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  const found: LookupAddress[] = [];
  if (four.status === 'fulfilled') found.push(...four.value.map((address) => ({ address, family: 4 })));
  if (six.status === 'fulfilled') found.push(...six.value.map((address) => ({ address, family: 6 })));
  if (found.length > 0) return found;
  throw four.status === 'rejected' ? four.reason : new Error(`no address for ${host}`);
};

/** As every program of the machine resolves, for development. */
export const resolveBySystem: ResolveHost = (host) => lookup(host, { all: true });
