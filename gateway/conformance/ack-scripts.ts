import assert from 'node:assert/strict';
import { countUntil, read, sayAndHear } from './log-reading.ts';
import type { Script } from './script.ts';

// PROTOCOL.md, section 4: credit, acknowledged and not.

const NEEDS = ['log', 'key', 'skus', 'setUnits'] as const;

export const ACK_SCRIPTS: readonly Script[] = [
  {
    rules: ['LG4'],
    title: 'no more than the credit is unacknowledged, and each ack lets more come',
    only: 'with commands',
    needs: NEEDS,
    run: async (door, world) => {
      const { ch } = world.log;
      const most = await read(door, world, { begin: 'next', credit: 1_000_000 });
      assert.ok(Number(most.subscribed['credit']) < 1_000_000, 'the server has a bound of its own');
      const { talk, subscribed } = await read(door, world, { begin: 'next', credit: 2 });
      assert.equal(subscribed['credit'], 2);
      const events = await countUntil(most, world, 5);
      const from = Number(subscribed['from']);
      const heard = async (): Promise<unknown> => (await talk.next('event'))['o'];
      assert.deepEqual([await heard(), await heard()], [from, from + 1]);
      talk.say({ type: 'ack', ch, o: from });
      assert.equal(await heard(), from + 2);
      // Refused, and answered after whatever would have been sent before it.
      const o = Number(events.at(-1)!['o']) + 1_000;
      await sayAndHear(talk, { type: 'ack', id: 3, ch, o }, 'error');
      assert.equal(talk.all.filter(({ type }) => type === 'event').length, 3);
    },
  },
  {
    rules: ['LG5'],
    title: 'an ack is cumulative and remembered; what was not acknowledged comes again',
    only: 'with commands',
    needs: NEEDS,
    run: async (door, world) => {
      const { ch } = world.log;
      const first = await read(door, world, { begin: 'next' });
      const events = await countUntil(first, world, 4);
      const o = Number(events[2]!['o']);
      const acked = await sayAndHear(first.talk, { type: 'ack', id: 3, ch, o }, 'acked');
      assert.partialDeepStrictEqual(acked, { id: 3, ch });
      // One that says less comes late, and takes nothing back.
      await sayAndHear(first.talk, { type: 'ack', id: 4, ch, o: o - 1 }, 'acked');
      const again = await read(door, world, { consumer: first.consumer });
      assert.partialDeepStrictEqual(again.subscribed, { from: o + 1, recovered: true });
      assert.deepEqual(await again.talk.next('event'), events[3]);
    },
  },
  {
    rules: ['LG5'],
    title: 'an ack above what was sent is the error ack-beyond-sent and changes nothing',
    only: 'with commands',
    needs: NEEDS,
    run: async (door, world) => {
      const { ch } = world.log;
      const reading = await read(door, world, { begin: 'next', credit: 1 });
      const from = Number(reading.subscribed['from']);
      await world.setUnits(world.skus[0], 1);
      await world.setUnits(world.skus[0], 2);
      await reading.talk.next('event');
      const error = await sayAndHear(reading.talk, { type: 'ack', id: 3, ch, o: from + 1 }, 'error');
      assert.partialDeepStrictEqual(error, { id: 3, ch, code: 'ack-beyond-sent', temporary: false });
      const again = await read(door, world, { consumer: reading.consumer });
      assert.equal(again.subscribed['from'], from);
    },
  },
  {
    rules: ['LG6'],
    title: 'a nack parks one event, the stream goes on, and a later ack passes over it',
    only: 'with commands',
    needs: NEEDS,
    run: async (door, world) => {
      const { ch } = world.log;
      const reading = await read(door, world, { begin: 'next' });
      const { talk } = reading;
      const events = await countUntil(reading, world, 3);
      const [bad, last] = [Number(events[0]!['o']), Number(events.at(-1)!['o'])];
      const nack = { type: 'nack', ch, o: bad, code: 'conformance-test', msg: 'parked by a test' };
      assert.partialDeepStrictEqual(await sayAndHear(talk, { ...nack, id: 3 }, 'parked'), { id: 3, ch });
      const error = await sayAndHear(talk, { ...nack, id: 4, o: last + 1_000 }, 'error');
      assert.partialDeepStrictEqual(error, { id: 4, ch, code: 'nack-out-of-range', temporary: false });
      await countUntil(reading, world);
      await sayAndHear(talk, { type: 'ack', id: 5, ch, o: last }, 'acked');
      const again = await read(door, world, { consumer: reading.consumer });
      assert.partialDeepStrictEqual(again.subscribed, { from: last + 1, recovered: true });
    },
  },
  {
    rules: ['LG7'],
    title: 'an event that is not acknowledged in time closes with 4008, and comes again',
    only: 'with commands',
    needs: [...NEEDS, 'ackMs'],
    run: async (door, world) => {
      const reading = await read(door, world, { begin: 'next' });
      const [event] = await countUntil(reading, world);
      assert.equal(await reading.talk.ends(world.ackMs + 10_000), 4008);
      const again = await read(door, world, { consumer: reading.consumer });
      assert.deepEqual(await again.talk.next('event'), event);
    },
  },
];
