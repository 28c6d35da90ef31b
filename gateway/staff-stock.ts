import type { Engine } from '../engine/api.ts';
import type { SkuStock } from '../engine/contract/change.ts';
import type { Sku } from '../engine/contract/ids.ts';
import { itemInfo } from './items.ts';
import type { StaffStock } from './protocol/stock-bodies.ts';

/** A sku's whole split, as staff see it. */
export function staffStock(engine: Engine, sku: Sku, stock: SkuStock | undefined): StaffStock {
  const item = engine.reference.items.get(sku);
  return {
    sku,
    e: engine.epoch,
    r: stock?.revision ?? 0,
    position: stock?.position ?? '',
    ...(item === undefined ? {} : { item: itemInfo(item) }),
    channels: stock?.channels ?? [],
    nodes: stock?.nodes ?? [],
    inbound: stock?.inbound ?? [],
    ...(stock?.kit !== undefined && { kit: stock.kit.components }),
  };
}
