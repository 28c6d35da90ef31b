import type {
  KitRow,
  ChannelStock,
  InboundStock,
  NodeStock,
  SkuStock,
  StockChange,
  SwitchedOff,
} from '../contract/change.ts';
import type { ChannelId, NodeId, Sku, SourceId } from '../contract/ids.ts';
import { UNAVAILABLE_STATES, type UnavailableState } from '../contract/stock-event.ts';
import { safetyUsedOf, shortOf } from './availability.ts';
import { BANDS } from './bands.ts';
import { dueUnits, comingAt } from './due-supplies.ts';
import { FLAG } from './position-table.ts';
import { atsOf, positionsOf, termsOf } from './position-change.ts';
import { leftIn, poolsOf, type PoolAt } from './set-aside.ts';
import { SKU_FLAG } from './sku-table.ts';
import type { StockState } from './stock-state.ts';
import type { TouchedSku } from './touched.ts';

// What the state looks like from outside: the shapes of contract/change.ts.

export function skuStockOf(state: StockState, sku: number): SkuStock {
  const positions = [...positionsOf(state, sku)];
  return {
    sku: state.skus.names.name(sku) as Sku,
    position: positionText(state, state.skus.revision.get(sku)),
    revision: state.skus.revision.get(sku),
    channels: channelsOf(state, sku),
    nodes: positions.map((position) => nodeStockOf(state, position)),
    inbound: positions.flatMap((position) => inboundOf(state, position)),
  };
}

/** A sku of the item master that no source has spoken of yet: known, and nothing of it anywhere. */
export function unheardStockOf(state: StockState, sku: Sku): SkuStock | undefined {
  const item = state.reference.items.get(sku);
  const kit = state.reference.kits.get(sku);
  if (item === undefined && kit === undefined) return undefined;
  const nothing = { ats: 0, unplaced: 0, band: 'out-of-stock', asOf: 0 } as const;
  const channels = state.channels.map(({ id }) => ({ channel: id as ChannelId, ...nothing }));
  if (kit === undefined) return { ...nobody(state, sku, item?.lsn ?? 0), channels };
  // All that a kit's row says: with any of it its revision grows.
  const row: KitRow = {
    components: kit.ref.components,
    version: kit.version,
    isOff: item?.ref.enabled === false,
    limits: Array.from(state.reference.channels.values(), ({ id, lowAt, clearAt }) => ({ id, lowAt, clearAt })),
  };
  const revision = Math.max(item?.lsn ?? 0, kit.lsn, state.reference.channelsLsn);
  return { ...nobody(state, sku, revision), channels, kit: row };
}

function nobody(
  state: StockState,
  sku: Sku,
  revision: number,
): Pick<SkuStock, 'sku' | 'position' | 'revision' | 'nodes' | 'inbound'> {
  return { sku, position: positionText(state, revision), revision, nodes: [], inbound: [] };
}

export function changeOf(state: StockState, sku: number, touched: TouchedSku, atMs: number): StockChange {
  const revision = state.skus.revision.get(sku);
  return {
    sku: state.skus.names.name(sku) as Sku,
    revision,
    position: positionText(state, revision),
    at: atMs,
    receivedAt: touched.receivedAt,
    facts: touched.facts,
    ...(touched.crossings.length > 0 && { crossings: touched.crossings }),
    channels: channelsOf(state, sku),
    nodes: touched.positions.map((position) => nodeStockOf(state, position)),
    ...(touched.shortfalls !== undefined && { shortfalls: [...touched.shortfalls.values()] }),
  };
}

/** Where a sku stands in history; undefined when it is neither reported nor in the item master. */
export function revisionOf(state: StockState, name: Sku): Pick<SkuStock, 'position' | 'revision'> | undefined {
  const sku = state.skus.names.find(name);
  const revision = sku === 0 ? state.reference.items.get(name)?.lsn : state.skus.revision.get(sku);
  return revision === undefined ? undefined : { position: positionText(state, revision), revision };
}

/** Position in history, opaque to callers (rule AV5). */
function positionText(state: StockState, lsn: number): string {
  return `${state.settings.shard}.${lsn}`;
}

function channelsOf(state: StockState, sku: number): ChannelStock[] {
  const pools = poolsOf(state, sku);
  const silences = silencesOf(state, sku);
  return state.channels.map(({ id, set, threshold }, channel) => ({
    channel: id as ChannelId,
    ats: atsOf(state, sku, channel),
    unplaced: unplacedOf(state, sku, set),
    ...(pools.length > 0 && poolUnits(state, pools, { id, set })),
    ...(threshold > 0 && { threshold }),
    band: BANDS[state.skus.channels[channel]?.band.get(sku) ?? 0] ?? 'out-of-stock',
    ...silentSinceIn(state, silences, set),
    asOf: state.skus.channels[channel]?.asOf.get(sku) ?? 0,
  }));
}

