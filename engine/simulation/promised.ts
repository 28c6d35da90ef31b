import type { StockFact } from '../contract/stock-fact.ts';
import type { Reservation, ReserveLine } from '../contract/reservation.ts';
import type { Buyer } from './quota.ts';
import type { StockPortReply } from '../contract/stock-port.ts';

// What the model of a stock shard keeps of promises, keys and events.

export type PartAnswer = Extract<StockPortReply, { do: 'part-held' }>['outcome'];

export type MoveAnswer = Extract<StockPortReply, { do: 'part-moved' }>['outcome'];

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
  /** Keys of the moves that were made (rule RS7). */
  readonly made?: readonly string[];
  readonly endedAt?: number;
}

export interface ModelPart {
  readonly answer: PartAnswer;
  /** As moves left them. */
  readonly lines?: readonly ReserveLine[];
  readonly promised: readonly Promised[];
  /** The last move it answered (rule RS7). */
  readonly move?: { readonly number: number; readonly answer: MoveAnswer };
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
