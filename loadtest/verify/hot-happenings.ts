import type { Random } from '../random.ts';
import { type Arrival, HANDHELD, HOT_START, HOUR, type HotRow, MINUTE, WMS } from './hot-rows.ts';

// What any position may go through besides its sales: looked at, supplied, damaged, corrected.

export interface Place {
  readonly sku: string;
  readonly node: string;
  readonly weighed: boolean;
  readonly sales: number;
  readonly spanMs: number;
  /** When it is looked at last, ms after the start. */
  readonly lastLookMs: number;
}

export interface TillPlace extends Place {
  /** Whether the till says when a sale was booked (rule FD2). */
  readonly booked: boolean;
  /** Sales and counts fall on whole minutes too: the edge of what merging may keep apart (rule FD4). */
  readonly wholeMinutes: boolean;
}

export function units(place: Place, chance: Random): number {
  return place.weighed ? chance.between(100, 2500) / 1000 : chance.between(1, 3);
}

export function bookRow(
  place: Place,
  id: string,
  at: number,
  chance: Random,
  numbered: Pick<HotRow, 'stream' | 'epoch' | 'seq'> = {},
): Arrival {
  const states = chance.chance(0.25)
    ? { states: { damaged: chance.below(4), 'quality-hold': chance.below(3) } }
    : undefined;
  const row: HotRow = {
    source: WMS,
    id: `${id}-${place.node}-${place.sku}`,
    kind: 'snapshot',
    sku: place.sku,
    node: place.node,
    at,
    ...numbered,
    quantity: place.weighed ? chance.between(20_000, 400_000) / 1000 : chance.between(20, 400),
    covers: 'book',
    carries: 'on-hand',
    ...states,
  };
  return { row, arriveAt: at + lateness(chance) };
}

export function opening(place: Place, chance: Random): readonly Arrival[] {
  return [bookRow(place, 'open', HOT_START, chance)];
}

export function books(place: TillPlace, chance: Random): readonly Arrival[] {
  const out: Arrival[] = [];
  for (let at = HOT_START + 2 * HOUR; at < HOT_START + place.lastLookMs; at += chance.between(4, 12) * HOUR) {
    const bookedAt = at + chance.below(HOUR);
    // Beyond 512 remembered deltas only a snapshot at a whole minute is exact (rule FD4).
    out.push(bookRow(place, `b-${out.length}`, place.wholeMinutes ? bookedAt - (bookedAt % MINUTE) : bookedAt, chance));
  }
  return out;
}

/** Somebody looks at the shelf every hour until the last look. */
export function counts(place: Place, chance: Random): readonly Arrival[] {
  const out: Arrival[] = [];
  for (let at = HOT_START + HOUR; at <= HOT_START + place.lastLookMs; at += HOUR) {
    const row: HotRow = {
      source: HANDHELD,
      id: `c-${place.node}-${place.sku}-${out.length}`,
      kind: 'snapshot',
      sku: place.sku,
      node: place.node,
      at,
      quantity: place.weighed ? chance.between(10_000, 300_000) / 1000 : chance.between(10, 300),
      covers: 'count',
      carries: 'on-hand',
    };
    out.push({ row, arriveAt: at + lateness(chance) });
  }
  return out;
}

/** One in eight arrives hours later, after younger ones: it must change nothing then (rule FD3). */
function lateness(chance: Random): number {
  return chance.chance(0.125) ? chance.between(2, 6) * HOUR : chance.below(5 * MINUTE);
}

/** Orders at suppliers, changed or cancelled once, and what arrives of them. */
export function supply(place: Place, chance: Random): readonly Arrival[] {
  if (place.weighed) return [];
  const out: Arrival[] = [];
  const head = { source: WMS, sku: place.sku, node: place.node } as const;
  const count = chance.between(1, 3);
  for (let i = 0; i < count; i++) {
    const inboundRef = `PO-${place.node}-${place.sku}-${i}`;
    const at = HOT_START + chance.below(place.spanMs - 10 * HOUR);
    const ordered = { ...head, kind: 'inbound', inboundRef, dueAt: at + 48 * HOUR } as const;
    out.push({
      row: { ...ordered, id: `${inboundRef}-1`, at, quantity: chance.between(40, 90) },
      arriveAt: at + lateness(chance),
    });
    if (chance.chance(0.5)) {
      const changed = {
        ...ordered,
        id: `${inboundRef}-2`,
        at: at + HOUR,
        quantity: chance.chance(0.3) ? 0 : chance.between(20, 60),
      };
      out.push({ row: changed, arriveAt: at + HOUR + lateness(chance) });
    }
    const receivedAt = at + chance.between(1, 9) * HOUR;
    const receipt: HotRow = {
      ...head,
      kind: 'delta',
      id: `${inboundRef}-r`,
      at: receivedAt,
      postedAt: receivedAt + MINUTE,
      quantity: chance.between(1, 30),
      reason: 'receipt',
      inboundRef,
    };
    out.push({ row: receipt, arriveAt: receivedAt + lateness(chance) });
  }
  return out;
}

/** Units break, and some turn out to be whole after all. */
export function damage(place: Place, chance: Random): readonly Arrival[] {
  if (place.weighed) return [];
  const out: Arrival[] = [];
  const count = chance.between(2, 8);
  for (let i = 0; i < count; i++) {
    const at = HOT_START + chance.below(place.spanMs);
    const back = chance.chance(0.3);
    const row: HotRow = {
      source: WMS,
      id: `m-${place.node}-${place.sku}-${i}`,
      kind: 'move',
      sku: place.sku,
      node: place.node,
      at,
      postedAt: at + MINUTE,
      quantity: chance.between(1, back ? 2 : 5),
      from: back ? 'damaged' : 'sellable',
      to: back ? 'sellable' : chance.pick(['damaged', 'quality-hold', 'display']),
    };
    out.push({ row, arriveAt: at + lateness(chance) });
    if (chance.chance(0.15)) out.push(voidOf(row, at + MINUTE, chance));
  }
  return out;
}

/** One void in four arrives before what it annuls (SPEC.md, Void). */
export function voidOf(
  row: HotRow,
  bookedAt: number,
  chance: Random,
  numbered: Pick<HotRow, 'stream' | 'epoch' | 'seq'> = {},
): Arrival {
  const at = bookedAt + chance.between(1, 90) * MINUTE;
  const voiding: HotRow = {
    source: row.source,
    id: `v-${row.id}`,
    kind: 'void',
    ...(row.sku === undefined ? {} : { sku: row.sku }),
    node: row.node,
    at,
    ...(row.postedAt === undefined ? {} : { postedAt: at }),
    ...numbered,
    voids: row.id,
  };
  return { row: voiding, arriveAt: chance.chance(0.25) ? row.at - chance.below(30 * MINUTE) : at };
}
