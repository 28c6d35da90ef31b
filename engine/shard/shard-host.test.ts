import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unreachable } from '../contract/assert.ts';
import type { Command, Outcome } from '../contract/command.ts';
import type { Fact } from '../contract/fact.ts';
import { type ReservationId, reservationId } from '../contract/ids.ts';
import type { ShardRequest } from '../contract/machine.ts';
import type { Answer } from '../contract/query.ts';
import { decodeRecords } from '../journal/records.ts';
import { readItems } from './codec/item-bytes.ts';
import { readOutput } from './codec/output-bytes.ts';
import { type AnyMachine, HostedShard } from './hosted-shard.ts';
import type { Item, Output, RoutedRequest } from './messages.ts';
import { ShardHost } from './shard-host.ts';

// A machine as small as can be: every recorded event is a fact, a sku called "no" is refused, "reserve" is pending until
// another shard answers, a hold ends at `due`.
function tinyMachine(self: number, due = Infinity): AnyMachine {
  let facts = 0;
  let changed = false;
  let ended = false;
  const nothing = { facts: [], requests: [] };
  const saga = reservationId(self, 1);
  const one = { fact: 'PartEnded', at: 0, saga, end: 'released' } as const;
  return {
    decide(command: Command, at: number) {
      switch (command.do) {
        case 'record':
          if (command.event.kind === 'delta' && command.event.sku === 'no') {
            return { outcome: { status: 'refused', code: 'unknown-sku' }, ...nothing };
          }
          return { outcome: { status: 'recorded', position: `${self}.${facts + 1}` }, facts: [one], requests: [] };
        case 'reserve':
          return { outcome: { status: 'pending', id: saga }, facts: [one], requests: [askPart(saga, self)] };
        case 'hold-part':
          return { outcome: { status: 'applied' }, facts: [one], requests: [answerPart(command, self)] };
        case 'part-held':
          return {
            outcome: { status: 'applied' },
            facts: [one],
            requests: [],
            settled: [{ id: saga, outcome: { status: 'refused', code: 'units-exceed-available' } }],
          };
        case 'tick':
          return { outcome: { status: 'applied' }, facts: [{ ...one, at }], requests: [] };
        case 'release':
        case 'apply':
        case 'extend':
        case 'move':
        case 'move-part':
        case 'part-moved':
        case 'end-part':
        case 'part-ended':
        case 'allocate':
        case 'allocate-held':
        case 'move-allocated':
        case 'reduce-allocated':
        case 'ship-allocated':
        case 'take-back':
        case 'transfer':
        case 'write-off':
        case 'allocate-part':
        case 'correct':
        case 'repair-sums':
        case 'allocation-answered':
        case 'hear':
        case 'hear-numbers':
        case 'keep-letters':
        case 'close-letter':
        case 'node-silence':
        case 'silence-told':
        case 'owner-heard':
        case 'change':
        case 'cancel-change':
        case 'note-file':
        case 'change-taken':
        case 'await-changes':
        case 'await-units':
        case 'stop-waiting':
        case 'declare-short':
        case 'read-nodes':
        case 'nodes-read':
        case 'units-came':
        case 'units-heard':
        case 'shop-message':
        case 'order-act':
        case 'offer-work':
        case 'offer-answered':
        case 'pull-back':
        case 'pull-back-answered':
        case 'read-load':
        case 'load-read':
        case 'work-act':
        case 'work-changed':
        case 'work-heard':
          return { outcome: { status: 'applied' }, ...nothing };
        default:
          return unreachable(command);
      }
    },
    evolve(fact: Fact) {
      facts++;
      changed = true;
      if (fact.at > 0) ended = true;
    },
    dueAt: () => (ended ? Infinity : due),
    takeChanges(at: number) {
      const had = changed;
      changed = false;
      const change = { sku: 's' as never, revision: facts, position: `${self}.${facts}`, at, receivedAt: 0, facts };
      return had ? [{ ...change, channels: [], nodes: [] }] : [];
    },
    takeOpen: () => [],
    answer: () => ({ answer: 'stats', stats: { open: facts, held: 0 } }) as Answer,
    outstanding: () => (facts > 0 ? [askPart(saga, self)] : []),
    beginImage: () => ({ header: new Uint8Array(), pageCount: 0, next: () => undefined, abandon() {} }),
    restore() {},
    digest: () => String(facts),
  };
}

