import { expect, test } from 'vitest';
import { meterJournal } from './journal-meter.ts';
import { someRecords } from './some-records.ts';
import { encodeRecords } from './records.ts';
import { open } from './segment-fixture.ts';
import { SimulatedDisk } from './simulated-disk.ts';

test('counts commits, facts and bytes, and tells the times of commits apart', () => {
  const clock = { ms: 0 };
  const tookMs = [...Array.from({ length: 98 }, () => 0.2), 5, 40];
  let reads = 0;
  const metered = meterJournal(open(new SimulatedDisk()), () => {
    if (reads++ % 2 === 1) clock.ms += tookMs.shift() ?? 0;
    return clock.ms;
  });
  const batch = encodeRecords(someRecords(3));
  for (let i = 0; i < 100; i++) expect(metered.append([batch], i)).toBe(i * 3 + 1);
  const stats = metered.stats();
  expect(stats).toMatchObject({
    commits: 100,
    facts: 300,
    bytes: 100 * batch.length,
    head: 300,
    segments: metered.segments,
  });
  expect(stats.commitMicrosP50).toBe(200);
  expect(stats.commitMicrosP99 / 5000).toBeCloseTo(1, 2);
  // 98 of 200 µs, one of 5 ms, one of 40 ms.
  const { upTo, counts, sum } = stats.commitMicros;
  expect([256, 8192, 65_536].map((bound) => counts[upTo.indexOf(bound)])).toEqual([98, 1, 1]);
  expect(sum).toBeCloseTo(98 * 200 + 45_000, -2);
});

test('an append without records is no commit, and everything else passes through', () => {
  const metered = meterJournal(open(new SimulatedDisk()));
  metered.append([], 1);
  expect(metered.stats()).toMatchObject({ commits: 0, facts: 0, commitMicrosP99: 0 });
  metered.append([encodeRecords(someRecords(2))], 1);
  metered.seal();
  expect([metered.head, metered.first, metered.releaseBefore(2).length, [...metered.read(1)].length]).toEqual([
    2, 1, 0, 2,
  ]);
  metered.close();
  expect(() => metered.append([encodeRecords(someRecords(1))], 1)).toThrow(/closed/);
});
