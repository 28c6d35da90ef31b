import { writeEpcis } from '../../ingest/samples/write-epcis.ts';
import { writePoslog } from '../../ingest/samples/write-poslog.ts';
import type { Random } from '../random.ts';
import {
  CONTESTED_SKUS,
  DOCK,
  MOVING_SKUS,
  MOVING_UNITS,
  NODES,
  ORDERED_SKUS,
  placeCode,
  POS,
  TILL,
  WMS,
} from './retailer.ts';

// What the source systems of the crash run say, each in its own format, and what each message does to on-hand.

export interface Movement {
  readonly sku: string;
  readonly node: string;
  readonly units: number;
}

export interface FeedMessage {
  readonly source: string;
  readonly contentType: string;
  readonly body: string;
  /** One per event, in no order. */
  readonly movements: readonly Movement[];
}

/** Writes messages whose ids never repeat. Times are this machine's, and never the same twice. */
export class FeedWriter {
  readonly #chance: Random;
  #number = 0;
  #at: number;

  constructor(chance: Random, nowMs: number) {
    this.#chance = chance;
    this.#at = nowMs;
  }

  /** Somebody counted everything, a moment before anything else happens. */
  opening(): readonly FeedMessage[] {
    const at = this.#at++;
    return NODES.map((node, i) => {
      const movements = [
        ...MOVING_SKUS.map((sku) => ({ sku, node, units: MOVING_UNITS })),
        ...CONTESTED_SKUS.map((sku, j) => ({ sku, node, units: (i + j) % 4 === 0 ? 0 : this.#chance.between(3, 12) })),
        ...ORDERED_SKUS.map((sku) => ({ sku, node, units: this.#chance.between(0, 20) })),
      ];
      const rows = movements.map(({ sku, units }) => ({
        kind: 'snapshot',
        id: `opening-${node}`,
        at,
        sku,
        node,
        quantity: units,
        covers: 'count',
        carries: 'on-hand',
      }));
      return jsonMessage(rows, movements);
    });
  }

  /** The warehouse books that an order's units left a node. */
  booked(order: string, movements: readonly Movement[], nowMs: number): FeedMessage {
    this.#begin(nowMs);
    const rows = movements.map(({ sku, node, units }, i) => ({
      kind: 'delta',
      id: `b-${this.#number}-${i}`,
      at: this.#at,
      sku,
      node,
      quantity: units,
      reason: 'shipment',
      movementRef: order,
    }));
    return jsonMessage(rows, movements);
  }

  next(nowMs: number): FeedMessage {
    this.#begin(nowMs);
    switch (this.#chance.below(8)) {
      case 0:
        return this.#poslog();
      case 1:
        return this.#epcis();
      case 2:
      case 3:
      case 4:
        return this.#csv();
      default:
        return this.#json();
    }
  }

  #begin(nowMs: number): void {
    this.#at = Math.max(this.#at + 1, nowMs);
    this.#number += 1;
  }

  #csv(): FeedMessage {
    const movements = this.#movements(this.#chance.between(1, 12), () => (this.#chance.chance(0.1) ? 1 : -1));
    const rows = movements.map(({ sku, node, units }, i) => {
      const reason = units < 0 ? 'sale' : 'return';
      return ['delta', `t-${this.#number}-${i}`, this.#at, sku, node, units, reason].join(',');
    });
    const body = ['kind,id,at,sku,node,quantity,reason', ...rows].join('\n') + '\n';
    return { source: TILL, contentType: 'text/csv', body, movements };
  }

  /** The warehouse, now and then with a few units of what is fought over, more often with some of what is ordered. */
  #json(): FeedMessage {
    const movements = [...this.#movements(this.#chance.between(1, 6), () => this.#chance.between(1, 9))];
    if (this.#chance.chance(0.1)) {
      movements.push({ sku: this.#chance.pick(CONTESTED_SKUS), node: this.#chance.pick(NODES), units: 1 });
    }
    if (this.#chance.chance(0.4)) {
      const units = this.#chance.between(1, 6);
      movements.push({ sku: this.#chance.pick(ORDERED_SKUS), node: this.#chance.pick(NODES), units });
    }
    const rows = movements.map(({ sku, node, units }, i) => ({
      kind: 'delta',
      id: `w-${this.#number}-${i}`,
      at: this.#at,
      sku,
      node,
      quantity: units,
      reason: 'receipt',
    }));
    return jsonMessage(rows, movements);
  }

  #poslog(): FeedMessage {
    const node = this.#chance.pick(NODES);
    const skus = this.#someSkus(this.#chance.between(1, 4));
    const rows = skus.map((sku, line) => ({
      at: this.#at,
      postedAt: this.#at,
      store: node,
      till: '7',
      transaction: this.#number,
      line: line + 1,
      sku,
      quantity: this.#chance.between(1, 3),
      kind: 'sale' as const,
      priceMinor: 100,
      voids: 0,
      order: '',
    }));
    const body = writePoslog(rows, { mapTime: (at) => at, voidedAt: ({ at }) => at, nameOf: (sku) => sku });
    const movements = rows.map(({ sku, quantity }) => ({ sku, node, units: -quantity }));
    return { source: POS, contentType: 'application/xml', body, movements };
  }

  #epcis(): FeedMessage {
    const node = this.#chance.pick(NODES);
    const rows = this.#someSkus(this.#chance.between(1, 4)).map((sku) => ({
      at: this.#at,
      source: DOCK,
      id: `d-${this.#number}`,
      node,
      sku,
      kind: 'delta' as const,
      quantity: this.#chance.between(1, 9),
      reason: 'receipt' as const,
      from: '' as const,
      to: '' as const,
      ref: '',
      inboundRef: '',
    }));
    const body = writeEpcis(rows, { mapTime: (at) => at, codeOf: placeCode });
    const movements = rows.map(({ sku, quantity }) => ({ sku, node, units: quantity }));
    return { source: DOCK, contentType: 'application/ld+json', body, movements };
  }

  #movements(count: number, units: () => number): readonly Movement[] {
    return Array.from({ length: count }, () => ({
      sku: this.#chance.pick(MOVING_SKUS),
      node: this.#chance.pick(NODES),
      units: units(),
    }));
  }

  /** Different ones: a document names each sku once. */
  #someSkus(count: number): readonly string[] {
    const first = this.#chance.below(MOVING_SKUS.length);
    return Array.from({ length: count }, (_, i) => MOVING_SKUS[(first + i) % MOVING_SKUS.length] ?? '');
  }
}

function jsonMessage(rows: readonly object[], movements: readonly Movement[]): FeedMessage {
  const body = rows.map((row) => JSON.stringify(row)).join('\n') + '\n';
  return { source: WMS, contentType: 'application/x-ndjson', body, movements };
}
