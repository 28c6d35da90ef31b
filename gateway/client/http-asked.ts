import type { OrderStatusName, QueueName } from '../protocol/order-bodies.ts';

// What the calls of HttpClient ask for, where it is more than an id.

/** What of the ledger; times are journal times, ms since the epoch. */
export interface LedgerAsked {
  readonly sku?: string;
  readonly node?: string | undefined;
  readonly kind?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** `next` of the page before. */
  readonly after?: number | undefined;
  readonly limit?: number;
}

/** Which orders; absent: all. */
export interface OrdersAsked {
  readonly q?: string | undefined;
  readonly status?: OrderStatusName | undefined;
  readonly queue?: QueueName | undefined;
  readonly customer?: string | undefined;
  readonly sort?: 'newest' | 'changed' | 'waiting';
  /** `next` of the page before. */
  readonly after?: string | undefined;
  readonly limit?: number;
}

export interface OrderActAsked {
  /** Makes a retry safe. */
  readonly key: string;
  readonly ifVersion: number;
}
