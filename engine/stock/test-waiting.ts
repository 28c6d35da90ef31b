import type { Outcome } from '../contract/command.ts';
import type { AllocationId, ChannelId, ClientId, EventId, GroupId, OrderId } from '../contract/ids.ts';
import type { ReserveLine } from '../contract/reservation.ts';
import { channelRef, delta, groupRef, itemRef, nodeId, nodeRef, skuId, sourceRef, WMS } from './test-retailer.ts';
import { TestShard } from './test-shard.ts';

// A shard whose orders wait for one sku. Channels web and app sell what is due, shop does not.

export const START_MS = 1_767_600_000_000;
export const SKU = skuId(0);
/** Who is told that units came. */
export const TOLD = 30;
export const GROUPS: Readonly<Record<string, readonly number[]>> = { all: [0, 1, 2], west: [0, 1], east: [1, 2] };
const NODES = 3;

const day = (n: number): number => START_MS + n * 86_400_000;

export class WaitingScript {
  readonly shard = new TestShard(START_MS, { holdsPerClientMax: 1_000 });
  private readonly steps = new Map<string, number>();
  private made = 0;

  constructor() {
    const nodes = Array.from({ length: NODES }, (_, n) => nodeId(n));
    const later = { sellsInbound: true };
    this.shard.apply(
      { of: 'sources', rows: [sourceRef(WMS)] },
      { of: 'nodes', rows: nodes.map((id) => nodeRef(id)) },
      { of: 'groups', rows: Object.entries(GROUPS).map(([id, members]) => groupRef(id, members.map(nodeId))) },
      {
        of: 'channels',
        rows: [channelRef('web', 'all', later), channelRef('app', 'west', later), channelRef('shop', 'all')],
      },
      { of: 'items', rows: [itemRef(SKU)] },
    );
    for (let node = 0; node < NODES; node++) this.receive(node, 0);
  }

  receive(node: number, quantity: number): void {
    const event = {
      id: `d${this.made++}`,
      at: this.shard.nowMs,
      quantity,
      node: nodeId(node),
      reason: 'receipt',
    } as const;
    if (quantity > 0) this.shard.record(delta(event));
    else this.supply(node, 0, 1);
  }

  /** So many are due at the node in so many days, and no more. */
  supply(node: number, quantity: number, days: number): void {
    const head = { source: WMS, id: `i${this.made++}` as EventId, at: START_MS - 1_000 + this.made };
    const due = { inboundRef: `po-${node}-${days}`, quantity, dueAt: day(days) };
    this.shard.record({ kind: 'inbound', ...head, sku: SKU, node: nodeId(node), ...due });
  }

  private step(allocation: string): { readonly allocation: AllocationId; readonly step: number } {
    const step = (this.steps.get(allocation) ?? 0) + 1;
    this.steps.set(allocation, step);
    return { allocation: allocation as AllocationId, step };
  }

  await(
    allocation: string,
    units: number,
    changes: { placedAt?: number; priority?: number; channel?: string; group?: string } = {},
  ): Outcome {
    const { placedAt = START_MS, priority = 5, channel = 'web', group = 'all' } = changes;
    const about = { order: allocation as string as OrderId, channel: channel as ChannelId, group: group as GroupId };
    const terms = { ...about, sku: SKU, units, placedAt, priority, replyTo: TOLD };
    return this.shard.run({ do: 'await-units', ...this.step(allocation), ...terms });
  }

  stop(allocation: string, units?: number): Outcome {
    const some = units === undefined ? {} : { units };
    return this.shard.run({ do: 'stop-waiting', ...this.step(allocation), sku: SKU, ...some });
  }

  reserve(units: number, place: { node: number } | { group: string }, holdMs = 60_000, channel = 'shop'): Outcome {
    const at = 'node' in place ? { node: nodeId(place.node) } : { group: place.group as GroupId };
    const lines: readonly ReserveLine[] = [{ sku: SKU, units, ...at }];
    const asked = { key: `k${this.made++}`, client: 'shop' as ClientId, channel: channel as ChannelId, holdMs };
    return this.shard.run({ do: 'reserve', request: { ...asked, lines, partial: false } });
  }

  /** What a tick gives, as `order units`, and says to the orders' shard. */
  tick(): string {
    const { facts, requests } = this.shard.decide({ do: 'tick' });
    const said = requests.map(({ command }) => (command.do === 'units-came' ? command.units : '?')).join(' ');
    const given = facts.flatMap((fact) => (fact.fact === 'UnitsServed' ? fact.served : []));
    if (given.map(({ units }) => units).join(' ') !== said) return `gave ${JSON.stringify(given)}, said ${said}`;
    return given.map(({ id, units }) => `${id} ${units}`).join(', ');
  }

  ats(channel = 'web'): number | undefined {
    return this.shard.stock(SKU)?.channels.find((each) => each.channel === channel)?.ats;
  }
}
