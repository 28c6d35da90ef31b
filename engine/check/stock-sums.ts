import type { SkuStock } from '../contract/change.ts';
import type { ChannelId, GroupId, NodeId, Sku } from '../contract/ids.ts';
import { switchKey, type ReferenceBatch } from '../contract/reference.ts';
import type { HostedShard } from '../shard/hosted-shard.ts';
import type { PromiseBook } from './promise-book.ts';

// The rules that must hold in every state, worked out anew for one stock shard: Σ hold rows = reserved, Σ terms =
// available, Σ demands = unplaced, nothing below zero.

/** Skus asked for at once. */
const CHUNK = 500;

export interface SumsSeen {
  skus: number;
  /** Units promised beyond what is there: shortfalls that feeds made (rule AV7). */
  short: number;
}

/** What does not add up, in words. */
export function* wrongSums({ machine }: HostedShard, book: PromiseBook, seen: SumsSeen): Generator<string> {
  const off = switchedOff(referenceOf(machine));
  const groups = channelNodes(referenceOf(machine));
  const known = new Set<string>();
  for (let after: Sku | undefined; ;) {
    const answer = machine.answer({ ask: 'all-stock', ...(after === undefined ? {} : { after }), limit: CHUNK }, 0);
    const stocks = answer.answer === 'stock' ? answer.stock : [];
    for (const stock of stocks) {
      seen.skus += 1;
      for (const one of stock.nodes) {
        known.add(`${stock.sku} ${one.node}`);
        seen.short += one.short;
        yield* wrongAtNode(stock.sku, one, { book, off });
      }
      yield* wrongInTransit(stock, book);
      yield* wrongInChannels(stock, book, groups);
    }
    if (stocks.length < CHUNK) break;
    after = stocks.at(-1)?.sku;
  }
  for (const { sku, node, units } of book.places()) {
    if (!known.has(`${sku} ${node}`)) yield `${units} of ${sku} are promised at ${node}, where it has no position`;
  }
}

interface SwitchedOff {
  readonly nodes: ReadonlySet<NodeId>;
  readonly items: ReadonlySet<Sku>;
  /** By switchKey. */
  readonly positions: ReadonlySet<string>;
}

function* wrongAtNode(
  sku: Sku,
  one: SkuStock['nodes'][number],
  { book, off }: { readonly book: PromiseBook; readonly off: SwitchedOff },
): Generator<string> {
  const at = `${sku} at ${one.node}`;
  const reserved = book.reservedAt(sku, one.node);
  if (one.reserved !== reserved) yield `${at}: reserved is ${one.reserved}, its hold rows are ${reserved}`;
  const rest = one.onHand - one.unavailable - one.departed - one.reserved - one.allocated - one.safety;
  const isOff =
    one.off === 'silence' ||
    off.nodes.has(one.node) ||
    off.items.has(sku) ||
    off.positions.has(switchKey({ sku, node: one.node }));
  const available = isOff ? 0 : Math.max(0, rest);
  if (one.available !== available) yield `${at}: available is ${one.available}, its terms give ${available}`;
  const there = Math.max(0, one.onHand - one.unavailable - one.departed);
  const short = Math.max(0, one.reserved + one.allocated - there);
  if (one.short !== short) yield `${at}: ${one.short} are called short, its terms give ${short}`;
  const { allocated, departed } = one;
  if (Math.min(reserved, allocated) < 0) yield `${at}: reserved ${reserved}, allocated ${allocated}`;
  // What the owner booked first, or a snapshot covers, is in neither any more (rule FD8).
  const most = book.orderedAt(sku, one.node);
  if (allocated > most.allocated) yield `${at}: allocated is ${allocated}, its orders have ${most.allocated}`;
  if (departed > most.departed) yield `${at}: departed is ${departed}, ${most.departed} were shipped`;
}

function* wrongInTransit({ sku, inbound }: SkuStock, book: PromiseBook): Generator<string> {
  const onTheirWay = new Map<NodeId, number>();
  for (const { node, units, inTransit } of inbound) {
    if (inTransit === true) onTheirWay.set(node, (onTheirWay.get(node) ?? 0) + units);
  }
  for (const [node, units] of onTheirWay) {
    const sent = book.sentTo(sku, node);
    if (units > sent) yield `${sku} to ${node}: ${units} are in transit, ${sent} were sent`;
  }
}

function* wrongInChannels(
  stock: SkuStock,
  book: PromiseBook,
  groups: ReadonlyMap<ChannelId, ReadonlySet<NodeId>>,
): Generator<string> {
  for (const { channel, unplaced, ats } of stock.channels) {
    const nodes = groups.get(channel);
    const sharing = book.demandsOf(stock.sku).filter((demand) => demand.nodes.some((node) => nodes?.has(node)));
    const wanted = sharing.reduce((units, demand) => units + demand.units, 0);
    if (unplaced !== wanted) yield `${stock.sku} in ${channel}: unplaced is ${unplaced}, its hold rows are ${wanted}`;
    if (ats < 0) yield `${stock.sku} in ${channel}: available to sell is ${ats}`;
  }
}

export function referenceOf(machine: HostedShard['machine']): readonly ReferenceBatch[] {
  const answer = machine.answer({ ask: 'reference' }, 0);
  return answer.answer === 'reference' ? answer.batches : [];
}

function switchedOff(batches: readonly ReferenceBatch[]): SwitchedOff {
  const nodes = batches.flatMap((batch) => (batch.of === 'nodes' ? batch.rows.filter((row) => !row.enabled) : []));
  const items = batches.flatMap((batch) => (batch.of === 'items' ? batch.rows.filter((row) => !row.enabled) : []));
  const switches = batches.flatMap((batch) =>
    batch.of === 'switches' ? batch.rows.filter((row) => !row.enabled) : [],
  );
  return {
    nodes: new Set(nodes.map(({ id }) => id)),
    items: new Set(items.map(({ sku }) => sku)),
    positions: new Set(switches.map(switchKey)),
  };
}

function channelNodes(batches: readonly ReferenceBatch[]): ReadonlyMap<ChannelId, ReadonlySet<NodeId>> {
  const groups = new Map<GroupId, readonly NodeId[]>();
  for (const batch of batches) if (batch.of === 'groups') for (const { id, nodes } of batch.rows) groups.set(id, nodes);
  const channels = batches.flatMap((batch) => (batch.of === 'channels' ? batch.rows : []));
  return new Map(channels.map(({ id, group }) => [id, new Set(groups.get(group))]));
}
