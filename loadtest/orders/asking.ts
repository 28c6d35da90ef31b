import type { OrderBody, OrdersAnswer } from '../../gateway/protocol/order-bodies.ts';
import type { WorkAnswer, WorksPage } from '../../gateway/protocol/work-bodies.ts';
import type { Reply } from '../verify/door.ts';
import { codeOf } from '../verify/rush-client.ts';

// What a shop, the staff of a node, the desk and a customer ask for over HTTP, and what the answers mean.

/** How it is asked; undefined: no answer came, and the request may have had its effect. */
export interface Asker {
  ask(
    method: 'GET' | 'POST',
    path: string,
    options?: { readonly body?: string; readonly headers?: Readonly<Record<string, string>> },
  ): Promise<Reply | undefined>;
}

/** A channel's message about one order, as the channel writes it. */
export interface OrderMessage {
  readonly channel: string;
  readonly format: 'json' | 'shopify';
  readonly body: string;
}

/** `known`: it came before. */
type MessageSaid =
  | { readonly is: 'taken'; readonly id: string; readonly token: string; readonly known: boolean }
  | { readonly is: 'kept'; readonly id: string }
  | { readonly is: 'strange'; readonly says: string };

export async function say(wire: Asker, { channel, format, body }: OrderMessage): Promise<MessageSaid | undefined> {
  const reply = await wire.ask('POST', `/v1/orders?format=${format}&channel=${channel}`, { body, headers: JSON_BODY });
  if (reply === undefined) return undefined;
  const [outcome, ...others] = (reply.body as Partial<OrdersAnswer> | undefined)?.outcomes ?? [];
  if (others.length === 0 && outcome?.status === 'taken') {
    return { is: 'taken', id: outcome.id, token: outcome.token ?? '', known: outcome.duplicate === true };
  }
  if (others.length === 0 && outcome?.status === 'kept-for-later') return { is: 'kept', id: outcome.id };
  return { is: 'strange', says: `an order was answered ${reply.status} ${JSON.stringify(reply.body)?.slice(0, 400)}` };
}

const JSON_BODY = { 'content-type': 'application/json' };

interface Act {
  readonly key: string;
  readonly body: string;
}

/** `done`, or the code of the refusal. */
export async function actByHand(wire: Asker, order: string, { key, body }: Act): Promise<string | undefined> {
  const headers = { ...JSON_BODY, 'idempotency-key': key };
  const reply = await wire.ask('POST', `/v1/orders/${order}/acts`, { body, headers });
  if (reply === undefined) return undefined;
  return reply.status === 200 ? 'done' : codeOf(reply);
}

export type WorkInfo = WorkAnswer['work'];

export interface StaffSaid {
  /** `done`, or the code of the refusal. */
  readonly code: string;
  readonly work?: WorkInfo;
}

export async function actAtNode(
  wire: Asker,
  { node, work, key, body }: Act & { readonly node: string; readonly work: string },
): Promise<StaffSaid | undefined> {
  const headers = { ...JSON_BODY, 'idempotency-key': key };
  const reply = await wire.ask('POST', `/v1/nodes/${node}/work/${work}/acts`, { body, headers });
  if (reply === undefined) return undefined;
  return reply.status === 200 ? { code: 'done', work: (reply.body as WorkAnswer).work } : { code: codeOf(reply) };
}

/** What a node has to do, the oldest first. */
export async function worksOf(wire: Asker, node: string): Promise<readonly WorkInfo[] | undefined> {
  const reply = await wire.ask('GET', `/v1/nodes/${node}/work?limit=${WORKS_MAX}`);
  return reply?.status === 200 ? (reply.body as WorksPage).works : undefined;
}

/** One of them, as it is now; what was answered instead is for the next look to tell. */
export async function readWork(
  wire: Asker,
  { node, id }: Pick<WorkInfo, 'node' | 'id'>,
): Promise<WorkInfo | undefined> {
  const reply = await wire.ask('GET', `/v1/nodes/${node}/work/${id}`);
  return reply?.status === 200 ? (reply.body as WorkAnswer).work : undefined;
}

/** Work orders of one look. */
const WORKS_MAX = 50;

/** The order, or the code of what was answered instead. */
export async function readOrder(wire: Asker, id: string): Promise<OrderBody | string | undefined> {
  const reply = await wire.ask('GET', `/v1/orders/${id}`);
  if (reply === undefined) return undefined;
  return reply.status === 200 ? (reply.body as OrderBody) : codeOf(reply);
}

/** What the customer shows at the counter; absent before it is ready. */
export async function collectCode(
  wire: Asker,
  { id, token }: { readonly id?: string; readonly token?: string },
): Promise<string | undefined> {
  if (id === undefined || token === undefined) return undefined;
  const reply = await wire.ask('GET', `/v1/orders/${id}/status`, { headers: { 'x-order-token': token } });
  return (reply?.body as { readonly pickup?: { readonly code?: string } } | undefined)?.pickup?.code;
}

/** Units that the answer to `ship` or `collect` says have left. */
export const leftOf = ({ node, lines }: Pick<WorkInfo, 'node' | 'lines'>) =>
  lines.map(({ sku, units, picked = units }) => ({ sku, node, units: picked })).filter(({ units }) => units > 0);

/** An order's units, each with its sku: parts of kits too, kits themselves have none. */
export type PieceInfo = ReturnType<typeof piecesOf>[number];
export const piecesOf = ({ order }: OrderBody) =>
  order.lines.flatMap(({ sku, pieces }) => pieces.map((piece) => ({ ...piece, sku })));

/** States in which stock holds units for an order at a node. */
export const HELD: readonly string[] = ['allocated', 'released', 'ready'];
export const LEFT: readonly string[] = ['shipped', 'delivered', 'collected'];
export const NEVER: readonly string[] = ['cancelled', 'refused'];
