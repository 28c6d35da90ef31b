import { REFUSED_LISTED_MAX } from './feed-answer.ts';
import type { FeedAnswer } from './feed-answer.ts';

// What the door for orders answers; over HTTP the body of POST /v1/orders.

/** What became of one message, in the order of the body. */
export type OrderOutcome =
  | {
      readonly status: 'taken';
      readonly place: string;
      readonly id: string;
      readonly orderId: string;
      readonly number: string;
      readonly version: number;
      /** Opens the customer's page; told to who placed the order. */
      readonly token?: string;
      /** The message came before: nothing was changed. */
      readonly duplicate?: true;
    }
  /** About an order that has not come yet: it counts when that comes. */
  | { readonly status: 'kept-for-later'; readonly place: string; readonly id: string; readonly orderId: string }
  | RefusedOrder;

export interface RefusedOrder {
  readonly status: 'refused';
  readonly place: string;
  readonly code: string;
  readonly message: string;
  /** The channel's id of the order, where the message could be read. */
  readonly orderId?: string;
  readonly field?: string;
  readonly sku?: string;
  readonly line?: string;
  /** Id of the dead letter that keeps the original. */
  readonly letter: string;
}

export interface OrdersAnswer {
  /** Of the first OUTCOMES_LISTED_MAX messages. */
  readonly outcomes: readonly OrderOutcome[];
  /** Duplicates included. */
  readonly taken: number;
  readonly duplicates: number;
  readonly kept: number;
  readonly refused: number;
  readonly ignored: number;
  readonly warnings: readonly string[];
  /** Of movements of stock in the body, where it had some. */
  readonly stock?: FeedAnswer;
}

/** Outcomes listed in an answer; all are counted, and every refusal is a dead letter. */
export const OUTCOMES_LISTED_MAX = 10_000;

export type OrdersResult =
  | { readonly status: 'taken'; readonly answer: OrdersAnswer }
  | {
      readonly status: 'refused';
      readonly code: 'unknown-channel' | 'unknown-source' | 'unknown-node';
      readonly message: string;
    };

/** Messages about orders, told as the rows of a feed. */
export function feedAnswerOf({
  outcomes,
  taken,
  duplicates,
  kept,
  refused: refusedCount,
  ignored,
  warnings,
  stock,
}: OrdersAnswer): FeedAnswer {
  const refused = outcomes.filter((outcome) => outcome.status === 'refused').slice(0, REFUSED_LISTED_MAX);
  return {
    recorded: taken - duplicates + kept + (stock?.recorded ?? 0),
    duplicates: duplicates + (stock?.duplicates ?? 0),
    ignored,
    refused: refused.map(({ place, code, message, letter }) => ({ place, code, message, letter })),
    refusedCount: refusedCount + (stock?.refusedCount ?? 0),
    warnings,
  };
}
