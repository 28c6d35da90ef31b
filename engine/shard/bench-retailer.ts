import type { Engine } from '../api.ts';
import { digestHex } from '../contract/digest.ts';
import type { ChannelId, ClientId, EventId, Sku } from '../contract/ids.ts';
import { HOLD_MS_DEFAULT, type ReserveRequest } from '../contract/reservation.ts';
import type { StockEvent } from '../contract/stock-event.ts';
import { counted, NODE, REFERENCE, sku, sold } from './test-fixture.ts';

// The retailer of the benchmark, and what is asked of the engine: as users use it, not as it is cheapest.

/** Units of each sku at the beginning. */
const UNITS_FIRST = 1_000;
/** Of 20 reservations one asks for more than there is, and four are over two skus. */
const REFUSED_OF_20 = 1;
const TWO_SKUS_OF_20 = 4;
/** More than any sku has, and still within the bounds of a line. */
const TOO_MANY_UNITS = 5_000;
const CLIENTS = 50;

export async function stockUp(engine: Engine, skus: number): Promise<void> {
  for (const batch of REFERENCE) await engine.apply(batch);
  for (let from = 0; from < skus; from += 500) {
    const count = Math.min(500, skus - from);
    const rows = Array.from({ length: count }, (_, i) => counted(from + i, UNITS_FIRST));
    await engine.record(rows, nowMs());
  }
}

/** Sales of one unit spread over all skus by a fixed stride, so that neighbours fall into different shards. */
export function sales(run: string, from: number, count: number, skus: number): StockEvent[] {
  return Array.from({ length: count }, (_, i) => {
    const n = from + i;
    return { ...sold((n * 7_919) % skus, ''), id: `${run}${n}` as EventId };
  });
}

/** Each with a key of 128 bits of its own, an expiry, and one or two lines of one unit. */
export function reservations(run: string, count: number, skus: number): ReserveRequest[] {
  return Array.from({ length: count }, (_, n) => {
    const first = (n * 7_919) % skus;
    const names = n % 20 < TWO_SKUS_OF_20 ? [first, (first + 1_009) % skus] : [first];
    const units = n % 20 >= 20 - REFUSED_OF_20 ? TOO_MANY_UNITS : 1;
    return {
      key: digestHex(`${run}${n}`),
      client: `shop-${n % CLIENTS}` as ClientId,
      channel: 'web' as ChannelId,
      lines: names.map((name) => ({ sku: sku(name), units, node: NODE })),
      holdMs: HOLD_MS_DEFAULT,
      partial: false,
    };
  });
}

/** Of what every sku has and holds at the end: work that was not done shows. */
export async function stateDigest(engine: Engine, skus: number): Promise<string> {
  const terms = new Map<Sku, string>();
  for await (const chunk of engine.allStock()) {
    for (const each of chunk) terms.set(each.sku, `${each.nodes[0]?.onHand ?? 0} ${each.nodes[0]?.reserved ?? 0}`);
  }
  return digestHex(Array.from({ length: skus }, (_, i) => terms.get(sku(i))).join());
}

export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}
