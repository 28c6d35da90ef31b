import type { Allocation } from '../contract/allocation.ts';
import type {
  AllocationId,
  ChannelId,
  ClientId,
  EventId,
  GroupId,
  NodeId,
  OrderId,
  ReservationId,
} from '../contract/ids.ts';
import type { Place, ReserveLine } from '../contract/reservation.ts';
import type { AllocationStep, LineUnits } from '../contract/stock-port.ts';
import type { DeltaEvent } from '../contract/stock-event.ts';
import { type Partition, shardOfSku } from '../shard/partition.ts';
import type { Chance } from './chance.ts';
import type { Work } from './client.ts';
import { START_MS } from './draft-event.ts';
import { shardOfId } from './held-play.ts';
import { CHANNELS, GROUPS, NODES, SKUS, WMS } from './retailer.ts';
import type { Sent } from './sent.ts';

// What orders do: take units, from holds or from what is free, find them nodes, ship them, give them back; and what the
// nodes' own systems then book, before, after, twice, in part or never. Steps are repeated, late and out of order too.

interface SentStep {
  readonly shard: number;
  readonly command: AllocationStep;
}

const BOOKING_STEP_MS = 20 * 60_000;
const BOOKING_STEPS = 24;

export class OrderPlay {
  readonly #chance: Chance;
  readonly #partition: Partition;
  readonly #sent: Sent;
  readonly #steps: SentStep[] = [];
  /** What orders were told they have. */
  readonly #known = new Map<AllocationId, Allocation>();
  #made = 0;

  constructor(chance: Chance, partition: Partition, sent: Sent) {
    this.#chance = chance;
    this.#partition = partition;
    this.#sent = sent;
  }

  told(allocation: Allocation): void {
    this.#known.set(allocation.id, allocation);
  }

