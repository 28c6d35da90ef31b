import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assert } from '../contract/assert.ts';
import type { Command, Outcome } from '../contract/command.ts';
import type { AllocationId } from '../contract/ids.ts';
import type { Reservation, ReserveLine } from '../contract/reservation.ts';
import type { Answer } from '../contract/query.ts';
import type { JournalRecord } from '../journal/journal.ts';
import { decodeRecords } from '../journal/records.ts';
import { ByteWriter } from './codec/byte-writer.ts';
import { readItems, writeItem } from './codec/item-bytes.ts';
import { readOutput } from './codec/output-bytes.ts';
import { createShard } from './machines.ts';
import type { Item, RoutedRequest, Said } from './messages.ts';
import { createPartition, placeReserve, shardOfSku } from './partition.ts';
import { ShardHost } from './shard-host.ts';
import { CLIENT, counted, NODE, REFERENCE, reserving, sku } from './test-fixture.ts';

// Two shard threads, a journal and main, all on one thread: every step of a reservation over two shards is a move, and
// so is the end of the process between any two of them. What was not committed is gone then, callers included.

const partition = createPartition(2, 1);
const THREADS = 2;
const limits = { holdsPerClientMax: 1_000, unitsPerLineMax: 10_000 };
const NAMES = Array.from({ length: 12 }, (_, name) => name);
const [HERE, THERE] = [0, 1].map((shard) => NAMES.find((name) => shardOfSku(partition, sku(name)) === shard)!);
const UNITS = 3;
const START = Date.now();

class World {
  now = START;
  readonly journal: JournalRecord[] = [];
  readonly said = new Map<number, Said>();
  #call = 0;
  #hosts: ShardHost[] = [];
  /** Facts each thread has sent and the journal has not committed. */
  #sent: { seq: number; records: JournalRecord[] }[][] = [];
  #routed: RoutedRequest[] = [];

  constructor() {
    this.start();
    for (const batch of REFERENCE) {
      for (let shard = 0; shard < partition.shards; shard++) this.ask(shard, { do: 'apply', batch });
    }
    for (const name of [HERE!, THERE!]) {
      const event = counted(name, UNITS) as Extract<Command, { do: 'record' }>['event'];
      this.ask(shardOfSku(partition, sku(name)), { do: 'record', event, receivedAt: 1 });
    }
    this.settle();
  }

  /** Also after a crash: from the journal alone, then what has no answer is asked again. */
  start(): void {
    this.#routed = [];
    this.#sent = Array.from({ length: THREADS }, () => []);
    this.#hosts = this.#sent.map((sent, thread) => {
      const numbers = Array.from({ length: partition.shards }, (_, shard) => shard).filter(
        (n) => n % THREADS === thread,
      );
      const shards = numbers.map((shard) => createShard(partition, shard, limits));
      for (const record of this.journal) shards.find(({ number }) => number === record.shard)?.replay(record);
      return new ShardHost(shards, {
        now: () => this.now,
        journal: (seq, _, records) => sent.push({ seq, records: [...decodeRecords(records)] }),
        main: (_, outputs, requests) => {
          this.#routed.push(...requests);
          for (const bytes of outputs)
            for (const { call, said } of readOutput(bytes).replies) this.said.set(call, said);
        },
      });
    });
    for (const host of this.#hosts) host.sendOutstanding();
  }

  ask(shard: number, command: Command): number {
    const call = this.#call++;
    const writer = new ByteWriter();
    writeItem(writer, call, { shard, command });
    this.#take(readItems(writer.take())[0]!);
    return call;
  }

  answer(shard: number, query: object): Answer {
    const call = this.#call++;
    this.#take({ call, shard, query } as Item);
    this.settle();
    return this.said.get(call) as Answer;
  }

  commit(thread: number): void {
    const batches = this.#sent[thread]!.splice(0);
    for (const { records } of batches) this.journal.push(...records);
    const newest = batches.at(-1);
    if (newest !== undefined) this.#hosts[thread]!.durable(newest.seq);
  }

  deliver(): void {
    const request = this.#routed.shift();
    if (request !== undefined) this.#take(readItems(request.item)[0]!);
  }

  tick(): void {
    for (const host of this.#hosts) if (host.dueAt() <= this.now) host.tick();
  }

  /** Until nothing is under way. */
  settle(): void {
    for (let rounds = 0; this.#routed.length > 0 || this.#sent.some((sent) => sent.length > 0); rounds++) {
      assert(rounds < 1_000, () => 'shards keep asking each other');
      for (let thread = 0; thread < THREADS; thread++) this.commit(thread);
      this.deliver();
    }
  }

  #take(item: Item): void {
    this.#hosts[item.shard % THREADS]!.take([item]);
  }
}

const aMove = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('reserve' as const), key: fc.nat(5), wide: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('release' as const), nth: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('allocate' as const), nth: fc.nat(5), part: fc.boolean() }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('commit' as const), thread: fc.nat(THREADS - 1) }) },
  { weight: 6, arbitrary: fc.constant({ do: 'deliver' as const }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 25_000, 60_000) }) },
  { weight: 2, arbitrary: fc.constant({ do: 'crash' as const }) },
);

