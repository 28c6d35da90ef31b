import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** How a source signs what it posts: Standard Webhooks, or the HMAC of a shop's bodies. */
export const WEBHOOK_SCHEMES = ['standard', 'shopify', 'woocommerce'] as const;
export type WebhookScheme = (typeof WEBHOOK_SCHEMES)[number];

/** How far a signed timestamp may be from our clock, in ms: Standard Webhooks' five minutes. */
const TOLERANCE_MS = 5 * 60_000;

const ID_LENGTH_MAX = 256;
const TOPIC_LENGTH_MAX = 64;
/** Signatures of one header that are looked at: a sender that rotates sends two. */
const SIGNATURES_MAX = 8;

/** What the headers claim. Nothing of it holds before `isSigned`. */
export interface Claim {
  readonly scheme: WebhookScheme;
  readonly id: string;
  /** What the shop calls what it says: `orders/create`, `order.updated`. Not signed. */
  readonly topic?: string;
  /** Before the body in what is signed: `id.timestamp.`; empty for shops, which sign the body alone. */
  readonly prefix: string;
  readonly signatures: readonly Buffer[];
}

/** Undefined when a header is missing, malformed, or of a time that is not now. `keepMs`: how long ids are remembered. */
export function claimOf(
  scheme: WebhookScheme,
  headers: IncomingHttpHeaders,
  nowMs: number,
  keepMs: number,
): Claim | undefined {
  switch (scheme) {
    case 'standard':
      return standardClaim(headers, nowMs);
    case 'shopify':
      return shopifyClaim(headers, nowMs, keepMs);
    case 'woocommerce':
      return wooClaim(headers);
  }
}

/**
 * Whether one of the secrets signed exactly these bytes. Every secret is compared with every signature, and each in
 * constant time, so that the time taken tells neither which one nor how much of it was right.
 */
export function isSigned({ prefix, signatures }: Claim, secrets: readonly Uint8Array[], body: Uint8Array): boolean {
  let found = false;
  for (const secret of secrets) {
    const expected = createHmac('sha256', secret).update(prefix).update(body).digest();
    for (const signature of signatures) if (timingSafeEqual(expected, signature)) found = true;
  }
  return found;
}

/**
 * By what a delivery is known when it comes again. A shop's id is not signed, so whoever has seen a delivery could send it
 * with another one: its body counts too, which says by the time of its change what moment it is about. WooCommerce's id
 * does not count: two deliveries of a second share it. A shop that has made an order may say the same once more as its
 * update, and first, but only the creation places it: so the two are two.
 */
export function replayKeys({ scheme, id, topic }: Claim, body: Uint8Array): readonly string[] {
  const key = (kind: string, of: string | Uint8Array): string =>
    kind + createHash('sha256').update(of).digest('base64url');
  const ofBody = (): string => key(CREATIONS.has(topic ?? '') ? 'c' : 'b', body);
  switch (scheme) {
    case 'standard':
      return [key('i', id)];
    case 'shopify':
      return [key('i', id), ofBody()];
    case 'woocommerce':
      return [ofBody()];
  }
}

const CREATIONS: ReadonlySet<string> = new Set(['orders/create', 'order.created']);

/** The bytes that sign: Standard Webhooks' are base64 behind `whsec_`, a shop's are the text itself. */
export function secretBytes(scheme: WebhookScheme, secret: string): Uint8Array {
  return scheme === 'standard' ? Buffer.from(secret.replace(/^whsec_/, ''), 'base64') : Buffer.from(secret);
}

function standardClaim(headers: IncomingHttpHeaders, nowMs: number): Claim | undefined {
  const id = textOf(headers['webhook-id'], ID_LENGTH_MAX);
  const timestamp = textOf(headers['webhook-timestamp'], 15);
  const given = textOf(headers['webhook-signature'], 1_024);
  if (id === undefined || given === undefined || timestamp === undefined || !/^[0-9]+$/.test(timestamp))
    return undefined;
  if (Math.abs(Math.floor(nowMs / 1000) - Number(timestamp)) * 1000 > TOLERANCE_MS) return undefined;
  const versioned = given.split(' ').slice(0, SIGNATURES_MAX);
  const signatures = versioned.flatMap((one) => (one.startsWith('v1,') ? signatureOf(one.slice(3)) : []));
  return { scheme: 'standard', id, prefix: `${id}.${timestamp}.`, signatures };
}

/** Its time is not signed either: it only spares the work for what is long past. */
function shopifyClaim(headers: IncomingHttpHeaders, nowMs: number, keepMs: number): Claim | undefined {
  const id = textOf(headers['x-shopify-webhook-id'], ID_LENGTH_MAX);
  const given = textOf(headers['x-shopify-hmac-sha256'], 128);
  if (id === undefined || given === undefined) return undefined;
  const triggered = headers['x-shopify-triggered-at'];
  if (triggered !== undefined) {
    const ageMs = nowMs - Date.parse(String(triggered));
    if (!(ageMs <= keepMs && ageMs >= -TOLERANCE_MS)) return undefined;
  }
  return { scheme: 'shopify', id, ...topicOf(headers['x-shopify-topic']), prefix: '', signatures: signatureOf(given) };
}

/** It says no time at all. */
function wooClaim(headers: IncomingHttpHeaders): Claim | undefined {
  const id = textOf(headers['x-wc-webhook-delivery-id'], ID_LENGTH_MAX);
  const given = textOf(headers['x-wc-webhook-signature'], 128);
  if (id === undefined || given === undefined) return undefined;
  const topic = topicOf(headers['x-wc-webhook-topic']);
  return { scheme: 'woocommerce', id, ...topic, prefix: '', signatures: signatureOf(given) };
}

function topicOf(header: string | string[] | undefined): { readonly topic?: string } {
  const topic = textOf(header, TOPIC_LENGTH_MAX);
  return topic === undefined ? {} : { topic };
}

function signatureOf(base64: string): Buffer[] {
  const bytes = Buffer.from(base64, 'base64');
  return bytes.length === 32 ? [bytes] : [];
}

function textOf(value: string | string[] | undefined, lengthMax: number): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= lengthMax ? value : undefined;
}
