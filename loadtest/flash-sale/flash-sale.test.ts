import { expect, test } from 'vitest';
import { isRight, runFlash } from './run.ts';

/** A run takes seconds; on a busy machine many of them. */
const RUN_MS_MAX = 120_000;

test(
  'every unit is promised once, the rest are refused, and every page hears that nothing is left',
  async () => {
    const result = await runFlash({ sockets: 30, units: 40, reservations: 100, shoppers: 8 });
    expect(result).toMatchObject({ accepted: 40, refused: { 'units-exceed-available': 60 }, oversold: 0, unheard: 0 });
    expect(result.deliveries).toBeGreaterThanOrEqual(30);
    expect(isRight(result)).toBe(true);
    expect(isRight({ ...result, oversold: 1 })).toBe(false);
    expect(isRight({ ...result, refused: { 'rate-limited': 1 } })).toBe(false);
    expect(isRight({ ...result, unheard: 1 })).toBe(false);
  },
  RUN_MS_MAX,
);
