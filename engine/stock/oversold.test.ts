import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StockCommand } from '../contract/command.ts';
import type { ChannelId, ClientId, GroupId, PoolId, ReservationId } from '../contract/ids.ts';
import type { ReserveLine } from '../contract/reservation.ts';
import { canServe, type Promise } from './test-matching.ts';
import { channelRef, delta, groupRef, itemRef, nodeId, nodeRef, skuId, sourceRef, WMS } from './test-retailer.ts';
import { type Channel, CHANNELS, GROUP_OF, GROUPS, NODES, step, type Step } from './test-sales.ts';
import { TestShard } from './test-shard.ts';

// Random reservations, moves, extensions, releases, expiries and feeds; after each step bipartite matching judges what is promised, and that
// pools keep what was there to be kept.

const START_MS = 1_767_600_000_000;
const CLIENT = 'shop' as ClientId;

/** `drawn`: units of each line that came out of the channel's pool. */
interface Held {
  readonly lines: readonly ReserveLine[];
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly channel: Channel;
  readonly drawn: readonly number[];
}

class World {
  readonly shard = new TestShard(START_MS, { holdsPerClientMax: 1_000 });
  private readonly held = new Map<ReservationId, Held>();
  /** Per sku: what is set aside, and per channel what is kept back. */
  private readonly quota = [0, 1].map(() => ({ web: 0, west: 0 }));
  private readonly threshold = { web: 0, west: 0 };
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
      case 'move':
        return this.move(next);
      case 'extend':
        return this.extend(next);
      case 'pool':
        return this.setAside(next);
      case 'threshold': {
        const { channel, units } = next;
        this.threshold[channel] = units;
        const row = channelRef(channel, GROUP_OF[channel], { threshold: units });
        this.shard.apply({ of: 'channels', rows: [row] });
        return;
      }
      case 'reserve':
        return this.reserve(next);
    }
  }

  private setAside({ channel, sku, units }: Extract<Step, { do: 'pool' }>): void {
    const row = { id: channel as unknown as PoolId, channel: channel as unknown as ChannelId, sku: skuId(sku), units };
    const outcome = this.shard.run({ do: 'apply', batch: { of: 'pools', rows: [row] } });
    if ('refusedRows' in outcome) return;
    (this.quota[sku] as Record<Channel, number>)[channel] = units;
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
      channel: asked.channel as unknown as ChannelId,
      lines,
      holdMs,
      partial,
    };
    const command: StockCommand = { do: 'reserve', request };
    const wereKept = [0, 1].map((sku) => this.canKeep(sku));
    const outcome = this.shard.run(command);
    if (outcome.status === 'reserved') {
      const { id, lines: granted, createdAt, expiresAt } = outcome.reservation;
      const left = [0, 1].map((sku) => this.leftOf(asked.channel, sku));
      const drawn = granted.map(({ sku, units }) => {
        const index = Number(sku.slice(4));
        const fromPool = Math.min(units, left[index] ?? 0);
        left[index] = (left[index] ?? 0) - fromPool;
        return fromPool;
      });
      this.held.set(id, { lines: granted, createdAt, expiresAt, channel: asked.channel, drawn });
      // What pools keep was there before the sale, so it is there after it.
      const isLost = [0, 1].some((sku) => wereKept[sku] === true && !this.canKeep(sku));
      if (isLost) this.wrong.push(`sold what a pool keeps: ${JSON.stringify(granted)}`);
      return;
    }
    const isAboutUnits = outcome.status === 'refused' && outcome.code === 'units-exceed-available';
    if (!isAboutUnits || this.couldServe(asked, lines)) this.wrong.push(`needless ${JSON.stringify(outcome)}`);
  }

  private move(asked: Extract<Step, { do: 'move' }>): void {
    this.steps++;
    const id = [...this.held.keys()][asked.which];
    const hold = id === undefined ? undefined : this.held.get(id);
    const from = hold?.lines[asked.line];
    if (id === undefined || hold === undefined || from === undefined || hold.expiresAt <= this.shard.nowMs) return;
    const units = Math.min(from.units, asked.units ?? from.units);
    const isWeb = hold.channel === 'web';
    const to =
      'group' in asked.to
        ? { group: asked.to.group as GroupId }
        : { node: nodeId(isWeb ? asked.to.node : asked.to.node % 2) };
    const request = { key: `m${this.steps}`, id, client: CLIENT, sku: from.sku, from: placeOf(from), to, units };
    const wereKept = [0, 1].map((sku) => this.canKeep(sku));
    const outcome = this.shard.run({ do: 'move', request, shard: 7 });
    const rest = this.withMoved(hold, asked.line, { sku: from.sku, units, ...to });
    if (outcome.status === 'moved') {
      this.held.set(id, rest);
      const isLost = [0, 1].some((sku) => wereKept[sku] === true && !this.canKeep(sku));
      // Web has all nodes. What a hold of west gives back elsewhere is not where west's pool is kept.
      if (isLost && isWeb) this.wrong.push(`moved onto what a pool keeps: ${JSON.stringify(request)}`);
      const seen = outcome.reservation.lines;
      if (JSON.stringify(seen) !== JSON.stringify(rest.lines)) this.wrong.push(`moved to ${JSON.stringify(seen)}`);
      return;
    }
    this.held.set(id, rest);
    const sku = Number(from.sku.slice(4));
    const isNeedless = canServe(this.onHand[sku] ?? [], [...this.promises(sku), ...this.kept(sku, hold.channel)]);
    this.held.set(id, hold);
    const isAboutUnits = outcome.status === 'refused' && outcome.code === 'units-exceed-available';
    if (!isAboutUnits || isNeedless) this.wrong.push(`needless ${JSON.stringify(outcome)}`);
  }

  /** Units go back to the pool they came from, and the new place draws it first. */
  private withMoved(hold: Held, index: number, moved: ReserveLine): Held {
    const units = hold.lines.map((line, i) => line.units - (i === index ? moved.units : 0));
    const drawn = hold.drawn.map((fromPool, i) => fromPool - (i === index ? Math.min(fromPool, moved.units) : 0));
    const sku = Number(moved.sku.slice(4));
    const others = drawnOf({ ...hold, drawn }, sku) - drawnOf(hold, sku);
    const left = Math.max(0, (this.quota[sku]?.[hold.channel] ?? 0) - this.drawnFrom(hold.channel, sku) - others);
    const rows = hold.lines.map((line, i) => ({ line: { ...line, units: units[i] ?? 0 }, drawn: drawn[i] ?? 0 }));
    const name = JSON.stringify([moved.sku, placeOf(moved)]);
    const after = rows.filter(({ line }) => line.units > 0);
    const same = after.find(({ line }) => JSON.stringify([line.sku, placeOf(line)]) === name);
    const put = Math.min(moved.units, left);
    if (same === undefined) after.push({ line: moved, drawn: put });
    else {
      same.line = { ...same.line, units: same.line.units + moved.units };
      same.drawn += put;
    }
    return { ...hold, lines: after.map(({ line }) => line), drawn: after.map((row) => row.drawn) };
  }

  private extend({ which, by }: Extract<Step, { do: 'extend' }>): void {
    const id = [...this.held.keys()][which];
    const hold = id === undefined ? undefined : this.held.get(id);
    if (id === undefined || hold === undefined) return;
    const holdMs = hold.expiresAt - hold.createdAt + by;
    const outcome = this.shard.run({ do: 'extend', request: { id, client: CLIENT, holdMs } });
    const isOver = hold.expiresAt <= this.shard.nowMs;
    if ((outcome.status === 'extended') === isOver) this.wrong.push(`extended when over: ${JSON.stringify(outcome)}`);
    if (outcome.status === 'extended') this.held.set(id, { ...hold, expiresAt: hold.expiresAt + by });
  }

  /** A no is needless when the lines could be promised too, and sold within the nodes of the channel. */
  private couldServe(
    { partial, channel }: { partial: boolean; channel: Channel },
    lines: readonly ReserveLine[],
  ): boolean {
    const asked = partial ? lines.map((wanted) => ({ ...wanted, units: 1 })).slice(0, 1) : lines;
    const nodes = GROUPS[GROUP_OF[channel]] ?? [];
    return [0, 1].every((sku) => {
      const wanted = promisesOf(asked, sku);
      if (wanted.length === 0) return true;
      const own = { nodes, units: unitsOf(wanted) + this.threshold[channel] };
      const against = [...this.promises(sku), ...this.kept(sku, channel)];
      return (
        canServe(this.onHand[sku] ?? [], [...against, ...wanted]) && canServe(this.onHand[sku] ?? [], [...against, own])
      );
    });
  }

  private promises(sku: number): Promise[] {
    const now = this.shard.nowMs;
    return [...this.held.values()]
      .filter((hold) => hold.expiresAt > now)
      .flatMap((hold) => promisesOf(hold.lines, sku));
  }

  /** What is left of the pools, but not of this channel's own. */
  private kept(sku: number, except?: Channel): Promise[] {
    const others = CHANNELS.filter((channel) => channel !== except);
    return others.map((channel) => ({ nodes: GROUPS[GROUP_OF[channel]] ?? [], units: this.leftOf(channel, sku) }));
  }

  private leftOf(channel: Channel, sku: number): number {
    return Math.max(0, (this.quota[sku]?.[channel] ?? 0) - this.drawnFrom(channel, sku));
  }

  private drawnFrom(channel: Channel, sku: number): number {
    const held = [...this.held.values()].filter((hold) => hold.expiresAt > this.shard.nowMs);
    const drawn = held.filter((hold) => hold.channel === channel).map((hold) => drawnOf(hold, sku));
    return drawn.reduce((sum, units) => sum + units, 0);
  }

  private canKeep(sku: number): boolean {
    return canServe(this.onHand[sku] ?? [], [...this.promises(sku), ...this.kept(sku)]);
  }

  judge(): void {
    for (const sku of [0, 1]) {
      if (!canServe(this.onHand[sku] ?? [], this.promises(sku))) this.wrong.push(`oversold ${skuId(sku)}`);
    }
  }
}

function drawnOf({ lines, drawn }: Held, sku: number): number {
  return lines.reduce((sum, line, i) => sum + (line.sku === skuId(sku) ? (drawn[i] ?? 0) : 0), 0);
}

const placeOf = (line: ReserveLine) => ('node' in line ? { node: line.node } : { group: line.group });

function unitsOf(promises: readonly Promise[]): number {
  return promises.reduce((sum, { units }) => sum + units, 0);
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
  test('[AV2][AV7][RS7] nothing is promised that no node has, and nothing is refused that could be had', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40, size: 'max' }), (steps) => {
        const world = new World();
        for (const next of steps) {
          world.take(next);
          world.judge();
        }
        expect(world.wrong).toEqual([]);
      }),
      { numRuns: 600 },
    );
  });
});
