import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StockCommand } from '../contract/command.ts';
import type { ChannelId, ClientId, GroupId, ReservationId } from '../contract/ids.ts';
import type { ReserveLine } from '../contract/reservation.ts';
import { canServe, type Promise } from './test-matching.ts';
import { channelRef, delta, groupRef, itemRef, nodeId, nodeRef, skuId, sourceRef, WMS } from './test-retailer.ts';
import { TestShard } from './test-shard.ts';

// Random reservations, releases, expiries and feeds; after each step bipartite matching judges what is promised.

const NODES = 4;
const START_MS = 1_767_600_000_000;
const GROUPS: Readonly<Record<string, readonly number[]>> = {
  all: [0, 1, 2, 3],
  west: [0, 1],
  mid: [1, 2],
  east: [2, 3],
  one: [3],
};
const CLIENT = 'shop' as ClientId;

const line = fc.oneof(
  fc.record({ sku: fc.nat(1), units: fc.integer({ min: 1, max: 5 }), node: fc.nat(NODES - 1) }),
  fc.record({ sku: fc.nat(1), units: fc.integer({ min: 1, max: 5 }), group: fc.constantFrom(...Object.keys(GROUPS)) }),
);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('reserve' as const),
      lines: fc.array(line, { minLength: 1, maxLength: 3 }),
      partial: fc.boolean(),
      channel: fc.constantFrom('web', 'west'),
      holdMs: fc.constantFrom(1_000, 10_000),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('stock' as const),
      sku: fc.nat(1),
      node: fc.nat(NODES - 1),
      quantity: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('release' as const), which: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(500, 1_000, 3_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('tick' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

class World {
  readonly shard = new TestShard(START_MS, { holdsPerClientMax: 1_000 });
  private readonly held = new Map<
    ReservationId,
    { readonly lines: readonly ReserveLine[]; readonly expiresAt: number }
  >();
  private readonly onHand = [0, 1].map(() => Array.from({ length: NODES }, () => 0));
  private steps = 0;
  /** What the judge found. */
  readonly wrong: string[] = [];

  constructor() {
    const nodes = Array.from({ length: NODES }, (_, index) => nodeId(index));
    const groups = Object.entries(GROUPS).map(([id, members]) => groupRef(id, members.map(nodeId)));
    this.shard.apply(
      { of: 'sources', rows: [sourceRef(WMS)] },
      { of: 'nodes', rows: nodes.map((id) => nodeRef(id)) },
      { of: 'groups', rows: groups },
      { of: 'channels', rows: [channelRef('web', 'all'), channelRef('west', 'west')] },
      { of: 'items', rows: [itemRef(skuId(0)), itemRef(skuId(1))] },
    );
    for (const sku of [0, 1]) for (const [node] of nodes.entries()) this.receive(sku, node, 2);
  }

  private receive(sku: number, node: number, quantity: number): void {
    this.steps++;
    const at = this.shard.nowMs;
    this.shard.record(
      delta({ id: `s${this.steps}`, at, quantity, sku: skuId(sku), node: nodeId(node), reason: 'receipt' }),
    );
    (this.onHand[sku] as number[])[node] = (this.onHand[sku]?.[node] ?? 0) + quantity;
  }

  take(next: Step): void {
    switch (next.do) {
      case 'stock':
        return this.receive(next.sku, next.node, next.quantity);
      case 'wait':
        this.shard.nowMs += next.ms;
        return;
      case 'tick':
        this.shard.run({ do: 'tick' });
        return;
      case 'release': {
        const id = [...this.held.keys()][next.which];
        if (id === undefined) return;
        this.shard.run({ do: 'release', id, client: CLIENT });
        this.held.delete(id);
        return;
      }
      case 'reserve':
        return this.reserve(next);
    }
  }

  private reserve(asked: Extract<Step, { do: 'reserve' }>): void {
    this.steps++;
    const lines = asked.lines.map((wanted): ReserveLine => {
      const head = { sku: skuId(wanted.sku), units: wanted.units };
      if ('group' in wanted) return { ...head, group: wanted.group as GroupId };
      return { ...head, node: nodeId(asked.channel === 'web' ? wanted.node : wanted.node % 2) };
    });
    const { partial, holdMs } = asked;
    const request = {
      key: `k${this.steps}`,
      client: CLIENT,
      channel: asked.channel as ChannelId,
      lines,
      holdMs,
      partial,
    };
    const command: StockCommand = { do: 'reserve', request };
    const outcome = this.shard.run(command);
    if (outcome.status === 'reserved') {
      this.held.set(outcome.reservation.id, outcome.reservation);
      return;
    }
    const isAboutUnits = outcome.status === 'refused' && outcome.code === 'units-exceed-available';
    if (!isAboutUnits || this.couldServe(asked, lines)) this.wrong.push(`needless ${JSON.stringify(outcome)}`);
  }

  /** A no is needless when the lines could be promised too, and sold within the nodes of the channel. */
  private couldServe(
    { partial, channel }: { partial: boolean; channel: string },
    lines: readonly ReserveLine[],
  ): boolean {
    const asked = partial ? lines.map((wanted) => ({ ...wanted, units: 1 })).slice(0, 1) : lines;
    const inChannel = channel === 'web' ? GROUPS['all'] : GROUPS['west'];
    return [0, 1].every((sku) => {
      const wanted = promisesOf(asked, sku);
      const own = wanted.map(({ units }) => ({ nodes: inChannel ?? [], units }));
      return (
        canServe(this.onHand[sku] ?? [], [...this.promises(sku), ...wanted]) &&
        canServe(this.onHand[sku] ?? [], [...this.promises(sku), ...own])
      );
    });
  }

  private promises(sku: number): Promise[] {
    const now = this.shard.nowMs;
    return [...this.held.values()]
      .filter((hold) => hold.expiresAt > now)
      .flatMap((hold) => promisesOf(hold.lines, sku));
  }

  judge(): void {
    for (const sku of [0, 1]) {
      if (!canServe(this.onHand[sku] ?? [], this.promises(sku))) this.wrong.push(`oversold ${skuId(sku)}`);
    }
  }
}

function promisesOf(lines: readonly ReserveLine[], sku: number): Promise[] {
  return lines
    .filter((wanted) => wanted.sku === skuId(sku))
    .map((wanted) => ({
      units: wanted.units,
      nodes: 'node' in wanted ? [Number(wanted.node.slice(1))] : (GROUPS[wanted.group] ?? []),
    }));
}

describe('reservations', () => {
  test('[AV7] nothing is promised that no node has, and nothing is refused that could be had', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const world = new World();
        for (const next of steps) {
          world.take(next);
          world.judge();
        }
        expect(world.wrong).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
