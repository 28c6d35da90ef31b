import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestHex } from '../contract/digest.ts';
import { type KeyRow, KeyTable } from './keys.ts';
import { Pages } from './pages.ts';
import { KEY_KEPT_MS } from './remembered.ts';

const HOUR_MS = 3_600_000;
const digestOf = (n: number): string => digestHex(`key ${n}`);

test('[RS2] a key is remembered until a day after its end, refusals with their answer, as a Map would', () => {
  const moves = fc.array(
    fc.record({ key: fc.nat(60), what: fc.constantFrom('make', 'refuse', 'end', 'pass'), hours: fc.nat(20) }),
    { maxLength: 300, size: 'max' },
  );
  fc.assert(
    fc.property(moves, (list) => {
      const table = new KeyTable(new Pages());
      const model = new Map<string, { row: KeyRow; endedAt?: number }>();
      let nowMs = 0;
      list.forEach(({ key, what, hours }, i) => {
        const digest = digestOf(key);
        const known = model.get(digest);
        if (what === 'pass') nowMs += hours * HOUR_MS;
        else if (what === 'end' && known !== undefined && known.endedAt === undefined) {
          table.end(digest, (known.endedAt = nowMs));
        } else if ((what === 'make' || what === 'refuse') && known === undefined) {
          const refusal = { status: 'refused', code: 'units-exceed-available', units: key } as const;
          const row = { contentDigest: digestOf(i), lsn: i, ...(what === 'refuse' && { refusal }) };
          table.put(digest, row);
          model.set(digest, { row });
        }
        table.forgetOld(nowMs);
        for (const [each, { endedAt }] of model) {
          if (endedAt !== undefined && endedAt + KEY_KEPT_MS <= nowMs) model.delete(each);
        }
      });
      const found = Array.from({ length: 61 }, (_, n) => table.find(digestOf(n)));
      expect(found).toEqual(Array.from({ length: 61 }, (_, n) => model.get(digestOf(n))?.row));
    }),
    { numRuns: 100 },
  );
});
