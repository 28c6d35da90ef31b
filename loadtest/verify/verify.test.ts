import { expect, test } from 'vitest';
import { isRight, verify } from './verify.ts';

test('[AV2][FD1][FD2][FD3][OR1][OR8][RS2][RS4] a week of the year and a small hot set: plain, shuffled and killed, every number is right', async () => {
  const said: string[] = [];
  const { verified, passes, invoices } = await verify({ seed: 7, small: true, say: (line) => said.push(line) });
  if (!isRight(verified)) console.error(said.join('\n'));
  expect(verified).toMatchObject({
    mismatches: 0,
    oversold: 0,
    orders: 50,
    shuffledMismatches: 0,
    crashMismatches: 0,
    invoiceMismatches: 0,
  });
  expect(verified.positions).toBeGreaterThan(1000);
  expect(invoices?.orders).toBeGreaterThan(20);
  expect(Math.min(invoices!.units.returned, invoices!.units.refused)).toBeGreaterThan(0);
  const plain = passes.get('plain');
  const shuffled = passes.get('shuffled');
  // The shuffled pass sent everything twice; what was new in it is what was new in the plain one.
  expect(shuffled?.sent.recorded).toBe(plain?.sent.recorded);
  expect(shuffled?.sent.duplicates).toBeGreaterThan(plain?.sent.recorded ?? Infinity);
  expect(passes.get('crash')?.kills).toBe(3);
  expect(plain?.decided).toBeGreaterThan(100);
  for (const { shop } of passes.values()) {
    const { ordered, left, cancelled, refused, open } = shop.units;
    expect(left + cancelled + refused + open).toBe(ordered);
    expect(Math.min(left, cancelled)).toBeGreaterThan(0);
    expect(shop.acts).toBeGreaterThan(50);
  }
}, 180_000);
