import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StockCommand } from '../contract/command.ts';
import type { AllocationId, ChannelId, ClientId, EventId, GroupId } from '../contract/ids.ts';
import type { ReserveLine } from '../contract/reservation.ts';
import { canServe, type Promise } from './test-matching.ts';
import { channelRef, delta, groupRef, itemRef, nodeId, nodeRef, skuId, sourceRef, WMS } from './test-retailer.ts';
import { TestShard } from './test-shard.ts';

const START_MS = 1_767_600_000_000;
const SKU = skuId(0);
const NODES = 3;
const GROUPS: Readonly<Record<string, readonly number[]>> = { all: [0, 1, 2], west: [0, 1], east: [1, 2] };
const MINUTE_MS = 60_000;

function newShard(): TestShard {
  const groups = Object.entries(GROUPS).map(([id, members]) => groupRef(id, members.map(nodeId)));
  const wms = sourceRef(WMS, { postsWithinMs: 2 * MINUTE_MS });
  return new TestShard(START_MS, { holdsPerClientMax: 1_000 }).apply(
    { of: 'sources', rows: [wms] },
    { of: 'nodes', rows: [0, 1, 2].map((index) => nodeRef(nodeId(index))) },
    { of: 'groups', rows: groups },
    { of: 'channels', rows: [channelRef('web', 'all')] },
    { of: 'items', rows: [itemRef(SKU)] },
  );
}

const order = (which: number): AllocationId => `o${which}` as AllocationId;

function auditOf(shard: TestShard): readonly string[] {
  const answer = shard.machine.answer({ ask: 'audit', limit: 100 }, shard.nowMs);
  return answer.answer === 'audit' ? answer.audit.violations : ['no audit'];
}

const minute = fc.nat(10);
const units = fc.integer({ min: 1, max: 3 });
const told = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('ship' as const), at: minute, units }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('book' as const), at: minute, units, posted: minute }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('snapshot' as const),
      at: minute,
      units: fc.nat(20),
      covers: fc.constantFrom('count' as const, 'book' as const),
    }),
  },
);
type Told = typeof told extends fc.Arbitrary<infer T> ? T : never;

