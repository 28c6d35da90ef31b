import type { ClientId } from '../engine/contract/ids.ts';
import type { OrderFormatName } from '../engine/contract/reference.ts';
import type { DoorRefusal } from './feed-door.ts';
import type { OrdersAnswer } from './protocol/order-bodies.ts';

// The way of messages about orders into ingest, as the routes need it. ingest/order-door.ts satisfies it; main.ts joins the two.

export interface OrdersAsked {
  readonly format: OrderFormatName;
  readonly channel: string;
  /** In whose name: what it reserved may be placed. */
  readonly client: ClientId;
  readonly topic?: string;
  readonly source?: string;
  readonly warehouse?: string;
  /** Nobody reads the answer: what is for no channel we know is kept too. */
  readonly unanswered?: true;
}

export interface OrderDoor {
  /** Resolves when everything that was taken is durable. Rejects when the engine or the parsers are busy. */
  take(
    asked: OrdersAsked,
    body: Uint8Array,
    receivedAt: number,
  ): Promise<{ readonly status: 'taken'; readonly answer: OrdersAnswer } | DoorRefusal>;
}