  next(nowMs: number, held: readonly { readonly id: ReservationId; readonly client: ClientId }[]): Work[] {
    const chance = this.#chance;
    if (this.#steps.length > 0 && chance.yes(0.2)) return this.#tell(chance.pick(this.#steps));
    if (chance.yes(0.15)) {
      const more = this.#onItsWay();
      if (more.length > 0) return more;
    }
    if (chance.yes(0.3)) return this.#wait(nowMs);
    const orders = [...this.#known.values()].filter(({ lines }) => lines.length > 0);
    if (held.length > 0 && chance.yes(0.25)) return this.#take(chance.pick([...held.slice(-2), ...this.#wide(held)]));
    if (orders.length === 0 || chance.yes(0.25)) return this.#allocate();
    const order = chance.pick(orders.slice(-6));
    return this.#change(order, chance.pick(order.lines), nowMs);
  }

  /** The newest that spans shards. */
  #wide<T extends { readonly id: ReservationId }>(held: readonly T[]): T[] {
    return held.filter(({ id }) => shardOfId(id) >= this.#partition.stockShards).slice(-1);
  }

  #step(): { readonly step: number } {
    return { step: ++this.#made };
  }

  #take({ id, client }: { readonly id: ReservationId; readonly client: ClientId }): Work[] {
    const allocation = `o-${id}` as AllocationId;
    const some = this.#chance.yes(0.3) ? { lines: [this.#line('web')] } : {};
    const shard = shardOfId(id);
    return this.#tell({ shard, command: { do: 'allocate-held', allocation, ...this.#step(), id, client, ...some } });
  }

  #allocate(): Work[] {
    const chance = this.#chance;
    const allocation = `o${chance.below(2) === 0 ? this.#made : chance.below(4)}` as AllocationId;
    const channel = chance.pick(Object.keys(CHANNELS));
    const first = this.#line(channel);
    const lines = chance.yes(0.7) ? [first] : [first, { ...this.#line(channel), sku: first.sku }];
    const about = { channel: channel as ChannelId, lines, partial: chance.yes(0.4) };
    return this.#tell({
      shard: shardOfSku(this.#partition, first.sku),
      command: { do: 'allocate', allocation, ...this.#step(), ...about },
    });
  }

  #change({ id: allocation }: Allocation, line: ReserveLine, nowMs: number): Work[] {
    const chance = this.#chance;
    const head = { allocation, ...this.#step() };
    const shard = shardOfSku(this.#partition, line.sku);
    const from: Place = 'node' in line ? { node: line.node } : { group: line.group };
    const some: LineUnits = { sku: line.sku, units: 1 + chance.below(line.units), ...from };
    if (chance.yes(0.25) || !('node' in line)) {
      const to = chance.yes(0.8) ? { node: chance.pick(NODES) } : { group: this.#group() };
      const units = chance.yes(0.5) ? {} : { units: some.units };
      return this.#tell({ shard, command: { do: 'move-allocated', ...head, sku: line.sku, from, to, ...units } });
    }
    if (chance.yes(0.15)) {
      const lines = chance.yes(0.7) ? { lines: [some] } : {};
      return this.#tell({ shard, command: { do: 'reduce-allocated', ...head, ...lines } });
    }
    if (chance.yes(0.15)) {
      const about = { channel: 'web' as ChannelId, sku: line.sku, node: chance.pick(NODES), units: some.units };
      return this.#tell({ shard, command: { do: 'take-back', ...head, ...about } });
    }
    if (chance.yes(0.12)) {
      const as = chance.pick(['not-found', 'damaged'] as const);
      return this.#tell({ shard, command: { do: 'declare-short', ...head, as, ...some, node: line.node } });
    }
    if (chance.yes(0.3)) return this.#transfer(head, { ...some, node: line.node }, nowMs);
    const when = chance.yes(0.6) ? {} : { happenedAt: nowMs - chance.below(3) * BOOKING_STEP_MS };
    return this.#tell({ shard, command: { do: 'ship-allocated', ...head, as: 'shipped', lines: [some], ...when } });
  }

  /** Units that are not there yet are sold, or no longer wanted; of a few orders, so that they wait for the same. */
  #wait(nowMs: number): Work[] {
    const chance = this.#chance;
    const waits = this.#steps.filter(({ command }) => command.do === 'await-units').slice(-6);
    const { shard, command } = waits.length === 0 ? {} : chance.pick(waits);
    if (shard !== undefined && command?.do === 'await-units' && chance.yes(0.2)) {
      const { allocation, sku } = command;
      const some = chance.yes(0.5) ? { units: 1 + chance.below(command.units) } : {};
      return this.#tell({ shard, command: { do: 'stop-waiting', allocation, ...this.#step(), sku, ...some } });
    }
    const sku = chance.pick(SKUS.slice(0, 2));
    const allocation = `${chance.pick(['o', 'b'])}${chance.below(6)}` as AllocationId;
    const about = { order: allocation as string as OrderId, channel: chance.pick(Object.keys(CHANNELS)) as ChannelId };
    const wanted = { sku, group: this.#group(), units: 1 + chance.below(8) };
    const when = { placedAt: nowMs - chance.below(9) * 1_000, priority: chance.below(2) };
    // An order's shard that knows no such order says that it has heard, all the same.
    const told = chance.yes(0.5) ? { replyTo: this.#partition.orders } : {};
    return this.#tell({
      shard: shardOfSku(this.#partition, sku),
      command: { do: 'await-units', allocation, ...this.#step(), ...about, ...wanted, ...when, ...told },
    });
  }

  /** Some of what was sent is lost, or has arrived. */
  #onItsWay(): Work[] {
    const chance = this.#chance;
    const sent = this.#steps.filter(({ command }) => command.do === 'transfer').slice(-4);
    const { shard, command } = sent.length === 0 ? {} : chance.pick(sent);
    if (shard === undefined || command?.do !== 'transfer') return [];
    const { allocation, channel, sku, to } = command;
    const about = { allocation, ...this.#step(), channel, sku, units: 1 + chance.below(command.units) };
    if (chance.yes(0.5)) return this.#tell({ shard, command: { do: 'take-back', ...about, node: to } });
    return this.#tell({ shard, command: { do: 'write-off', ...about, to, reason: 'fell off' } });
  }

  /** To another node. */
  #transfer(
    head: { readonly allocation: AllocationId; readonly step: number },
    { sku, units, node: from }: LineUnits & { readonly node: NodeId },
    nowMs: number,
  ): Work[] {
    const chance = this.#chance;
    const about = { ...head, channel: 'web' as ChannelId, sku, units, to: chance.pick(NODES) as NodeId };
    const shard = shardOfSku(this.#partition, sku);
    const of = chance.yes(0.6) ? 'allocated' : 'available';
    const dueAt = nowMs + (chance.below(4) - 1) * BOOKING_STEP_MS;
    return this.#tell({ shard, command: { do: 'transfer', ...about, of, from, dueAt } });
  }

  /** The node's own system books some of an order, ours to tell or not. */
  booking(number: number): DeltaEvent | undefined {
    const chance = this.#chance;
    const orders = [...this.#known.values()];
    if (orders.length === 0) return undefined;
    const { movementRef } = chance.pick(orders.slice(-6));
    const time = (): number => START_MS - chance.below(BOOKING_STEPS + 1) * BOOKING_STEP_MS;
    return {
      kind: 'delta',
      source: WMS,
      id: `b${number}` as EventId,
      at: time(),
      ...(chance.yes(0.5) && { postedAt: time() }),
      sku: chance.pick(SKUS),
      node: chance.pick(NODES) as NodeId,
      ...(chance.yes(0.8)
        ? { quantity: -1 - chance.below(3), reason: 'shipment' as const }
        : { quantity: 1 + chance.below(2), reason: 'return' as const }),
      movementRef,
    };
  }

  #line(channel: string): ReserveLine {
    const chance = this.#chance;
    const head = { sku: chance.pick(SKUS), units: 1 + chance.below(3) };
    const serving = GROUPS[CHANNELS[channel] ?? ''] ?? NODES;
    return chance.yes(0.6) ? { ...head, node: chance.pick(serving) } : { ...head, group: this.#group() };
  }

  #group(): GroupId {
    return this.#chance.pick(Object.keys(GROUPS)) as GroupId;
  }

  #tell(sent: SentStep): Work[] {
    if (!this.#steps.includes(sent)) this.#steps.push(sent);
    this.#sent.step(sent.command);
    return [sent];
  }
}
