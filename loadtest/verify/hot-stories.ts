import type { Random } from '../random.ts';
import {
  bookRow,
  books,
  counts,
  damage,
  opening,
  type Place,
  supply,
  type TillPlace,
  units,
  voidOf,
} from './hot-happenings.ts';
import { type Arrival, HOT_START, HOUR, type HotRow, MINUTE, TILL, WMS } from './hot-rows.ts';

// What can happen to one position, told as rows with their times of arrival.

/** A store: tills sell, some offline for hours; the handheld counts each hour; the ledger sends its book now and then. */
export function tillStory(place: TillPlace, chance: Random): readonly Arrival[] {
  const out: Arrival[] = [...opening(place, chance)];
  for (let i = 0; i < place.sales; i++) {
    const at = momentOf(place, chance);
    const offlineMs = chance.chance(0.1) ? chance.between(20, 300) * MINUTE : chance.between(1, 40) * 1000;
    const isReturn = chance.chance(0.06);
    const sale: HotRow = {
      source: TILL,
      id: `t-${place.node}-${place.sku}-${i}`,
      kind: 'delta',
      sku: place.sku,
      node: place.node,
      at,
      ...(place.booked ? { postedAt: at + offlineMs } : {}),
      quantity: units(place, chance) * (isReturn ? 1 : -1),
      reason: isReturn ? 'return' : 'sale',
    };
    out.push({ row: sale, arriveAt: at + offlineMs });
    if (chance.chance(0.04)) out.push(voidOf(sale, at + offlineMs, chance));
  }
  return [
    ...out,
    ...counts(place, chance),
    ...books(place, chance),
    ...supply(place, chance),
    ...damage(place, chance),
  ];
}

/** A warehouse whose ledger numbers its postings and restarts the numbers half way; its book says how far it had come. */
export function ledgerStory(place: Place, chance: Random): readonly Arrival[] {
  interface Posting {
    readonly at: number;
    readonly postedAt: number;
    readonly book: boolean;
  }
  const postings: Posting[] = Array.from({ length: place.sales }, () => {
    const at = momentOf({ ...place, wholeMinutes: false }, chance);
    return { at, postedAt: at + chance.between(0, 180) * MINUTE, book: false };
  });
  for (let at = HOT_START + 3 * HOUR; at < HOT_START + place.lastLookMs; at += chance.between(3, 9) * HOUR) {
    const bookedAt = at + chance.below(HOUR);
    postings.push({ at: bookedAt, postedAt: bookedAt, book: true });
  }
  postings.sort((a, b) => a.postedAt - b.postedAt);
  const restartAt = HOT_START + Math.floor(place.spanMs / 2);
  const numbers = [0, 0];
  const out: Arrival[] = [...opening(place, chance)];
  const stream = `ledger-${place.sku}`;
  for (const [i, posting] of postings.entries()) {
    const epoch = posting.postedAt < restartAt ? 0 : 1;
    const numbered = (): Pick<HotRow, 'stream' | 'epoch' | 'seq'> => ({
      stream,
      epoch: epoch + 1,
      seq: (numbers[epoch] = (numbers[epoch] ?? 0) + 1),
    });
    if (posting.book) {
      out.push(bookRow(place, `lb-${i}`, posting.at, chance, numbered()));
      continue;
    }
    const isReceipt = chance.chance(0.2);
    const row: HotRow = {
      source: WMS,
      id: `l-${place.node}-${place.sku}-${i}`,
      kind: 'delta',
      sku: place.sku,
      node: place.node,
      at: posting.at,
      postedAt: posting.postedAt,
      ...numbered(),
      quantity: units(place, chance) * (isReceipt ? 4 : -1),
      reason: isReceipt ? 'receipt' : 'shipment',
    };
    out.push({ row, arriveAt: posting.postedAt + chance.below(10 * MINUTE) });
    if (chance.chance(0.03)) out.push(voidOf(row, posting.postedAt, chance, numbered()));
  }
  return [...out, ...counts(place, chance), ...damage(place, chance)];
}

/** Sales finer than the scale, all of one sign and never counted: the remainder is carried and only the sum is exact (rule FD15). */
export function fineSales(place: Place, chance: Random): readonly Arrival[] {
  return Array.from({ length: place.sales }, (_, i) => {
    const at = momentOf({ ...place, wholeMinutes: false }, chance);
    const row: HotRow = {
      source: TILL,
      id: `f-${place.node}-${place.sku}-${i}`,
      kind: 'delta',
      sku: place.sku,
      node: place.node,
      at,
      quantity: -chance.between(1000, 9999) / 10_000,
      reason: 'sale',
    };
    return { row, arriveAt: at + chance.below(MINUTE) };
  });
}

/** Distinct minutes in which a busy position sells: few enough that each sees several sales. */
const BUSY_MINUTES = 150;

function momentOf(place: Pick<TillPlace, 'spanMs' | 'wholeMinutes'>, chance: Random): number {
  if (!place.wholeMinutes) return HOT_START + chance.below(place.spanMs);
  // A busy till: many sales within few minutes, some on the very minute.
  const minute = HOT_START + Math.floor((chance.below(BUSY_MINUTES) / BUSY_MINUTES) * (place.spanMs / MINUTE)) * MINUTE;
  return chance.chance(0.2) ? minute : minute + chance.below(MINUTE);
}
