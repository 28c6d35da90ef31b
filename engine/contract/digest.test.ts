import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digest, digestHex, shardOf } from './digest.ts';

describe('digest', () => {
  test('is 32 hex digits, four words of 32 bits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(digestHex(text)).toMatch(/^[0-9a-f]{32}$/);
        expect(digest(text).every((word) => Number.isInteger(word) && word >= 0 && word < 2 ** 32)).toBe(true);
      }),
    );
  });

  test('stays what it is: identities and keys in journals rest on these very values', () => {
    expect(digestHex('')).toBe('00000000000000000000000000000000');
    expect([digestHex('a'), digestHex('till-7\u0000sku\u00001')]).toMatchInlineSnapshot(`
      [
        "0e8ff0974247a279105cc0d47440e91d",
        "e5522ef83d60e6ee5741580d2d7901f0",
      ]
    `);
  });

  test('[FD1] tells texts apart that differ in one code unit, in length or in order', () => {
    const texts = fc.tuple(fc.string({ maxLength: 40 }), fc.string({ maxLength: 40 }));
    fc.assert(
      fc.property(texts, ([a, b]) => {
        fc.pre(a !== b);
        expect(digestHex(a)).not.toBe(digestHex(b));
      }),
      { numRuns: 2_000 },
    );
    const padded = Array.from({ length: 33 }, (_, length) => digestHex('\u0000'.repeat(length)));
    expect(new Set(padded).size).toBe(33);
  });

  test('spreads: no two of 200,000 numbered ids share even 64 of its bits', () => {
    const seen = new Set<string>();
    for (let i = 0; i < 200_000; i++) {
      const [a, b] = digest(`2026-01-05 T${i % 997} ${i}`);
      seen.add(`${a} ${b}`);
    }
    expect(seen.size).toBe(200_000);
  });
});

describe('shardOf', () => {
  test('spreads numbered names evenly', () => {
    const counts = Array.from({ length: 16 }, () => 0);
    for (let i = 0; i < 16_000; i++) {
      const shard = shardOf(`sku-${i}`, 16);
      counts[shard] = (counts[shard] ?? 0) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(850);
    expect(Math.max(...counts)).toBeLessThan(1_150);
  });

  test('is always one of the shards', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 1_000 }), (name, shards) => {
        const shard = shardOf(name, shards);
        expect(Number.isInteger(shard) && shard >= 0 && shard < shards).toBe(true);
      }),
    );
  });
});
