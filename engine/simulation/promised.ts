import type { StockFact } from '../contract/fact.ts';
import type { Reservation } from '../contract/reservation.ts';
import type { Buyer } from './quota.ts';
import type { StockPortReply } from '../contract/stock-port.ts';

// What the model of a stock shard keeps of promises, keys and events.

export type PartAnswer = Extract<StockPortReply, { do: 'part-held' }>['outcome'];

/** Units promised: they may come from any of `nodes`. */
export interface Promised {
  readonly sku: string;
  readonly units: number;
  readonly nodes: readonly string[];
  readonly placed: boolean;
  /** Who sold them, and how many came out of the seller's pool: they go back there (rule AV2). */
  readonly channel: string;
  readonly drawn: number;
}

export interface ModelHold {
  readonly reservation: Reservation;
  readonly promised: readonly Promised[];
  readonly keyDigest: string;
  readonly endedAt?: number;
}

export interface ModelPart {
  readonly answer: PartAnswer;
  readonly promised: readonly Promised[];
  readonly ended: boolean;
  /** While its reservation has the key here (rule RS2). */
  readonly keyDigest?: string | undefined;
  /** Who holds it; absent when nothing was held. */
  readonly buyer?: Buyer;
  readonly doneAt?: number;
}

export interface ModelKey {
  readonly contentDigest: string;
  readonly endedAt?: number;
}

export function idKey(event: Extract<StockFact, { fact: 'StockRecorded' }>['event']): string {
  return `${event.source} ${event.kind === 'complete' ? '' : event.sku} ${event.id}`;
}

export function ofSku(promised: readonly Promised[], sku: string): Promised[] {
  return promised.filter((promise) => promise.sku === sku);
}

export function skusOf(promised: readonly Promised[]): string[] {
  return [...new Set(promised.map(({ sku }) => sku))];
}
