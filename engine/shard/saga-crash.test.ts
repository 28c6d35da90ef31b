import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Command, Outcome } from '../contract/command.ts';
import type { AllocationId } from '../contract/ids.ts';
import type { Reservation, ReserveLine } from '../contract/reservation.ts';
import type { Answer } from '../contract/query.ts';
import { CrashWorld, partition, THREADS } from './crash-world.ts';
import { placeReserve, shardOfSku } from './partition.ts';
import { CLIENT, counted, NODE, reserving, sku } from './test-fixture.ts';

const NAMES = Array.from({ length: 12 }, (_, name) => name);
const [HERE, THERE] = [0, 1].map((shard) => NAMES.find((name) => shardOfSku(partition, sku(name)) === shard)!);
const UNITS = 3;

function stockedWorld(): CrashWorld {
  const world = new CrashWorld();
  for (const name of [HERE!, THERE!]) {
    const event = counted(name, UNITS) as Extract<Command, { do: 'record' }>['event'];
    world.ask(shardOfSku(partition, sku(name)), { do: 'record', event, receivedAt: 1 });
  }
  world.settle();
  return world;
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
      const world = stockedWorld();
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
          const { shard, command } = placeReserve(partition, request);
          calls.set(world.ask(shard, command), request.key);
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
function expectWhole(world: CrashWorld, told: readonly Reservation[]): void {
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

function stateOf(world: CrashWorld, id: Reservation['id']): string | undefined {
  const answer = world.answer(shardOf(id), { ask: 'reservation', id });
  return (answer as Extract<Answer, { answer: 'reservation' }>).reservation?.state;
}

/** Rule RS3: who is told "allocated" finds all of it allocated in every shard, and asking again says the same. */
function expectAllocated(world: CrashWorld, orders: ReadonlyMap<number, Reservation>): void {
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
function expectSameAnswers(world: CrashWorld, calls: ReadonlyMap<number, string>): void {
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
function expectNoneForgotten(world: CrashWorld, told: readonly Reservation[]): void {
  for (const { id, expiresAt } of told) {
    const answer = world.answer(shardOf(id), { ask: 'reservation', id });
    const { reservation } = answer as Extract<Answer, { answer: 'reservation' }>;
    expect(reservation?.state === 'held' && world.now >= expiresAt).toBe(false);
    expect(reservation).toBeDefined();
  }
}
