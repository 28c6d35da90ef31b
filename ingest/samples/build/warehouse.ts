import { dayOf, momentOf } from '../local-time.ts';
import type { DeliveryShape } from './origin.ts';
import { chance, draw, pick } from './seeded.ts';
import { BOOK_MINUTE } from './store-stock.ts';
import type { Level } from './store-stock.ts';

// One warehouse position's year: opening stock, orders to the vendor, what came of them, the ledger's month-ends.

export interface Outflow {
  readonly at: number;
  readonly units: number;
}

export interface Vendor {
  readonly id: string;
  readonly leadDays: number;
  /** Weekday its orders are written, as day of the year modulo 7. */
  readonly weekday: number;
}

/** One line of one purchase order, with everything that happened to it. */
export interface PoLine {
  readonly orderDay: number;
  readonly arrivalDay: number;
  readonly ordered: number;
  readonly received: number;
  readonly rejected: number;
}

export interface WarehousePosition {
  readonly opening: number;
  readonly orders: readonly PoLine[];
  readonly books: readonly Level[];
  /** Lowest on-hand of the year, for the totals: the rule keeps it at 0 or above. */
  readonly lowest: number;
}

const MONTH_ENDS = [31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 363];
const APART_MS = 15 * 60_000;
/** Days of outflow an order shall cover beyond its delivery: eight weeks. */
const COVER_DAYS = 56;
/** Days before it is needed that an order is due. */
const AHEAD_DAYS = 14;

export function vendorOf(manufacturer: string, leadDays: readonly number[]): Vendor {
  const id = `V${draw(`vendor ${manufacturer}`, 101, 180)}`;
  return { id, leadDays: pick(`lead ${id}`, leadDays), weekday: draw(`weekday ${id}`, 1, 5) };
}

/** 9:00 to 11:00 for the order, 6:00 to 14:00 for the delivery, the same minute for all lines of one order. */
export const orderAt = (dc: string, vendor: Vendor, day: number): number =>
  momentOf(day, draw(`order minute ${dc} ${vendor.id}`, 540, 660));
export const arrivalAt = (dc: string, vendor: Vendor, day: number): number =>
  momentOf(day, draw(`arrival minute ${dc} ${vendor.id} ${day}`, 360, 840));

/** Vendors are a day early to two days late. */
function arrivalDayOf(dc: string, vendor: Vendor, orderDay: number): number {
  return orderDay + vendor.leadDays + draw(`punctual ${dc} ${vendor.id} ${orderDay}`, -1, 2);
}

export function stockYear(
  dc: string,
  sku: string,
  vendor: Vendor,
  outflows: readonly Outflow[],
  shapes: readonly DeliveryShape[],
): WarehousePosition {
  const about = `${dc} ${sku}`;
  const days = outflows.map((one) => dayOf(one.at));
  const between = (from: number, to: number): number =>
    outflows.reduce(
      (sum, one, i) => ((days[i] as number) > from && (days[i] as number) <= to ? sum + one.units : sum),
      0,
    );
  const safety = 1 + Math.ceil(between(-1, 365) / 26);
  // 5 % of positions begin with hardly more than the first weeks need.
  const tight = chance(`tight ${about}`) < 0.05;
  const opening = between(-1, vendor.leadDays + 21) + (tight ? 1 : safety + draw(`opening ${about}`, 1, 8));

  const orders: PoLine[] = [];
  for (let day = vendor.weekday; day < 350; day += 7) {
    const rest = between(day, 365);
    if (rest === 0) break;
    const coming = orders.reduce((sum, one) => sum + one.received - one.rejected, 0);
    const projected = opening + coming - between(-1, day + vendor.leadDays + AHEAD_DAYS);
    if (projected >= safety) continue;
    const cover = between(day + vendor.leadDays + AHEAD_DAYS, day + vendor.leadDays + AHEAD_DAYS + COVER_DAYS);
    orders.push(orderOf(about, dc, vendor, day, Math.min(rest, cover) + safety - projected, shapes));
  }
  return { opening, orders, ...levels(dc, vendor, opening, orders, outflows) };
}

function orderOf(
  about: string,
  dc: string,
  vendor: Vendor,
  day: number,
  need: number,
  shapes: readonly DeliveryShape[],
): PoLine {
  const pack = pick(`case ${about}`, [6, 12, 24]);
  const ordered = Math.ceil(need / pack) * pack;
  const shape = pick(`shape ${about} ${day}`, shapes);
  const received = Math.round(ordered * shape.received);
  const rejected = Math.round(received * shape.rejected);
  return { orderDay: day, arrivalDay: arrivalDayOf(dc, vendor, day), ordered, received, rejected };
}

/** The ledger sends a warehouse position at each month's end in which it moved. */
function levels(
  dc: string,
  vendor: Vendor,
  opening: number,
  orders: readonly PoLine[],
  outflows: readonly Outflow[],
): { books: Level[]; lowest: number } {
  const flows = deltasOf(dc, vendor, orders, outflows);
  const books: Level[] = [];
  let onHand = opening;
  let lowest = opening;
  let next = 0;
  let moved = 0;
  for (const day of MONTH_ENDS) {
    const at = momentOf(day, BOOK_MINUTE);
    for (; next < flows.length && (flows[next] as Outflow).at <= at; next++) {
      onHand += (flows[next] as Outflow).units;
      lowest = Math.min(lowest, onHand);
      moved++;
    }
    const quiet = flows.every((one) => Math.abs(one.at - at) > APART_MS);
    if (moved > 0 && quiet) books.push({ at, quantity: onHand });
    moved = 0;
  }
  for (; next < flows.length; next++) {
    onHand += (flows[next] as Outflow).units;
    lowest = Math.min(lowest, onHand);
  }
  return { books, lowest };
}

/** Signed units in time order. What is sent back to the vendor leaves five days after it came. */
function deltasOf(dc: string, vendor: Vendor, orders: readonly PoLine[], outflows: readonly Outflow[]): Outflow[] {
  const flows = outflows.map((one) => ({ at: one.at, units: -one.units }));
  for (const order of orders) {
    const at = arrivalAt(dc, vendor, order.arrivalDay);
    if (order.arrivalDay > 364 || order.received === 0) continue;
    flows.push({ at, units: order.received });
    const back = sentBackAt(dc, vendor, order);
    if (back !== undefined) flows.push({ at: back, units: -order.rejected });
  }
  return flows.toSorted((a, b) => a.at - b.at);
}

/** Inspected two hours after it came. */
export const inspectedAt = (dc: string, vendor: Vendor, order: PoLine): number =>
  arrivalAt(dc, vendor, order.arrivalDay) + 2 * 3_600_000;

/** Four in ten rejected deliveries go back to the vendor after five days; the others turn out good after as many. */
export function sentBackAt(dc: string, vendor: Vendor, order: PoLine): number | undefined {
  if (!isSentBack(dc, vendor, order)) return undefined;
  return settledAt(dc, vendor, order);
}
function isSentBack(dc: string, vendor: Vendor, order: PoLine): boolean {
  return order.rejected > 0 && order.arrivalDay <= 358 && chance(`back ${dc} ${vendor.id} ${order.orderDay}`) < 0.4;
}
export const settledAt = (dc: string, vendor: Vendor, order: PoLine): number =>
  momentOf(order.arrivalDay + 5, draw(`settled ${dc} ${vendor.id} ${order.orderDay}`, 840, 960));
