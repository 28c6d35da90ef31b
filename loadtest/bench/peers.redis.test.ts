import { expect, test } from 'vitest';
import { parsePgbench } from './postgres-rows.ts';
import { parseCsv, redisRows } from './redis-rows.ts';

test('the comparison with Redis runs, and each script takes the units it says yes to', async () => {
  const said: string[] = [];
  const rows = await redisRows(2_000, (line) => said.push(line));
  if ('why' in rows) throw new Error(rows.why);
  expect(rows).toHaveLength(12);
  for (const row of rows) {
    const asked = row.what.includes('always') && row.what.endsWith('× 1') ? 200 : 2_000;
    const units = Number(row.digest.split(' ')[0]);
    // One of 20 is refused; of the careful ones four of 20 take two units.
    expect(units / asked).toBeGreaterThan(0.8);
    expect(units / asked).toBeLessThan(1.3);
    expect(row.perSecond).toBeGreaterThan(0);
  }
}, 120_000);

test('what redis-benchmark and pgbench print is read, and anything else is refused', () => {
  const csv = '"test","rps",…\n"EVALSHA a 1 stock","29850.75","2.0","0.4","1.851","4.0","5.431","9.2"\n';
  expect(parseCsv(csv)).toEqual({ perSecond: 29_850.75, p50Ms: 1.851, p99Ms: 5.431 });
  expect(() => parseCsv('WARNING: no')).toThrow('something else');
  const printed = 'number of transactions actually processed: 120053\ntps = 12005.31 (without initial connection time)';
  expect(parsePgbench(printed)).toEqual({ count: 120_053, perSecond: 12_005.31 });
  expect(() => parsePgbench('pgbench: error')).toThrow('something else');
});
