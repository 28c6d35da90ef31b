import { expect, test } from 'vitest';
import { conflatedRow } from './conflated.ts';
import { startFleet } from './fleet.ts';
import { keyName, messageText } from './message.ts';
import { connectPacket, publishPacket, subscribePacket } from './mqtt.ts';
import { startNodePeer } from './node-peers.ts';
import { readOptions } from './options.ts';
import { keepPace } from './pace.ts';
import { openSockets } from './push-server.ts';
import { burstsTable, conflatedTable } from './report.ts';
import { fanoutRow } from './run.ts';

const small = { sockets: 20, deliveriesPerSec: 2_000, seconds: 1, warmupSeconds: 0 };
const RUN_MS_MAX = 120_000;
const quiet = (): void => undefined;

test.each(['onhand', 'bare', 'ws', 'socket.io'] as const)(
  'every socket of %s gets every message, bursts of five included',
  async (who) => {
    const row = await fanoutRow(who, { ...small, burst: 5 }, quiet);
    if ('why' in row) throw new Error(row.why);
    expect(row).toMatchObject({ deliveries: 2_000, missing: 0, sockets: 20 });
    expect(row.age.count).toBe(2_000);
    expect(row.microsEach).toBeGreaterThan(0);
    expect(row.bytesEach).toBeGreaterThan(180);
    expect(burstsTable([row])).toContain(who);
  },
  RUN_MS_MAX,
);

test(
  'what the gateway writes together arrives together',
  async () => {
    const row = await fanoutRow('onhand', { ...small, burst: 10 }, quiet);
    expect('framesPerRead' in row && row.framesPerRead).toBeGreaterThanOrEqual(5);
  },
  RUN_MS_MAX,
);

test(
  'far more updates than anybody reads reach every socket, folded',
  async () => {
    const conflated = { sockets: 20, keys: 5, skus: 100, updatesPerSec: 10_000, conflateMs: 100 };
    const row = await conflatedRow({ conflated, seconds: 1, warmupSeconds: 0, nodeFlags: [] });
    expect(row.silent).toBe(0);
    expect(row.deliveries).toBeGreaterThan(100);
    // Each key is watched by one socket: without conflation as many deliveries as updates.
    expect(row.deliveries).toBeLessThan(10_000);
    expect(conflatedTable(row)).toContain('20 × 5 of 100');
  },
  RUN_MS_MAX,
);

test(
  'the client of node, for machines without a compiler, counts the same',
  async () => {
    const server = await startNodePeer('ws', { keys: 2, ofSocket: [[0, 1]], conflateMs: 0 });
    const fleets = (['best', 'node'] as const).map((how) => startFleet({ ...server.target, marks: ['"r":'] }, how));
    try {
      for (const fleet of fleets) await openSockets(fleet, server, 5, 1_000);
      await server.publish({ burst: 2, burstsPerSec: 50, seconds: 1 });
      // What was written before a socket's end is read before it.
      await server.stop();
      for (const fleet of fleets) {
        let report = await fleet.report();
        for (let looks = 0; report.deliveries < 500 && looks < 500; looks++) report = await fleet.report();
        expect(report).toMatchObject({ deliveries: 500, frames: 500, marks: [500] });
        expect(report.age.count).toBe(500);
      }
    } finally {
      for (const fleet of fleets) await fleet.stop();
    }
  },
  RUN_MS_MAX,
);

test('a message is JSON of about 200 bytes that says when it was sent', () => {
  const text = messageText(keyName(7), 1_234, 1_795_486_061_200.25);
  expect(JSON.parse(text)).toMatchObject({ type: 'update', k: keyName(7), r: 1_234, t: 1_795_486_061_200.25 });
  expect(text.length).toBeGreaterThan(190);
  expect(text.length).toBeLessThan(210);
});

test('packets of MQTT have the lengths their heads say', () => {
  expect(connectPacket('').toString('hex')).toBe('100c00044d5154540402' + '0000' + '0000');
  expect(subscribePacket(['a']).toString('hex')).toBe('8206' + '0001' + '000161' + '00');
  const long = publishPacket('a', 'x'.repeat(200));
  expect([long[0], long[1], long[2], long.length]).toEqual([0x30, 0xcb, 0x01, 3 + 203]);
});

test('a pace is kept: so many bursts, each of so many messages, none twice', async () => {
  const sent: number[] = [];
  const messages = await keepPace({ burst: 3, burstsPerSec: 1_000, seconds: 0.05 }, (first, count) => {
    for (let message = first; message < first + count; message++) sent.push(message);
  });
  expect(messages).toBe(150);
  expect(sent).toEqual(Array.from({ length: 150 }, (_, index) => index));
});

test('options are read with their bounds', () => {
  expect(readOptions(['--bursts', '1,5', '--part', 'bursts'])).toMatchObject({ bursts: [1, 5], parts: ['bursts'] });
  expect(readOptions(['--part', 'x'])).toBe('--part must be of bursts, conflated, got x');
  expect(readOptions(['--sockets', '1'])).toContain('--sockets must be a whole number from 2');
});
