import type { CustomerOrder } from '../protocol/customer-order.ts';
import type { Connection } from './connection.ts';
import type { Cancel } from './environment.ts';
import type { KeyListener } from './subscription-table.ts';

/** An order as its customer was given it. */
export interface OrderHeld {
  readonly id: string;
  readonly token: string;
}

/**
 * Follows an order as its customer sees it. Over a connection with the way `websocket` alone: the others would carry the
 * token in an address, which the server refuses. Where none gets through, ask `HttpClient.orderStatus` now and then.
 */
export function followOrder(
  connection: Connection,
  { id, token }: OrderHeld,
  listener: KeyListener<CustomerOrder>,
): Cancel {
  // What a key with a token shows is the customer's view.
  return connection.watch('order', `${id}.${token}`, {}, listener as Parameters<typeof connection.watch<'order'>>[3]);
}
