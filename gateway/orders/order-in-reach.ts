import type { FastifyRequest } from 'fastify';
import { EngineBusyError, type Engine } from '../../engine/api.ts';
import type { ChannelId, ClientId, OrderId } from '../../engine/contract/ids.ts';
import { shardOfOrder } from '../../engine/contract/ids.ts';
import type { Order } from '../../engine/contract/order.ts';
import { permit } from '../access.ts';
import { isNo, no, type No } from '../answers.ts';
import { may, reaches, type Caller } from '../caller.ts';

export const UNKNOWN_ORDER = no(404, 'unknown-order', 'there is no such order that this key may see', { field: 'id' });

const RETRY_BEHIND_MS = 1_000;

type OrderReads = Pick<Engine, 'orders' | 'orderKept'>;

/** As its shard has it, or as it was when its shard forgot it. */
export async function orderOf(engine: OrderReads, id: string): Promise<Order | undefined> {
  if (shardOfOrder(id) === undefined) return undefined;
  const [order] = await engine.orders([id as OrderId]);
  if (order !== undefined) return order;
  const kept = await engine.orderKept(id as OrderId);
  if (!('code' in kept)) return kept;
  // Nobody can say yet: that is another answer than no.
  if (kept.code === 'ledger-behind') throw new EngineBusyError('overloaded', RETRY_BEHIND_MS);
  return undefined;
}

/** Its own orders, or with `desk` those of its channels. An order goes to several nodes, so that takes a key for all. */
export function seesOrder(caller: Caller, { client, channel }: Pick<Order, 'client' | 'channel'>): boolean {
  const isOwn = may(caller, 'orders') && caller.is === 'staff' && caller.client === client;
  return isOwn || (may(caller, 'desk') && reaches(caller, { channel, node: undefined }));
}

/** Channels whose orders the caller may see; undefined: all. */
export function channelsOf(caller: Caller): readonly ChannelId[] | undefined {
  const channels = caller.is === 'staff' ? caller.limits.channels : new Set<string>();
  return channels && ([...channels] as ChannelId[]);
}

/** The order, if the caller may see it. */
export async function orderFor(
  request: FastifyRequest<{ Params: { id: string } }>,
  engine: OrderReads,
): Promise<{ readonly client: ClientId; readonly order: Order } | No> {
  const caller = permit(request, may(request.caller, 'desk') ? 'desk' : 'orders');
  if (isNo(caller)) return caller;
  const order = await orderOf(engine, request.params.id);
  return order !== undefined && seesOrder(request.caller, order) ? { client: caller.client, order } : UNKNOWN_ORDER;
}
