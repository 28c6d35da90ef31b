import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ID_CHARS_MAX, isRefusal, parseSku, reservationId, shardOfReservation } from './ids.ts';

describe('ids', () => {
  test('visible characters without spaces are taken as they are', () => {
    for (const id of ['8412345', 'urn:epc:id:sgtin:0614141.107346.2017', 'Größe-42', 'a|b', 'x'.repeat(ID_CHARS_MAX)]) {
      expect(parseSku(id)).toBe(id);
    }
  });

  test.each([
    ['', '""'],
    [' a', '" a"'],
    ['a b', '"a b"'],
    ['a\u0000b', '"a\\u0000b"'],
    ['a\nb', '"a\\nb"'],
    ['x'.repeat(ID_CHARS_MAX + 1), `"${'x'.repeat(40)}"`],
    [42, 'number'],
    [undefined, 'undefined'],
    [{}, 'object'],
  ])('%j is refused with what was got', (value, got) => {
    const refusal = parseSku(value);
    expect(isRefusal(refusal)).toBe(true);
    expect(refusal).toEqual({
      code: 'malformed-id',
      message: `sku must be 1 to 128 visible characters without spaces, got ${got}`,
    });
  });

  test('[RS2] a reservation id names its shard', () => {
    fc.assert(
      fc.property(fc.nat(9_999), fc.maxSafeNat(), (shard, number) => {
        fc.pre(number < 36 ** 10);
        expect(shardOfReservation(reservationId(shard, number))).toBe(shard);
      }),
    );
    for (const text of ['', 'r', 'r-1', 'r1', 'r1-', 'r12345-1', 'R1-1', 'r1-A', ' r1-1']) {
      expect(shardOfReservation(text)).toBeUndefined();
    }
  });
});
