import type { FeedAnswer } from './feed-bodies.ts';

// Bodies of the routes under /v1/orders.

/**
 * `POST /v1/orders?format=&channel=` with one message of the channel, a list, NDJSON or a file. 200 when at least one was
 * taken, kept or ignored; 422 when every one was refused. The same again changes nothing.
 */
export interface OrdersAnswer {
  /** In the order of the body, the first 10,000. */
  readonly outcomes: readonly OrderOutcome[];
  /** Duplicates included. */
  readonly taken: number;
  readonly duplicates: number;
  readonly kept: number;
  readonly refused: number;
  /** Understood and rightly without effect; the warnings say why. */
  readonly ignored: number;
  readonly warnings: readonly string[];
  /** Of movements of stock, which an invoice list may hold beside its orders. */
  readonly stock?: FeedAnswer;
}

type OrderOutcome = TakenOrder | KeptMessage | RefusedOrder;

/** Durable. What becomes of its units follows: read the order, or watch it. */
interface TakenOrder {
  readonly status: 'taken';
  /** Where it stood: `row 2`, `order[0]`, `line 7` … */
  readonly place: string;
  readonly id: string;
  /** The order as its channel names it. */
  readonly orderId: string;
  readonly number: string;
  readonly version: number;
  /** Opens the customer’s page; told to the key that placed the order. */
  readonly token?: string;
  /** The message came before and changed nothing. */
  readonly duplicate?: true;
}

/** About an order that has not come yet: it counts when that comes. */
interface KeptMessage {
  readonly status: 'kept-for-later';
  readonly place: string;
  readonly id: string;
  readonly orderId: string;
}

interface RefusedOrder {
  readonly status: 'refused';
  readonly place: string;
  readonly code: string;
  readonly message: string;
  readonly orderId?: string;
  readonly field?: string;
  readonly sku?: string;
  readonly line?: string;
  /** Id of the dead letter that keeps the original: correct it and replay it, or send it corrected. */
  readonly letter: string;
}
