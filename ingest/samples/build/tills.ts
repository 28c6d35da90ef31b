import { dayOf, instantOf, momentOf } from '../local-time.ts';
import type { BasketRow, TillRow } from '../rows.ts';
import { shelfPriceMinor, skuOf } from './items.ts';
import type { OriginLine } from './origin.ts';
import { DC_GROUP } from './places.ts';
import type { Dc, Store } from './places.ts';
import { chance, draw } from './seeded.ts';

// Real till lines become receipts: which till rang them, numbered how, and which whole baskets were ordered online.

/** Share of whole baskets that were online orders. */
const ONLINE_SHARE = 0.15;
/** Share of sold lines that come back to the same store, ours: the sample has no returns. */
const RETURN_SHARE = 0.008;
/** Share of receipts that are rung up twice and post-voided minutes later, ours. */
const MISTAKE_SHARE = 0.004;
/** Share of store days on which the store loses its line at noon and sends the rest the next morning at seven, ours. */
const OFFLINE_SHARE = 0.01;
const TILLS_MAX = 6;
/** A store sends its receipts every quarter of an hour. */
const WINDOW_MS = 15 * 60_000;
const HOUR_MS = 3_600_000;
const YEAR_END = instantOf('2018-01-01T00:00:00');

/** What happens to one store position at the counter and online. */
export interface Demand {
  readonly at: number;
  /** `mistake` and `void`: rung up twice, and taken back. `promise`: ordered online, still there. */
  readonly kind: 'sale' | 'return' | 'promise' | 'mistake' | 'void';
  readonly units: number;
  readonly postedAt: number;
}

/** A basket shipped from a warehouse: its units leave there and no till rings them. */
interface DcOrder {
  readonly dc: Dc;
  readonly at: number;
  readonly order: string;
  readonly sku: string;
  readonly units: number;
}

export interface Tills {
  readonly rows: readonly TillRow[];
  readonly baskets: readonly BasketRow[];
  readonly dcOrders: readonly DcOrder[];
  /** Per store node, then sku. */
  readonly demand: ReadonlyMap<string, Map<string, Demand[]>>;
}

interface Receipt {
  readonly at: number;
  readonly store: Store;
  readonly till: string;
  readonly kind: 'sale' | 'return' | 'mistake' | 'void';
  readonly order: string;
  readonly lines: readonly { readonly sku: string; readonly quantity: number; readonly priceMinor: number }[];
}

export function ringUp(lines: readonly OriginLine[], stores: ReadonlyMap<string, Store>): Tills {
  const receipts: Receipt[] = [];
  const baskets: BasketRow[] = [];
  const dcOrders: DcOrder[] = [];
  for (const [basket, members] of basketsOf(lines)) {
    const store = stores.get(members[0]?.store_id ?? '');
    if (store === undefined) continue;
    const receipt = receiptOf(basket, members, store);
    const order = orderOf(basket, receipt);
    baskets.push(...(order?.rows ?? []));
    if (order?.method === 'ship-from-dc') {
      for (const line of receipt.lines) {
        dcOrders.push({ dc: store.dc, at: receipt.at, order: order.id, sku: line.sku, units: line.quantity });
      }
      continue;
    }
    receipts.push(order === undefined ? receipt : { ...receipt, order: order.id });
    receipts.push(...returnsOf(basket, receipt), ...mistakesOf(basket, receipt));
  }
  receipts.sort((a, b) => a.at - b.at || (a.store.code < b.store.code ? -1 : 1));
  return { rows: numbered(receipts), baskets: baskets.toSorted(byTime), dcOrders, demand: demandOf(receipts, baskets) };
}

function byTime(a: BasketRow, b: BasketRow): number {
  return a.at - b.at || (a.order < b.order ? -1 : a.order > b.order ? 1 : a.sku < b.sku ? -1 : 1);
}

function basketsOf(lines: readonly OriginLine[]): Map<string, OriginLine[]> {
  const baskets = new Map<string, OriginLine[]>();
  for (const line of lines) {
    const basket = baskets.get(line.basket_id);
    if (basket === undefined) baskets.set(line.basket_id, [line]);
    else basket.push(line);
  }
  return baskets;
}

function receiptOf(basket: string, members: readonly OriginLine[], store: Store): Receipt {
  const lines = members
    .toSorted((a, b) => Number(a.product_id) - Number(b.product_id))
    .map((line) => ({
      sku: skuOf(line.product_id),
      quantity: Number(line.quantity),
      priceMinor: shelfPriceMinor(line),
    }));
  const local = (members[0] as OriginLine).transaction_timestamp.replace(' ', 'T');
  return {
    at: instantOf(local),
    store,
    till: String(draw(`till ${basket}`, 1, TILLS_MAX)),
    kind: 'sale',
    order: '',
    lines,
  };
}

interface Order {
  readonly id: string;
  readonly method: BasketRow['method'];
  readonly rows: readonly BasketRow[];
}

