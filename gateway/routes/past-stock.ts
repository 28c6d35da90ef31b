import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Sku } from '../../engine/contract/ids.ts';
import { isNo, sendNo } from '../answers.ts';
import { permit } from '../access.ts';
import { stockInReach } from '../in-reach.ts';
import { parseMoment } from '../moment.ts';
import type { PastStockInfo } from '../protocol/stock-bodies.ts';
import { staffStock } from '../staff-stock.ts';
import { historyNo } from './history-no.ts';
import type { RouteDeps } from './route.ts';

/** Of a sku in its shard, or of a kit: its version and each of its parts'. */
const POSITION = /^(\d+\.\d+|v\d+(~[\d.-]+)+)$/;

/** The number as it was (rule AV8): one replay at a time in the engine, 503 when others wait already. */
export async function sendPastStock(
  { engine }: RouteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  { sku, at }: { readonly sku: Sku; readonly at: string },
): Promise<FastifyReply> {
  const caller = permit(request, 'stock');
  if (isNo(caller)) return sendNo(reply, caller);
  const atMs = POSITION.test(at) ? undefined : parseMoment(at, 'at');
  if (typeof atMs === 'object') return sendNo(reply, atMs);
  const past = await engine.stockAt(sku, atMs === undefined ? { position: at } : { atMs });
  if ('status' in past) return sendNo(reply, historyNo(past));
  const { stock, ...was } = past;
  const body: PastStockInfo = { ...stockInReach(request.caller, staffStock(engine, sku, stock)), was };
  return reply.header('cache-control', 'no-store').send(body);
}