/** Says it all in this order; ships are steps of one order, bookings and snapshots events of the node's own system. */
function tell(said: readonly { readonly what: Told; readonly id: number }[]): TestShard {
  const shard = newShard();
  shard.nowMs = START_MS + 20 * MINUTE_MS;
  shard.record(delta({ id: 'first', at: START_MS - MINUTE_MS, quantity: 40 }));
  const lines = [{ sku: SKU, units: 36, node: nodeId(0) }];
  let step = 1;
  shard.run({ do: 'allocate', allocation: order(0), step, channel: 'web' as ChannelId, lines, partial: false });
  for (const { what, id } of said) {
    const at = START_MS + what.at * MINUTE_MS;
    if (what.do === 'ship') {
      const shipped = [{ sku: SKU, units: what.units, node: nodeId(0) }];
      const about = { allocation: order(0), step: ++step, as: 'shipped', happenedAt: at } as const;
      shard.run({ do: 'ship-allocated', ...about, lines: shipped });
    } else if (what.do === 'book') {
      const postedAt = START_MS + what.posted * MINUTE_MS;
      shard.record(delta({ id: `b${id}`, at, postedAt, quantity: -what.units, movementRef: order(0) }));
    } else {
      const head = { kind: 'snapshot', source: WMS, id: `s${id}` as EventId, at, sku: SKU, node: nodeId(0) } as const;
      shard.record({ ...head, quantity: what.units, covers: what.covers, carries: 'on-hand' });
    }
  }
  return shard;
}

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('allocate' as const),
      which: fc.nat(2),
      units,
      place: fc.oneof(
        fc.record({ node: fc.nat(NODES - 1) }),
        fc.record({ group: fc.constantFrom(...Object.keys(GROUPS)) }),
      ),
      held: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('move' as const),
      which: fc.nat(2),
      line: fc.nat(2),
      node: fc.nat(NODES - 1),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('ship' as const), which: fc.nat(2), line: fc.nat(2), units }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('reduce' as const), which: fc.nat(2), line: fc.nat(2), units }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('book' as const),
      which: fc.nat(2),
      node: fc.nat(NODES - 1),
      units,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('receive' as const), node: fc.nat(NODES - 1), units }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('again' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** An owner that books only what was really shipped to it, some time before or after we say it. */
class World {
  readonly shard = newShard();
  readonly lines = new Map<number, readonly ReserveLine[]>();
  /** Units that are on the shelves or on their way out: what was received less what left for good. */
  readonly there = [6, 6, 6];
  readonly wrong: string[] = [];
  private readonly shipped = new Map<string, number>();
  private readonly booked = new Map<string, number>();
  private last: StockCommand | undefined;
  private made = 0;

  constructor() {
    for (const node of [0, 1, 2]) this.record(node, 6);
  }

  private record(node: number, quantity: number, movementRef?: string): void {
    const event = { id: `e${this.made++}`, at: this.shard.nowMs, quantity, node: nodeId(node) };
    this.shard.record(delta({ ...event, ...(movementRef !== undefined && { movementRef }) }));
  }

  private head(which: number): { readonly allocation: AllocationId; readonly step: number } {
    return { allocation: order(which), step: this.made++ };
  }

  take(next: Step): void {
    const before = this.available();
    switch (next.do) {
      case 'wait':
        this.shard.nowMs += MINUTE_MS;
        return;
      case 'receive':
        this.record(next.node, next.units);
        this.there[next.node] = (this.there[next.node] ?? 0) + next.units;
        return;
      case 'book':
        return this.book(next);
      case 'again': {
        const digest = this.shard.digest();
        if (this.last !== undefined) this.shard.run(this.last);
        if (this.shard.digest() !== digest) this.wrong.push(`twice: ${JSON.stringify(this.last)}`);
        return;
      }
      case 'allocate':
        return this.allocate(next);
      case 'move':
      case 'ship':
      case 'reduce': {
        const line = this.lines.get(next.which)?.[next.line];
        if (line !== undefined) this.change(next, line);
        if (next.do !== 'ship' || this.available() === before) return;
        this.wrong.push(`available ${before} before shipping, ${this.available()} after`);
      }
    }
  }

  private available(): string {
    return (this.shard.stock(SKU)?.nodes ?? []).map(({ available }) => available).join();
  }

  private allocate({ which, units: wanted, place, held }: Extract<Step, { do: 'allocate' }>): void {
    const at = 'node' in place ? { node: nodeId(place.node) } : { group: place.group as GroupId };
    const lines = [{ sku: SKU, units: wanted, ...at }];
    const channel = 'web' as ChannelId;
    if (!held) return this.tell(which, { do: 'allocate', ...this.head(which), channel, lines, partial: false });
    const client = 'shop' as ClientId;
    const request = { key: `k${this.made++}`, client, channel, lines, holdMs: 60_000, partial: false };
    const outcome = this.shard.run({ do: 'reserve', request });
    if (outcome.status !== 'reserved') return;
    const { id } = outcome.reservation;
    const some = [{ sku: SKU, units: Math.max(1, wanted - 1), ...at }];
    this.tell(which, { do: 'allocate-held', ...this.head(which), id, client, lines: some });
  }

  private change(next: Extract<Step, { do: 'move' | 'ship' | 'reduce' }>, line: ReserveLine): void {
    const head = this.head(next.which);
    const from = 'node' in line ? { node: line.node } : { group: line.group };
    if (next.do === 'move') {
      const to = { node: nodeId(next.node) };
      return this.tell(next.which, { do: 'move-allocated', ...head, sku: SKU, from, to });
    }
    const lines = [{ sku: SKU, units: Math.min(next.units, line.units), ...from }];
    if (next.do === 'reduce') return this.tell(next.which, { do: 'reduce-allocated', ...head, lines });
    if (!('node' in line)) return;
    const key = `${next.which} ${line.node}`;
    this.shipped.set(key, (this.shipped.get(key) ?? 0) + (lines[0]?.units ?? 0));
    this.tell(next.which, { do: 'ship-allocated', ...head, as: 'collected', lines });
  }

  /** Never more than was shipped and is allocated there: what the owner sends is what somebody took from the shelf. */
  private book({ which, node, units: wanted }: Extract<Step, { do: 'book' }>): void {
    const key = `${which} ${nodeId(node)}`;
    const allocated = (this.lines.get(which) ?? [])
      .filter((line) => 'node' in line && line.node === nodeId(node))
      .reduce((sum, line) => sum + line.units, 0);
    const booked = this.booked.get(key) ?? 0;
    const quantity = Math.min(wanted, (this.shipped.get(key) ?? 0) + allocated - booked);
    if (quantity <= 0) return;
    this.booked.set(key, booked + quantity);
    this.record(node, -quantity, order(which));
  }

  private tell(which: number, command: StockCommand): void {
    this.last = command;
    const outcome = this.shard.run(command);
    if (outcome.status === 'allocated') this.lines.set(which, outcome.allocation.lines);
    const again = this.shard.run(command);
    if (JSON.stringify(again) !== JSON.stringify(outcome)) this.wrong.push(`answered anew: ${JSON.stringify(again)}`);
  }

  judge(): void {
    const nodes = this.shard.stock(SKU)?.nodes ?? [];
    const there = nodes.map(({ onHand, departed, allocated, reserved }) => onHand - departed - allocated - reserved);
    if (there.some((free) => free < 0)) this.wrong.push(`promised beyond what is there: ${there.join()}`);
    const free = there.map((each) => Math.max(0, each));
    const unplaced = [...this.lines.values()].flat().flatMap((line): Promise[] => {
      return 'group' in line ? [{ units: line.units, nodes: GROUPS[line.group] ?? [] }] : [];
    });
    if (!canServe(free, unplaced)) this.wrong.push(`no room for ${JSON.stringify(unplaced)} in ${free.join()}`);
    this.wrong.push(...auditOf(this.shard));
  }
}

describe('expected movements', () => {
  test('[FD8] the order in which shipments, bookings and snapshots arrive does not matter', () => {
    fc.assert(
      fc.property(
        fc
          .array(told, { minLength: 1, maxLength: 12, size: 'max' })
          .map((all) => all.map((what, id) => ({ what, id })))
          .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          const [one, other] = [tell(all), tell(shuffled)];
          const { position: _, revision: __, ...seen } = one.stock(SKU) as NonNullable<ReturnType<TestShard['stock']>>;
          expect(other.stock(SKU)).toMatchObject(seen);
          expect(auditOf(one)).toEqual([]);
        },
      ),
      { numRuns: 400 },
    );
  });

  test('[FD8][AV7][RS3] shipping never changes what is available, nothing is promised twice, a step counts once', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40, size: 'max' }), (steps) => {
        const world = new World();
        for (const next of steps) {
          world.take(next);
          world.judge();
        }
        expect(world.wrong).toEqual([]);
        expect(world.shard.replayed().digest()).toBe(world.shard.digest());
      }),
      { numRuns: 400 },
    );
  });
});