const askPart = (saga: ReservationId, replyTo: number): ShardRequest => ({
  shard: 1,
  command: {
    do: 'hold-part',
    startedAt: 0,
    saga,
    replyTo,
    client: 'shop' as never,
    keyDigest: '',
    channel: 'web' as never,
    lines: [],
    partial: false,
  },
});
const answerPart = (command: Extract<Command, { do: 'hold-part' }>, shard: number): ShardRequest => ({
  shard: command.replyTo,
  command: { do: 'part-held', saga: command.saga, shard, outcome: { status: 'held', lines: [] } },
});

function fakeHost(machines: readonly AnyMachine[], numbers = machines.map((_, i) => i)) {
  const time = { now: 1_000 };
  const journal: { seq: number; count: number; lsns: string[] }[] = [];
  const main: { batches: number; outputs: Output[]; requests: readonly RoutedRequest[] }[] = [];
  const host = new ShardHost(
    machines.map((machine, i) => new HostedShard(numbers[i]!, machine)),
    {
      now: () => time.now,
      journal: (seq, count, records) =>
        journal.push({ seq, count, lsns: [...decodeRecords(records)].map(({ shard, lsn }) => `${shard}.${lsn}`) }),
      main: (batches, outputs, requests) =>
        main.push({ batches, outputs: outputs.map((bytes) => readOutput(bytes)), requests }),
    },
  );
  const replies = (): { call: number; said: unknown }[] =>
    main.flatMap(({ outputs }) => outputs.flatMap((output) => output.replies));
  return { host, time, journal, main, replies };
}

const sale = (call: number, ...skus: string[]): Item => ({
  call,
  shard: 0,
  receivedAt: 1,
  events: skus.map((sku) => ({ kind: 'delta', sku }) as never),
});
const read = (call: number): Item => ({ call, shard: 0, query: { ask: 'stats' } });

describe('output-commit rule', () => {
  test('[FD11] an outcome leaves only after its facts are durable', () => {
    const { host, journal, main, replies } = fakeHost([tinyMachine(0)]);
    host.take([sale(1, 'a', 'no', 'b')]);
    expect(journal).toEqual([{ seq: 1, count: 2, lsns: ['0.1', '0.2'] }]);
    expect(main).toEqual([]);
    host.durable(1);
    expect(replies()[0]).toEqual({
      call: 1,
      said: [
        { status: 'recorded', position: '0.1' },
        { status: 'refused', code: 'unknown-sku' },
        { status: 'recorded', position: '0.2' },
      ] satisfies Outcome[],
    });
    expect(main[0]!.batches).toBe(1);
    expect(main[0]!.outputs[0]!.changes).toHaveLength(1);
  });

  test('[FD11] refusals and reads wait for the facts before them', () => {
    const { host, main, replies } = fakeHost([tinyMachine(0)]);
    host.take([sale(1, 'a')]);
    host.take([sale(2, 'no'), read(3)]);
    expect(main).toEqual([]);
    host.durable(1);
    expect(replies().map(({ call }) => call)).toEqual([1, 2, 3]);
  });

  test('a batch without facts leaves at once when nothing is undurable', () => {
    const { host, journal, replies } = fakeHost([tinyMachine(0)]);
    host.take([read(1)]);
    expect(journal).toEqual([]);
    expect(replies()).toHaveLength(1);
  });

  test('[FD11] whenever the journal answers, replies keep the order of the work and never run ahead of it', () => {
    const moves = fc.array(fc.constantFrom('sale', 'read', 'refused', 'durable'), { maxLength: 60 });
    fc.assert(
      fc.property(moves, (list) => {
        const { host, journal, replies } = fakeHost([tinyMachine(0)]);
        const restsOn: number[] = [];
        let durable = 0;
        list.forEach((move, i) => {
          if (move === 'durable') {
            if (durable < journal.length) host.durable(++durable);
          } else {
            host.take([move === 'read' ? read(i) : sale(i, move === 'sale' ? 'a' : 'no')]);
            restsOn.push(journal.length);
          }
          const out = replies().map(({ call }) => call);
          expect(out).toEqual(out.toSorted((a, b) => a - b));
          expect(out).toHaveLength(restsOn.filter((seq) => seq <= durable).length);
        });
      }),
    );
  });
});

