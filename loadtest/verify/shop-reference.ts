import type { ChannelId, GroupId, NodeId, Sku, SourceId } from '../../engine/contract/ids.ts';
import type { NodeRef } from '../../engine/contract/reference.ts';
import type { CarrierRef, SourcingRef } from '../../engine/contract/sourcing.ts';
import type { Reference } from '../reference-folder.ts';
import { SHOP_CHANNEL, SHOP_WMS, type ShopSize, shopNode, shopSku } from './shop-plan.ts';

// Nodes, items, rules of the shop's orders, beside those of the bundled retailer and of the hot set.

const SHOP_GROUP = 'shop-all' as GroupId;
const HOUR_MS = 3_600_000;

export function shopReference(size: ShopSize): Reference {
  const nodes = Array.from({ length: size.nodes }, (_, i) => nodeRef(i));
  const ids = nodes.map(({ id }) => id);
  return {
    nodes,
    groups: [{ id: SHOP_GROUP, nodes: ids }],
    channels: [
      { id: SHOP_CHANNEL as ChannelId, name: 'Shop', group: SHOP_GROUP, unitsPublic: true, lowAt: 2, clearAt: 4 },
    ],
    sources: [
      {
        id: SHOP_WMS as SourceId,
        name: SHOP_WMS,
        kind: 'wms',
        format: 'json',
        grants: [{ nodes: ids, kinds: ['snapshot', 'delta'] }],
        unknownSku: 'refuse',
        lateMs: 48 * HOUR_MS,
        freshMs: 24 * HOUR_MS,
      },
    ],
    items: Array.from({ length: size.skus }, (_, i) => {
      return { sku: shopSku(i) as Sku, name: shopSku(i), scale: 0, enabled: true };
    }),
    carriers: [PARCEL],
    sourcing: [RULES],
  };
}

function nodeRef(index: number): NodeRef {
  return {
    id: shopNode(index) as NodeId,
    kind: index === 0 ? 'dc' : 'store',
    name: `Shop ${index + 1}`,
    lat: 40 + index / 10,
    lon: -83 - index / 10,
    timeZone: 'America/New_York',
    postcode: '43000',
    capabilities: ['ship', 'pickup'],
    hours: [],
    owner: SHOP_WMS as SourceId,
    safety: index === 1 ? 1 : 0,
    enabled: true,
  };
}

const PARCEL: CarrierRef = {
  id: 'parcel',
  name: 'Parcel',
  zones: [{ zone: 'all', kmMax: 25_000, baseMinor: 500, perKgMinor: 50, days: 2 }],
};

/** The cheapest; in parts where nobody has all of it; nothing is ended by time. */
const RULES: SourcingRef = {
  id: 'live',
  name: 'Cheapest',
  steps: [
    { name: 'all of it', rank: ['cost', 'open-work'], constraints: { mayBeLate: true } },
    { name: 'what there is', rank: ['cost'], constraints: { mayBeLate: true, partial: true }, otherwise: 'queue' },
  ],
  costs: { splitMinor: 200, handlingMinor: { dc: 90, store: 100, supplier: 60, 'third-party': 110 }, pressureMinor: 0 },
};
