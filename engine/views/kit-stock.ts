import type { Band, ChannelStock, KitRow, NodeStock, SkuStock } from '../contract/change.ts';
import type { ChannelId, NodeId, Sku, SourceId } from '../contract/ids.ts';
import { kitRevision, wholeKits } from '../contract/kit.ts';

// The stock of a kit, made of its row and its components' stock (rule AV9). A function of them alone: no memory, so a
// replay gives what was shown.

/** What is known of the kit's own row and of each component. */
export type PartStock = Pick<SkuStock, 'position' | 'revision' | 'channels'> & {
  readonly nodes: ReadonlyMap<NodeId, Pick<NodeStock, 'available' | 'asOf'>>;
};

export interface KitParts {
  readonly sku: Sku;
  readonly kit: KitRow;
  /** Of the kit's row, then of each component in its order. */
  readonly own: PartStock;
  readonly components: readonly PartStock[];
}

export function kitStock(parts: KitParts): SkuStock {
  const { sku, kit, own, components } = parts;
  const all = [own, ...components];
  return {
    sku,
    position: `v${kit.version}~${all.map(({ position }) => position).join('~')}`,
    revision: kitRevision(
      kit.version,
      all.map(({ revision }) => revision),
    ),
    channels: kit.limits.map((limits) => channelStock(parts, limits)),
    nodes: nodesOf(parts),
    inbound: [],
    kit,
  };
}

/** Kits that each component alone would make, in the order of the components. */
export function quotients({ kit, components }: KitParts, channel: ChannelId): number[] {
  return kit.components.map(({ units }, index) => {
    const ats = components[index]?.channels.find((one) => one.channel === channel)?.ats ?? 0;
    return Math.floor(ats / units);
  });
}

type Limits = KitRow['limits'][number];

function channelStock(parts: KitParts, channel: Limits): ChannelStock {
  const { components, kit } = parts;
  const own = components.flatMap(({ channels }) => channels.find((one) => one.channel === channel.id) ?? []);
  const ats = kit.isOff ? 0 : Math.min(...quotients(parts, channel.id));
  const silent = own.flatMap(({ silentSince }) => silentSince ?? []);
  return {
    channel: channel.id,
    ats,
    unplaced: 0,
    band: bandOf(ats, channel, own),
    ...(silent.length > 0 && { silentSince: Math.min(...silent) }),
    asOf: Math.max(0, ...own.map(({ asOf }) => asOf)),
  };
}

/** Between the limits as its components are: `in-stock` while each of them is, so theirs is the hysteresis. */
function bandOf(ats: number, { lowAt, clearAt }: Limits, components: readonly ChannelStock[]): Band {
  if (ats <= 0) return 'out-of-stock';
  if (ats <= lowAt) return 'low-stock';
  return ats > clearAt || components.every(({ band }) => band === 'in-stock') ? 'in-stock' : 'low-stock';
}

/** Where the first component has a position: elsewhere no kit can be put together either. */
function nodesOf({ kit, components }: KitParts): NodeStock[] {
  const bySku = new Map<Sku, PartStock>(kit.components.map(({ sku }, index) => [sku, components[index] as PartStock]));
  return [...(components[0]?.nodes.keys() ?? [])].map((node) => {
    const availableOf = (sku: Sku): number => bySku.get(sku)?.nodes.get(node)?.available ?? 0;
    const available = kit.isOff ? 0 : wholeKits(kit.components, availableOf);
    return kitNode(node, available, newest(components.map(({ nodes }) => nodes.get(node)?.asOf ?? {})));
  });
}

/** A kit stands nowhere: what can be put together of what is available is all there is of it. */
function kitNode(node: NodeId, available: number, asOf: NodeStock['asOf']): NodeStock {
  const none = { unavailable: 0, states: {}, departed: 0, reserved: 0, allocated: 0, safety: 0 };
  return { node, onHand: available, ...none, available, short: 0, inbound: 0, asOf, uncertain: false };
}

function newest(all: readonly NodeStock['asOf'][]): NodeStock['asOf'] {
  const merged: Record<SourceId, number> = {};
  for (const asOf of all) {
    for (const [source, at] of Object.entries(asOf) as [SourceId, number][]) {
      merged[source] = Math.max(merged[source] ?? 0, at);
    }
  }
  return merged;
}