test('[RS1][RS3] wherever a reservation over two shards is cut, also as it is allocated, it is whole or not at all, and its key keeps its answer', () => {
  fc.assert(
    fc.property(fc.array(aMove, { maxLength: 60 }), (moves) => {
      const world = new World();
      const calls = new Map<number, string>();
      const orders = new Map<number, Reservation>();
      const held = (): Reservation[] =>
        [...calls.keys()].flatMap((call) => {
          const said = world.said.get(call) as Outcome | undefined;
          return said?.status === 'reserved' ? [said.reservation] : [];
        });
      for (const move of moves) {
        if (move.do === 'reserve') {
          const request = reserving(`${move.key}${move.wide}`, move.wide ? [HERE!, THERE!] : [HERE!], 60_000);
          const { shard, shards, single } = placeReserve(partition, request);
          calls.set(world.ask(shard, { do: 'reserve', request, ...(!single && { shards }) } as Command), request.key);
        } else if (move.do === 'release') {
          const reservation = held()[move.nth];
          if (reservation !== undefined) {
            world.ask(shardOf(reservation.id), { do: 'release', id: reservation.id, client: CLIENT });
          }
        } else if (move.do === 'allocate') {
          const reservation = held()[move.nth];
          if (reservation !== undefined)
            orders.set(world.ask(shardOf(reservation.id), allocating(reservation, move)), reservation);
        } else if (move.do === 'commit') world.commit(move.thread);
        else if (move.do === 'deliver') world.deliver();
        else if (move.do === 'crash') world.start();
        else {
          world.now += move.ms;
          world.tick();
        }
      }
      world.start();
      world.settle();
      world.tick();
      world.settle();
      expectWhole(world, held());
      expectAllocated(world, orders);
      expectSameAnswers(world, calls);
      expectNoneForgotten(world, held());
    }),
    { numRuns: 150 },
  );
});

/** What stock shards hold is what reservations say, and never more than there is (AV7). */
function expectWhole(world: World, told: readonly Reservation[]): void {
  const ids = new Set(told.map(({ id }) => id));
  const allocated = [...ids].filter((id) => stateOf(world, id) === 'allocated');
  const reservations = [0, 1, 2].flatMap((shard) => {
    const answer = world.answer(shard, { ask: 'reservations', limit: 1_000 });
    return (answer as Extract<Answer, { answer: 'reservations' }>).reservations;
  });
  for (const name of [HERE!, THERE!]) {
    const answer = world.answer(shardOfSku(partition, sku(name)), { ask: 'stock', skus: [sku(name)] });
    const [stock] = (answer as Extract<Answer, { answer: 'stock' }>).stock;
    const promised = reservations
      .flatMap(({ lines }) => lines)
      .filter((line) => line.sku === sku(name))
      .reduce((sum, { units }) => sum + units, 0);
    const node = stock!.nodes.find(({ node: id }) => id === NODE)!;
    expect(node.reserved).toBe(promised);
    expect(promised + node.allocated).toBeLessThanOrEqual(UNITS);
    expect(node.available).toBe(UNITS - promised - node.allocated);
    expect(node.allocated).toBeLessThanOrEqual(allocated.length);
  }
}

const shardOf = (id: string): number => Number(/^r(\d+)-/.exec(id)![1]);

/** All of it, or its first line alone: then the other part is given back. */
function allocating({ id, lines }: Reservation, { part }: { part: boolean }): Command {
  const order = { allocation: `order of ${id}`.replaceAll(' ', '-') as AllocationId, step: 1 };
  return { do: 'allocate-held', ...order, id, client: CLIENT, ...(part && { lines: lines.slice(0, 1) }) };
}

function stateOf(world: World, id: Reservation['id']): string | undefined {
  const answer = world.answer(shardOf(id), { ask: 'reservation', id });
  return (answer as Extract<Answer, { answer: 'reservation' }>).reservation?.state;
}

/** Rule RS3: who is told "allocated" finds all of it allocated in every shard, and asking again says the same. */
function expectAllocated(world: World, orders: ReadonlyMap<number, Reservation>): void {
  const allocations = new Map<string, readonly ReserveLine[]>();
  for (const [call, { id }] of orders) {
    const said = world.said.get(call) as Outcome | undefined;
    if (said?.status !== 'allocated') continue;
    const { id: allocation, lines } = said.allocation;
    expect(allocations.get(allocation) ?? lines).toEqual(lines);
    allocations.set(allocation, lines);
    expect(stateOf(world, id)).toBe('allocated');
  }
  // Who was not told, because the process ended first, may have been allocated all the same.
  for (const name of [HERE!, THERE!]) {
    const answer = world.answer(shardOfSku(partition, sku(name)), { ask: 'stock', skus: [sku(name)] });
    const [stock] = (answer as Extract<Answer, { answer: 'stock' }>).stock;
    const told = [...allocations.values()].flat().filter((line) => line.sku === sku(name));
    const units = told.reduce((sum, line) => sum + line.units, 0);
    expect(stock!.nodes.find(({ node: id }) => id === NODE)!.allocated).toBeGreaterThanOrEqual(units);
  }
}

/** Rule RS2: every answer that was let out under one key is the same, yes or no. */
function expectSameAnswers(world: World, calls: ReadonlyMap<number, string>): void {
  const first = new Map<string, unknown>();
  for (const [call, key] of calls) {
    const said = world.said.get(call) as Extract<Outcome, { status: 'reserved' }> | undefined;
    if (said === undefined) continue;
    // The state in it moves on: held, released, expired.
    const answer = said.status === 'reserved' ? said.reservation.id : said;
    if (!first.has(key)) first.set(key, answer);
    expect(isDeepStrictEqual(first.get(key), answer)).toBe(true);
  }
}

/** Whoever was told "reserved" finds the reservation, whatever was lost since. */
function expectNoneForgotten(world: World, told: readonly Reservation[]): void {
  for (const { id, expiresAt } of told) {
    const answer = world.answer(shardOf(id), { ask: 'reservation', id });
    const { reservation } = answer as Extract<Answer, { answer: 'reservation' }>;
    expect(reservation?.state === 'held' && world.now >= expiresAt).toBe(false);
    expect(reservation).toBeDefined();
  }
}
