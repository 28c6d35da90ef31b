import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { claimOf, isSigned, replayKeys, secretBytes } from './signatures.ts';

const NOW = 1_795_000_000_000;
const KEEP_MS = 72 * 3_600_000;
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const BODY = Buffer.from('{"sku":"A","quantity":4}');

function signed(body: Buffer, { id = 'msg_1', atMs = NOW, secret = SECRET } = {}): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(atMs / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, new Date(atMs), body),
  };
}

function accepts(headers: Record<string, string>, body: Buffer, secrets = [SECRET]): boolean {
  const claim = claimOf('standard', headers, NOW, KEEP_MS);
  const bytes = secrets.map((secret) => secretBytes('standard', secret));
  return claim !== undefined && isSigned(claim, bytes, body);
}

test('what the Standard Webhooks library signs is accepted, five minutes early or late, and no second more', () => {
  expect(accepts(signed(BODY), BODY)).toBe(true);
  for (const [offsetMs, fine] of [
    [300_000, true],
    [-300_000, true],
    [301_000, false],
    [-301_000, false],
  ] as const) {
    expect(accepts(signed(BODY, { atMs: NOW + offsetMs }), BODY)).toBe(fine);
  }
});

test('the published example of Standard Webhooks verifies', () => {
  const body = Buffer.from('{"test": 2432232314}');
  const atMs = 1_614_265_330_000;
  const headers = {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  };
  const claim = claimOf('standard', headers, atMs, KEEP_MS);
  expect(isSigned(claim!, [secretBytes('standard', SECRET)], body)).toBe(true);
});

test('either of two secrets is accepted, and either of two signatures', () => {
  const other = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
  expect(accepts(signed(BODY), BODY, [other, SECRET])).toBe(true);
  expect(accepts(signed(BODY), BODY, [other])).toBe(false);
  const headers = signed(BODY);
  const both = `${signed(BODY, { secret: other })['webhook-signature']} ${headers['webhook-signature']}`;
  expect(accepts({ ...headers, 'webhook-signature': both }, BODY)).toBe(true);
});

test('any bit of body, id, timestamp or signature that is another one is refused', () => {
  const headers = signed(BODY);
  fc.assert(
    fc.property(
      fc.constantFrom('body', ...Object.keys(headers)),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (part, at, flip) => {
        const text = Buffer.from(part === 'body' ? BODY : headers[part]!);
        text[at % text.length]! ^= flip;
        const changed = part === 'body' ? headers : { ...headers, [part]: text.toString('latin1') };
        // Base64 has bits that say nothing: the last character of the signature.
        const same =
          part === 'webhook-signature' &&
          Buffer.from(changed[part]!.slice(3), 'base64').equals(Buffer.from(headers[part]!.slice(3), 'base64'));
        fc.pre(!same || !changed[part]!.startsWith('v1,'));
        expect(accepts(changed, part === 'body' ? text : BODY)).toBe(false);
      },
    ),
  );
});

test('Shopify: the HMAC of the raw bytes in base64, and an id', () => {
  const bytes = Buffer.from([0x7b, 0xff, 0xfe, 0x7d]);
  const headers = {
    'x-shopify-webhook-id': 'b54557e4-bdd9-4b37-8a5f-bf7d70bcd043',
    'x-shopify-triggered-at': new Date(NOW - 60_000).toISOString(),
    'x-shopify-hmac-sha256': createHmac('sha256', 'hush').update(bytes).digest('base64'),
  };
  const claim = claimOf('shopify', headers, NOW, KEEP_MS)!;
  expect(isSigned(claim, [secretBytes('shopify', 'hush')], bytes)).toBe(true);
  expect(isSigned(claim, [secretBytes('shopify', 'other')], bytes)).toBe(false);
  for (const broken of [
    { 'x-shopify-webhook-id': '' },
    { 'x-shopify-triggered-at': 'yesterday' },
    { 'x-shopify-triggered-at': new Date(NOW - KEEP_MS - 1).toISOString() },
    { 'x-shopify-triggered-at': new Date(NOW + 301_000).toISOString() },
  ]) {
    expect(claimOf('shopify', { ...headers, ...broken }, NOW, KEEP_MS)).toBeUndefined();
  }
});

test('a Shopify delivery is known again by its body, because its id is not signed', () => {
  const claim = (id: string) => ({ scheme: 'shopify', id, prefix: '', signatures: [] }) as const;
  const [first, second] = ['a', 'b'].map((id) => replayKeys(claim(id), BODY));
  expect(first![0]).not.toBe(second![0]);
  expect(first![1]).toBe(second![1]);
});
