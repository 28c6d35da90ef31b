import { type Random, seeded } from '../random.ts';
import {
  type Arrival,
  DAY,
  HOT_START,
  HOUR,
  type HotRow,
  type HotSize,
  hotNode,
  hotSku,
  isWeighed,
  MINUTE,
  RUSH_STREAM,
  rushSku,
  WMS,
} from './hot-rows.ts';
import type { Place } from './hot-happenings.ts';
import { fineSales, ledgerStory, tillStory } from './hot-stories.ts';

// What the raw year lacks: positions that everything happens to. Each position lives one of four stories;
// some snapshots and sales arrive hours late, so the order of arrival differs from the order of time already here.

export function hotSet(size: HotSize, seed: number): readonly Arrival[] {
  const chance = seeded(seed);
  const arrivals: Arrival[] = [];
  for (let sku = 0; sku < size.skus; sku++) {
    for (let node = 0; node < size.nodes; node++) arrivals.push(...storyOf(size, sku, node, chance));
  }
  arrivals.push(...completions(size, chance));
  arrivals.push(...repetitions(arrivals, chance));
  return arrivals.toSorted((a, b) => a.arriveAt - b.arriveAt);
}

/** Opening stock of the skus that reservations fight over: little, and newer than all the rest. */
export function rushOpenings(size: HotSize, seed: number): readonly HotRow[] {
  const chance = seeded(seed ^ 0x5eed);
  const rows: HotRow[] = [];
  for (let sku = 0; sku < size.rushSkus; sku++) {
    for (let node = 0; node < size.nodes; node++) {
      rows.push({
        source: WMS,
        id: `open-${rushSku(sku)}-${hotNode(node)}`,
        kind: 'snapshot',
        sku: rushSku(sku),
        node: hotNode(node),
        at: HOT_START + size.days * DAY + HOUR,
        // A stream of its own has a late-event window of its own: these come first and must not age the rest.
        stream: RUSH_STREAM,
        quantity: chance.between(3, 30),
        covers: 'book',
        carries: 'on-hand',
      });
    }
  }
  return rows;
}

function storyOf(size: HotSize, sku: number, node: number, chance: Random): readonly Arrival[] {
  const busy = sku === 0;
  const place: Place = {
    sku: hotSku(sku),
    node: hotNode(node),
    weighed: isWeighed(sku),
    sales: busy ? size.busySales : chance.between(size.sales.from, size.sales.to),
    spanMs: size.days * DAY,
    // The position's newest snapshot: early ones leave many deltas that still count, late ones many that no longer do.
    lastLookMs: Math.floor((0.2 + 0.8 * chance.next()) * size.days * DAY),
  };
  if (place.weighed && node === 0) return fineSales(place, chance);
  if (busy) return tillStory({ ...place, booked: true, wholeMinutes: true }, chance);
  switch ((sku + node * 3) % 3) {
    case 0:
      return tillStory({ ...place, booked: false, wholeMinutes: false }, chance);
    case 1:
      return tillStory({ ...place, booked: true, wholeMinutes: false }, chance);
    default:
      return ledgerStory(place, chance);
  }
}

/** The last node sends one complete snapshot without rows: everything there not counted since becomes 0. */
function completions(size: HotSize, chance: Random): readonly Arrival[] {
  const at = HOT_START + Math.floor(size.days * DAY * 0.6) + chance.below(HOUR);
  const row: HotRow = {
    source: WMS,
    id: 'complete-1',
    kind: 'complete',
    node: hotNode(size.nodes - 1),
    at,
    covers: 'book',
  };
  return [{ row, arriveAt: at + MINUTE }];
}

/** Two rows in a hundred arrive once more, some booked anew: they count once (rule FD1). */
function repetitions(arrivals: readonly Arrival[], chance: Random): readonly Arrival[] {
  const again: Arrival[] = [];
  for (const { row, arriveAt } of arrivals) {
    if (!chance.chance(0.02)) continue;
    again.push({ row, arriveAt: arriveAt + chance.between(1, 120) * MINUTE });
  }
  return again;
}
