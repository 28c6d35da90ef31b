import assert from 'node:assert/strict';
import type { LogWorld } from './door.ts';
import { countUntil, head, read, sayAndHear, type Reading } from './log-reading.ts';
import type { Script } from './script.ts';
import type { Message } from './talk.ts';

// PROTOCOL.md, section 4. Other things may happen in the log meanwhile: scripts look for the counts they made.

const NEEDS = ['log', 'key', 'skus', 'setUnits'] as const;

interface WorkNews {
  readonly o: number;
  readonly node: string;
  readonly op: string;
  readonly work: { readonly order: string; readonly state: string; readonly version: number };
}

const offsetsOf = (events: readonly Message[]): readonly number[] => events.map(({ o }) => Number(o));
const orderOf = ({ eid }: Message): number => Number.parseInt(String(eid), 36);

const BEGINNING: readonly Script[] = [
  {
    rules: ['LG15', 'LG2'],
    title: 'a node reads what happens to its work, from its arrival on, each with the work order as it is since',
    only: 'with commands',
    needs: ['log', 'key', 'order'],
    run: async (door, world) => {
      const { id, node, cancel } = await world.order();
      const log = { ...world.log, ch: `work:${node}` };
      const reading = await read(door, { ...world, log });
      let next = Number(reading.subscribed['from']);
      const until = async (op: string): Promise<unknown> => {
        for (;;) {
          const event = await reading.talk.next('event');
          assert.equal(event['o'], next++);
          const news = event['d'] as WorkNews;
          assert.deepEqual([news.o, news.node, 'collectCode' in news.work], [event['o'], node, false]);
          if (news.op === op && news.work.order === id) return [news.work.state, news.work.version];
        }
      };
      assert.deepEqual(await until('queued'), ['queued', 1]);
      await cancel();
      assert.deepEqual(await until('pull-back'), ['pulled-back', 2]);
    },
  },
  {
    rules: ['LG1', 'LG11'],
    title: 'a consumer begins behind the newest event, and is told every change of stock, or with the oldest kept',
    only: 'with commands',
    needs: NEEDS,
    run: async (door, world) => {
      const live = await read(door, world, { begin: 'next' });
      assert.partialDeepStrictEqual(live.subscribed, {
        id: 2,
        ch: world.log.ch,
        recovered: true,
        from: head(live) + 1,
      });
      const event = (await countUntil(live, world)).at(-1)!;
      assert.ok(Number(event['t']) > 0 && !('id' in event), 'a push has a time and no id');
      const { position, kind, sku } = event['d'] as { position?: unknown; kind?: unknown; sku?: unknown };
      assert.deepEqual([typeof position, typeof kind, sku], ['string', 'string', world.skus[0]]);
      const all = await read(door, world);
      assert.partialDeepStrictEqual(all.subscribed, { recovered: true });
      assert.equal((await all.talk.next('event'))['o'], all.subscribed['from']);
    },
  },
  {
    rules: ['LG1'],
    title: 'a log is not for the public, and one that is not there is the same to everybody: forbidden',
    only: 'with commands',
    needs: ['log', 'key'],
    run: async (door, world) => {
      const { log } = world;
      const nobody = { type: 'subscribe', ch: 'feed:no-such-log', mode: 'log', consumer: 'nobody' };
      if (door.isPublic) {
        const talk = await door.open();
        for (const [id, ch] of [log.ch, nobody.ch].entries()) {
          const error = await sayAndHear(talk, { ...nobody, id, ch }, 'error');
          assert.partialDeepStrictEqual(error, { id, ch, code: 'forbidden', temporary: false });
        }
      }
      const { talk } = await read(door, world, { begin: 'next' });
      assert.partialDeepStrictEqual(await sayAndHear(talk, { ...nobody, id: 3 }, 'error'), {
        id: 3,
        code: 'forbidden',
      });
    },
  },
  {
    rules: ['LG1', 'WS7'],
    title: 'a malformed command of a log is an error that names the field, and the reading goes on',
    only: 'with commands',
    needs: NEEDS,
    run: async (door, world) => {
      const reading = await read(door, world, { begin: 'next' });
      const { ch } = world.log;
      const subscribe = { type: 'subscribe', id: 3, ch, mode: 'log', consumer: 'any' };
      const malformed: readonly (readonly [object, string])[] = [
        [{ ...subscribe, consumer: 'two words' }, 'consumer'],
        [{ ...subscribe, ch: 'feed' }, 'ch'],
        [{ ...subscribe, since: 4 }, 'since'],
        [{ ...subscribe, credit: 0 }, 'credit'],
        [{ ...subscribe, begin: 'somewhere' }, 'begin'],
        [{ type: 'ack', ch }, 'o'],
        [{ type: 'ack', ch, o: -1 }, 'o'],
        [{ type: 'nack', ch, o: 1 }, 'code'],
      ];
      for (const [command, field] of malformed) {
        const { code, msg } = await sayAndHear(reading.talk, command, 'error');
        assert.equal(code, 'malformed-command');
        assert.match(String(msg), new RegExp(`\\b${field}\\b`));
      }
      await countUntil(reading, world);
    },
  },
  {
    rules: ['LG1', 'SS4'],
    title: 'a log is no channel of an event stream, where nothing could be acknowledged',
    only: 'event stream',
    run: async (door) => {
      const asked = { ch: 'feed:any', keys: ['any'], mode: 'log', consumer: 'any' };
      const talk = await door.watch(asked);
      assert.partialDeepStrictEqual(await talk.next('error'), { code: 'malformed-command', temporary: false });
    },
  },
];