/** Half of the online baskets are picked up, a quarter leaves from the store, a quarter from the nearest DC. */
function orderOf(basket: string, receipt: Receipt): Order | undefined {
  if (chance(`online ${basket}`) >= ONLINE_SHARE) return undefined;
  const share = chance(`method ${basket}`);
  const method = share < 0.5 ? 'pickup' : share < 0.75 ? 'ship-from-store' : 'ship-from-dc';
  const marketplace = method === 'ship-from-dc' && chance(`market ${basket}`) < 0.4;
  const id = `${marketplace ? 'M' : 'W'}${basket}`;
  const leadMs = Math.round(
    (method === 'pickup' ? 1 + chance(`lead ${basket}`) * 5 : 3 + chance(`lead ${basket}`) * 17) * HOUR_MS,
  );
  const rows = receipt.lines.map((line): BasketRow => ({
    order: id,
    channel: marketplace ? 'marketplace' : 'web',
    method,
    // An order of New Year's morning was placed when the year's stock was known: not before.
    at: Math.max(receipt.at - leadMs, OPENING_AT + 15 * 60_000),
    // Held until our engine has heard that the goods are gone, or they would be sold twice meanwhile.
    releaseAt: method === 'ship-from-dc' ? receipt.at : postedAt(receipt.store.code, receipt.at),
    sku: line.sku,
    quantity: line.quantity,
    node: method === 'ship-from-dc' ? '' : receipt.store.node,
    group: method === 'ship-from-dc' ? DC_GROUP : '',
  }));
  return { id, method, rows };
}

/** Local midnight that begins 2017: every position's opening stock. */
export const OPENING_AT = instantOf('2017-01-01T00:00:00');

function returnsOf(basket: string, receipt: Receipt): Receipt[] {
  const found: Receipt[] = [];
  for (const line of receipt.lines) {
    const about = `${basket} ${line.sku}`;
    if (chance(`return ${about}`) >= RETURN_SHARE) continue;
    const at = receipt.at + draw(`return after ${about}`, 20 * 3600, 9 * 24 * 3600) * 1000;
    if (at >= YEAR_END) continue;
    const units = draw(`return units ${about}`, 1, line.quantity);
    found.push({ ...receipt, at, kind: 'return', till: '1', order: '', lines: [{ ...line, quantity: units }] });
  }
  return found;
}

/** The same receipt again a minute later, and its void two minutes after that. */
function mistakesOf(basket: string, receipt: Receipt): Receipt[] {
  if (chance(`mistake ${basket}`) >= MISTAKE_SHARE) return [];
  const at = receipt.at + draw(`mistake after ${basket}`, 30, 90) * 1000;
  const voided = at + 120_000;
  // A void belongs to the business day of what it annuls.
  if (dayOf(voided) !== dayOf(at)) return [];
  return [
    { ...receipt, at, kind: 'mistake', order: '' },
    { ...receipt, at: voided, kind: 'void', order: '' },
  ];
}

/** When the store's message with a receipt of that moment is written. */
function postedAt(store: string, at: number): number {
  const day = dayOf(at);
  const offline = at >= momentOf(day, 720) && day < 364 && chance(`offline ${store} ${day}`) < OFFLINE_SHARE;
  return offline ? momentOf(day + 1, 420) : (Math.floor(at / WINDOW_MS) + 1) * WINDOW_MS;
}

function numbered(receipts: readonly Receipt[]): TillRow[] {
  const last = new Map<string, number>();
  const mistakes = new Map<string, number>();
  const rows: TillRow[] = [];
  for (const { at, store, till, kind, order, lines } of receipts) {
    const key = `${store.code} ${till}`;
    const transaction = (last.get(key) ?? 0) + 1;
    last.set(key, transaction);
    if (kind === 'mistake') mistakes.set(`${key} ${at}`, transaction);
    const voids = kind === 'void' ? (mistakes.get(`${key} ${at - 120_000}`) ?? 0) : 0;
    for (const [index, line] of lines.entries()) {
      rows.push({
        at,
        postedAt: postedAt(store.code, at),
        store: store.code,
        till,
        transaction,
        line: index + 1,
        ...line,
        kind: kind === 'mistake' ? 'sale' : kind,
        voids,
        order,
      });
    }
  }
  return rows;
}

function demandOf(receipts: readonly Receipt[], baskets: readonly BasketRow[]): Map<string, Map<string, Demand[]>> {
  const demand = new Map<string, Map<string, Demand[]>>();
  const add = (node: string, sku: string, one: Demand): void => {
    const ofNode = demand.get(node) ?? new Map<string, Demand[]>();
    demand.set(node, ofNode);
    const list = ofNode.get(sku);
    if (list === undefined) ofNode.set(sku, [one]);
    else list.push(one);
  };
  for (const { at, store, kind, lines } of receipts) {
    const posted = postedAt(store.code, at);
    for (const line of lines) add(store.node, line.sku, { at, kind, units: line.quantity, postedAt: posted });
  }
  for (const row of baskets) {
    if (row.node !== '') add(row.node, row.sku, { at: row.at, kind: 'promise', units: row.quantity, postedAt: row.at });
  }
  for (const ofNode of demand.values()) {
    for (const list of ofNode.values()) list.sort((a, b) => a.at - b.at || (a.kind < b.kind ? -1 : 1));
  }
  return demand;
}
