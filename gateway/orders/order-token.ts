import { timingSafeEqual } from 'node:crypto';
import type { OrderId } from '../../engine/contract/ids.ts';
import type { Order } from '../../engine/contract/order.ts';

const KEY = /^(o[0-9]{1,4}-[0-9a-z]{1,10})\.([0-9a-f]{32})$/;

/** `<id>.<token>`: the key of an order for whoever was given its token. */
export function tokenKey(key: string): { readonly id: OrderId; readonly token: string } | undefined {
  const [, id, token] = KEY.exec(key) ?? [];
  return id === undefined || token === undefined ? undefined : { id: id as OrderId, token };
}

/** Takes as long whatever of it is right. */
export function isTokenOf({ token }: Pick<Order, 'token'>, said: string): boolean {
  const [right, given] = [Buffer.from(token), Buffer.from(said)];
  return right.length === given.length && timingSafeEqual(right, given);
}

/** Guesses at tokens, by address: as those at keys. */
export interface TokenBrake {
  /** Ms until the address may try again; 0: now. */
  waitMs(address: string): number;
  count(address: string): void;
}