const ORDER: readonly Script[] = [
  {
    rules: ['LG2'],
    title: 'events come one after the other, none missing, and again with the same offsets and eids',
    only: 'with commands',
    needs: NEEDS,
    run: async (door, world) => {
      const first = await read(door, world, { begin: 'next' });
      const events = await countUntil(first, world, 10);
      const from = Number(first.subscribed['from']);
      assert.deepEqual(
        offsetsOf(events),
        events.map((_event, index) => from + index),
      );
      for (const [index, event] of events.entries()) {
        if (index > 0) assert.ok(orderOf(event) > orderOf(events[index - 1]!), 'a later event has a greater eid');
      }
      const again = await read(door, world, { consumer: first.consumer });
      assert.partialDeepStrictEqual(again.subscribed, { from, recovered: true });
      for (const event of events) assert.deepEqual(await again.talk.next('event'), event);
    },
  },
  {
    rules: ['LG3'],
    title: 'who says what it has stored goes on behind it, with everything since',
    only: 'with commands',
    needs: NEEDS,
    run: async (door, world) => {
      const before = await read(door, world, { begin: 'next' });
      const events = await countUntil(before, world, 4);
      const stored = events[1]!;
      const since = { e: before.subscribed['e'], o: stored['o'] };
      const after = await read(door, world, { since });
      assert.partialDeepStrictEqual(after.subscribed, { from: Number(stored['o']) + 1, recovered: true });
      for (const event of events.slice(2)) assert.deepEqual(await after.talk.next('event'), event);
    },
  },
  {
    rules: ['LG3'],
    title: 'what cannot be recovered is said to be lost, and why, until something is acknowledged',
    only: 'with commands',
    needs: NEEDS,
    run: async (door, world) => {
      const { subscribed } = await read(door, world, { begin: 'next' });
      const { e, head: newest } = subscribed as Message & { e: string; head: number };
      const losses = [
        [{ e: `${e}x`, o: newest }, 'epoch'],
        [{ e, o: newest + 1_000_000 }, 'ahead'],
      ] as const;
      for (const [since, reason] of losses) {
        const consumer = world.log.newConsumer();
        let told: Reading | undefined;
        for (const _time of ['once', 'again']) {
          told = await read(door, world, { consumer, since });
          assert.partialDeepStrictEqual(told.subscribed, { recovered: false, reason, from: head(told) + 1 });
          assert.match(String(told.subscribed['snapshot']), /^\//);
        }
        const from = Number(told!.subscribed['from']);
        assert.equal((await countUntil(told!, world))[0]!['o'], from);
        await sayAndHear(told!.talk, { type: 'ack', id: 3, ch: world.log.ch, o: from - 1 }, 'acked');
        const then = await read(door, world, { consumer });
        assert.partialDeepStrictEqual(then.subscribed, { recovered: true, from });
      }
    },
  },
  {
    rules: ['LG8'],
    title: 'two consumers of a log go their own ways',
    only: 'with commands',
    needs: NEEDS,
    run: async (door, world) => {
      const [quick, slow] = [
        await read(door, world, { begin: 'next' }),
        await read(door, world, { begin: 'next', credit: 1 }),
      ];
      const events = await countUntil(quick, world, 3);
      const o = Number(events.at(-1)!['o']);
      await sayAndHear(quick.talk, { type: 'ack', id: 3, ch: world.log.ch, o }, 'acked');
      assert.equal((await slow.talk.next('event'))['o'], slow.subscribed['from']);
      const quickAgain = await read(door, world, { consumer: quick.consumer });
      const slowAgain = await read(door, world, { consumer: slow.consumer });
      assert.deepEqual([quickAgain.subscribed['from'], slowAgain.subscribed['from']], [o + 1, slow.subscribed['from']]);
    },
  },
  {
    rules: ['LG12'],
    title: 'of two connections of one consumer the newer reads on, and the older is closed with 4505',
    only: 'with commands',
    needs: NEEDS,
    run: async (door, world) => {
      const older = await read(door, world, { begin: 'next' });
      const newer = await read(door, world, { consumer: older.consumer });
      assert.equal(await older.talk.ends(), 4505);
      assert.equal(newer.subscribed['from'], older.subscribed['from']);
      await countUntil(newer, world);
    },
  },
  {
    rules: ['LG12'],
    title: 'after unsubscribed no event comes, and an ack is the error not-subscribed',
    only: 'with commands',
    needs: NEEDS,
    run: async (door, world) => {
      const { ch }: LogWorld = world.log;
      const gone = await read(door, world, { begin: 'next' });
      const witness = await read(door, world, { begin: 'next' });
      await sayAndHear(gone.talk, { type: 'unsubscribe', id: 3, ch, mode: 'log' }, 'unsubscribed');
      gone.talk.rest();
      const o = Number((await countUntil(witness, world)).at(-1)!['o']);
      gone.talk.say({ type: 'ack', id: 4, ch, o });
      assert.partialDeepStrictEqual(await gone.talk.next('error'), { id: 4, ch, code: 'not-subscribed' });
      assert.deepEqual(
        gone.talk.all.filter((message) => message.type === 'event' && Number(message['o']) >= o),
        [],
      );
    },
  },
];

export const LOG_SCRIPTS: readonly Script[] = [...BEGINNING, ...ORDER];
