import type { IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';
import type { Fault, Option } from './option.ts';

/** Whether the word of the proxy at an address, so many hops away, counts (0: who connects to us). */
export type TrustedProxy = (address: string, hop: number) => boolean;

/** More proxies in a row are a mistake. */
const HOPS_MAX = 10;

/** Undefined: nobody's word counts, the address is that of the connection. */
export function trustedProxies(name: string, about: string): Option<TrustedProxy | undefined> {
  return { name, fallback: '', about, read };
}

/**
 * Whose address it is, by `X-Forwarded-For` as far as it was written by proxies that are trusted. Fastify's `request.ip` is
 * the same function; this is for handshakes that do not go through it.
 */
export function clientAddress(request: IncomingMessage, trusted: TrustedProxy | undefined): string {
  return (trusted === undefined ? request.socket.remoteAddress : proxyAddr(request, trusted)) ?? '';
}

function read(given: string): TrustedProxy | undefined | Fault {
  if (given === '') return undefined;
  if (/^\d+$/.test(given)) return hopsOf(Number(given));
  try {
    return proxyAddr.compile(given.split(',').map((one) => one.trim()));
  } catch {
    return { fault: `must be a number of hops, or list addresses like 10.0.0.0/8, loopback; got ${given}` };
  }
}

function hopsOf(hops: number): TrustedProxy | Fault {
  if (hops < 1 || hops > HOPS_MAX) return { fault: `must be 1 to ${HOPS_MAX} hops, got ${hops}` };
  return (_address, hop) => hop < hops;
}
