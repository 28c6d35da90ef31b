import type { ItemRef, NodeRef } from '../../../engine/contract/reference.ts';
import { dateText, momentOf } from '../local-time.ts';
import type { MovementRow, SnapshotRow, Tables, TableName } from '../rows.ts';
import { isStocked, itemOf, shelfPriceMinor, skuOf } from './items.ts';
import type { Origin, OriginLine } from './origin.ts';
import { BACK_ROOM, ERP, HANDHELDS, placeStores, STATE, STORES } from './places.ts';
import type { Store } from './places.ts';
import { draw } from './seeded.ts';
import { bookDayOf, liveYear, truckAt } from './store-stock.ts';
import { OPENING_AT, ringUp } from './tills.ts';
import type { Tills } from './tills.ts';
import { warehouseYear } from './warehouse-year.ts';
import type { DcFlow } from './warehouse-year.ts';

// The whole year of the retailer, from the public files to the rows of README.md.

export interface Year {
  readonly tables: { readonly [T in TableName]: readonly Tables[T][] };
  readonly items: readonly ItemRef[];
  readonly nodes: readonly NodeRef[];
  readonly stores: readonly Store[];
  /** Warehouse positions whose on-hand fell below 0 at some moment. */
  readonly warehouseNegatives: number;
}

export function buildYear(origin: Origin): Year {
  const stores = placeStores(
    busiest(origin.lines),
    origin.addresses
      .filter((one) => one.STRSTATE === STATE)
      .toSorted((a, b) => Number(a.storenum) - Number(b.storenum)),
  );
  const byCode = new Map(stores.map((store) => [store.code, store]));
  const lines = origin.lines.filter(
    (line) => byCode.has(line.store_id) && isStocked(origin.products.get(line.product_id), line),
  );
  const tills = ringUp(lines, byCode);
  const shops = storesYear(stores, tills);
  const warehouses = warehouseYear(origin, vendorNames(origin, lines), [...shops.flows, ...orderFlows(tills)]);
  return {
    tables: {
      opening: [...shops.opening, ...warehouses.opening].toSorted(byPlace),
      'till-lines': tills.rows,
      movements: [...shops.movements, ...warehouses.movements].toSorted(byTime),
      purchases: warehouses.purchases.toSorted((a, b) => a.at - b.at || order(a.po, b.po) || order(a.sku, b.sku)),
      snapshots: [...shops.snapshots, ...warehouses.snapshots].toSorted(byTime),
      baskets: tills.baskets,
    },
    items: itemsOf(origin, lines),
    nodes: stores.map((store) => store.ref),
    stores,
    warehouseNegatives: warehouses.negatives,
  };
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function byTime(a: MovementRow | SnapshotRow, b: MovementRow | SnapshotRow): number {
  return a.at - b.at || order(a.id, b.id) || order(a.sku, b.sku);
}

function byPlace(a: SnapshotRow, b: SnapshotRow): number {
  return order(a.node, b.node) || order(a.sku, b.sku);
}

function busiest(lines: readonly OriginLine[]): string[] {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line.store_id, (counts.get(line.store_id) ?? 0) + 1);
  const ranked = [...counts].toSorted((a, b) => b[1] - a[1] || Number(a[0]) - Number(b[0]));
  return ranked.slice(0, STORES).map(([code]) => code);
}

function itemsOf(origin: Origin, lines: readonly OriginLine[]): ItemRef[] {
  const prices = new Map<string, number[]>();
  for (const line of lines) {
    const seen = prices.get(line.product_id);
    if (seen === undefined) prices.set(line.product_id, [shelfPriceMinor(line)]);
    else seen.push(shelfPriceMinor(line));
  }
  const items: ItemRef[] = [];
  for (const [id, seen] of prices) {
    const product = origin.products.get(id);
    if (product !== undefined) items.push(itemOf(product, seen));
  }
  return items.toSorted((a, b) => order(a.sku, b.sku));
}

/** Manufacturer of each sku. */
function vendorNames(origin: Origin, lines: readonly OriginLine[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const { product_id: id } of lines) names.set(skuOf(id), origin.products.get(id)?.manufacturer_id ?? '');
  return names;
}

function orderFlows(tills: Tills): DcFlow[] {
  return tills.dcOrders.map(({ dc, at, order: id, sku, units }) => ({
    dc,
    at,
    sku,
    units,
    reason: 'shipment',
    id: `D-${id}`,
    ref: id,
  }));
}

interface StoresYear {
  readonly opening: SnapshotRow[];
  readonly movements: MovementRow[];
  readonly snapshots: SnapshotRow[];
  readonly flows: DcFlow[];
}

function storesYear(stores: readonly Store[], tills: Tills): StoresYear {
  const out: StoresYear = { opening: [], movements: [], snapshots: [], flows: [] };
  for (const [rank, store] of stores.entries()) {
    for (const [sku, demand] of tills.demand.get(store.node) ?? []) {
      const position = liveYear(store.node, sku, demand, bookDayOf(rank));
      out.opening.push(snapshot(ERP, `OPEN-${store.code}`, store, sku, OPENING_AT, position.opening, 'book'));
      for (const [day, units] of position.trucks) {
        if (day > 364) continue;
        const arrival = truckAt(store.node, day);
        const depart = departAt(store.node, day);
        const ref = `T${dateText(arrival)}-${store.code}`;
        out.movements.push(received(store, sku, arrival, units, ref));
        out.flows.push({ dc: store.dc, at: depart, sku, units, reason: 'transfer-out', id: ref, ref: store.node });
        if (position.damagedOn === day)
          out.movements.push(damaged(store, sku, arrival + 25 * 60_000, `Q${ref.slice(1)}`));
      }
      for (const { at, quantity } of position.counts) {
        out.snapshots.push(snapshot(HANDHELDS, `C${at}-${store.code}`, store, sku, at, quantity, 'count'));
      }
      const { book } = position;
      if (book !== undefined) {
        out.snapshots.push(
          snapshot(ERP, `B${dateText(book.at)}-${store.code}`, store, sku, book.at, book.quantity, 'book'),
        );
      }
    }
  }
  return out;
}

/** The truck leaves the evening before, between 19:30 and 22:30. */
function departAt(node: string, day: number): number {
  return momentOf(day - 1, draw(`depart ${node}`, 1170, 1350));
}

function snapshot(
  source: string,
  id: string,
  store: Store,
  sku: string,
  at: number,
  quantity: number,
  covers: SnapshotRow['covers'],
): SnapshotRow {
  return { at, source, id, node: store.node, sku, quantity, covers };
}

const BLANK = { kind: 'delta', from: '', to: '', inboundRef: '' } as const;

function received(store: Store, sku: string, at: number, units: number, id: string): MovementRow {
  const { node } = store;
  return { ...BLANK, at, source: BACK_ROOM, id, node, sku, quantity: units, reason: 'transfer-in', ref: store.dc.node };
}

function damaged(store: Store, sku: string, at: number, id: string): MovementRow {
  return {
    ...BLANK,
    at,
    source: BACK_ROOM,
    id,
    node: store.node,
    sku,
    kind: 'move',
    quantity: 1,
    reason: '',
    from: 'sellable',
    to: 'damaged',
    ref: '',
  };
}