/** The nodes that have the sku, and since when each of them is stale; undefined when none is, which is nearly always. */
function silencesOf(state: StockState, sku: number): ReadonlyMap<number, number | undefined> | undefined {
  if (state.nodes.staleCount === 0) return undefined;
  const nodes = [...positionsOf(state, sku)].map((position) => state.positions.node.get(position));
  return new Map(nodes.map((node) => [node, state.nodes.at(node).silence?.since]));
}

/** Stale is a channel whose every node that has the sku is stale. */
function silentSinceIn(
  state: StockState,
  silences: ReadonlyMap<number, number | undefined> | undefined,
  set: number,
): Pick<ChannelStock, 'silentSince'> {
  if (silences === undefined) return {};
  let silentSince = 0;
  for (const [node, since] of silences) {
    if (!state.sets.has(set, node)) continue;
    if (since === undefined) return {};
    silentSince = Math.max(silentSince, since);
  }
  return silentSince === 0 ? {} : { silentSince };
}

/** Units promised to node sets that share a node with the channel's. */
function unplacedOf(state: StockState, sku: number, channelSet: number): number {
  let units = 0;
  for (const demand of state.demand.of(sku)) {
    if (shares(state, demand.set, channelSet)) units += demand.units;
  }
  return units;
}

function shares(state: StockState, set: number, channelSet: number): boolean {
  return state.sets.nodes(set).some((node) => state.sets.has(channelSet, node));
}

/** What pools still keep from the channel and for it, as far as there is any. */
function poolUnits(
  state: StockState,
  all: readonly PoolAt[],
  channel: { readonly id: string; readonly set: number },
): Pick<ChannelStock, 'pools' | 'ownPool'> {
  let pools = 0;
  let ownPool = 0;
  for (const pool of all) {
    if (pool.channel === channel.id) ownPool += leftIn(pool);
    else if (shares(state, pool.set, channel.set)) pools += leftIn(pool);
  }
  return { ...(pools > 0 && { pools }), ...(ownPool > 0 && { ownPool }) };
}

function nodeStockOf(state: StockState, position: number): NodeStock {
  const { positions } = state;
  const { onHand, unavailable, departed, reserved, allocated, safety, enabled } = termsOf(state, position);
  const { silence } = state.nodes.at(positions.node.get(position));
  const safetyUsed = safety === 0 ? 0 : safetyUsedOf({ onHand, unavailable, departed, reserved, allocated, safety });
  return {
    node: state.nodes.names.name(positions.node.get(position)) as NodeId,
    onHand,
    unavailable,
    states: statesOf(state, position),
    departed,
    reserved,
    allocated,
    safety,
    ...(safetyUsed > 0 && { safetyUsed }),
    ...(silence !== null && { silentSince: silence.since }),
    ...(silence !== null && silence.widenUnits > 0 && { safetyWidened: silence.widenUnits }),
    ...(!enabled && { off: offOf(state, position) }),
    available: positions.available.get(position),
    short: shortOf({ onHand, unavailable, departed, reserved, allocated }),
    inbound: dueUnits(state, position),
    asOf: asOfOf(state, position),
    uncertain: positions.has(position, FLAG.uncertain),
  };
}

function offOf(state: StockState, position: number): SwitchedOff {
  const { positions, nodes, skus } = state;
  const { enabled, silence } = nodes.at(positions.node.get(position));
  if (!enabled) return 'node';
  if (silence?.switchedOff === true) return 'silence';
  return skus.has(positions.sku.get(position), SKU_FLAG.enabled) ? 'position' : 'item';
}

function statesOf(state: StockState, position: number): Partial<Record<UnavailableState, number>> {
  const row = state.positions.states.get(position);
  const named: Partial<Record<UnavailableState, number>> = {};
  if (row === 0) return named;
  for (const [index, name] of UNAVAILABLE_STATES.entries()) {
    const units = state.states.get(row, index);
    if (units !== 0) named[name] = units;
  }
  return named;
}

function asOfOf(state: StockState, position: number): Record<SourceId, number> {
  const asOf: Record<SourceId, number> = {};
  state.asOf.each(state.positions.asOf.get(position), (source, atMs) => {
    asOf[state.sources.name(source) as SourceId] = atMs;
  });
  return asOf;
}

function inboundOf(state: StockState, position: number): InboundStock[] {
  const node = state.nodes.names.name(state.positions.node.get(position)) as NodeId;
  const sent = comingAt(state, position).map((supply) => ({ node, ...supply, inTransit: true as const }));
  return [...state.inbound.open(position).map((supply) => ({ node, ...supply })), ...sent];
}