describe('sagas', () => {
  const reserve = (call: number): Item => ({ call, shard: 0, command: { do: 'reserve' } as never });

  test('[RS1] a request leaves its shard only after its facts are durable; all callers hear the settlement', () => {
    const { host, journal, main, replies } = fakeHost([tinyMachine(0), tinyMachine(1)]);
    host.take([reserve(7), reserve(8)]);
    expect(journal).toHaveLength(1);
    host.durable(1); // started; both parts asked in this thread
    expect(journal[1]).toEqual({ seq: 2, count: 2, lsns: ['1.1', '1.2'] });
    expect(replies()).toEqual([]);
    host.durable(2); // parts held; answers return
    expect(replies()).toEqual([]);
    host.durable(3);
    const no = { status: 'refused', code: 'units-exceed-available' };
    expect(replies()).toEqual([
      { call: 7, said: no },
      { call: 8, said: no },
    ]);
    expect(main.flatMap(({ requests }) => requests)).toEqual([]);
    expect(host.idle).toBe(true);
  });

  test('[RS7] who asks in the turn that settles a saga waits for an answer of their own', () => {
    const { host, replies } = fakeHost([tinyMachine(0)]);
    host.take([reserve(7)]);
    host.durable(1);
    const saga = reservationId(0, 1);
    const settles = { do: 'part-held', saga, shard: 1, outcome: { status: 'held', lines: [] } } as const;
    host.take([{ shard: 0, request: settles }, reserve(9)]);
    host.durable(2);
    expect(replies().map(({ call }) => call)).toEqual([7]);
    host.take([{ shard: 0, request: settles }]);
    host.durable(3);
    expect(replies().map(({ call }) => call)).toEqual([7, 9]);
  });

  test('a request for another thread is routed by main, after durability', () => {
    const { host, main } = fakeHost([tinyMachine(0)]);
    host.take([reserve(7)]);
    expect(main).toEqual([]);
    host.durable(1);
    expect(main[0]!.requests.map(({ shard, item }) => [shard, readItems(item)[0]])).toEqual([
      [1, { shard: 1, request: askPart(reservationId(0, 1), 0).command }],
    ]);
  });

  test('after recovery requests without an answer are sent again', () => {
    const shard = new HostedShard(0, tinyMachine(0));
    const fact = new TextEncoder().encode('{"fact":"PartEnded","at":0}');
    shard.replay({ shard: 0, lsn: 1, fact });
    const routed: RoutedRequest[] = [];
    const host = new ShardHost([shard], {
      now: () => 1,
      journal() {},
      main: (_, __, requests) => routed.push(...requests),
    });
    host.sendOutstanding();
    expect(routed.map(({ shard: to }) => to)).toEqual([1]);
  });
});

describe('time', () => {
  test('[RS4] what is past its time ends before the batch is decided, in the same turn', () => {
    const { host, time, journal } = fakeHost([tinyMachine(0, 2_000), tinyMachine(1)]);
    host.take([sale(1, 'a')]);
    expect(host.dueAt()).toBe(2_000);
    time.now = 2_000;
    host.take([sale(2, 'a')]);
    expect(journal[1]).toEqual({ seq: 2, count: 2, lsns: ['0.2', '0.3'] });
    expect(host.dueAt()).toBe(Infinity);
  });

  test('[RS4] a tick nobody asked for publishes its change after durability', () => {
    const { host, time, main } = fakeHost([tinyMachine(0, 2_000)]);
    time.now = 2_000;
    host.tick();
    expect(main).toEqual([]);
    host.durable(1);
    expect(main).toMatchObject([{ batches: 0, outputs: [{ replies: [], changes: [{ facts: 1 }] }] }]);
  });
});

test('replay skips what a snapshot holds and refuses a gap', () => {
  const shard = new HostedShard(3, tinyMachine(3));
  const fact = new TextEncoder().encode('{"fact":"PartEnded","at":5}');
  expect(shard.replay({ shard: 3, lsn: 1, fact })).toBe(5);
  expect(shard.replay({ shard: 3, lsn: 1, fact })).toBeUndefined();
  expect(() => shard.replay({ shard: 3, lsn: 3, fact })).toThrow('shard 3: fact 3 follows fact 1');
  expect(shard.machine.digest()).toBe('1');
});
