import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { Type, type Static } from 'typebox';
import type { Engine } from '../../engine/api.ts';
import { isRefusal, parseNodeId, parseSku, type ChannelId, type IdRefusal } from '../../engine/contract/ids.ts';
import { EXCEPTION_QUEUES, ORDER_STATUSES } from '../../engine/contract/order.ts';
import type { OrderRow, OrdersAsked, OrdersPage } from '../../engine/contract/order-view.ts';
import { permit } from '../access.ts';
import { isNo, no, sendNo, type No } from '../answers.ts';
import { csvLine } from '../csv.ts';
import { parseMoment } from '../moment.ts';
import { channelsOf } from '../orders/order-in-reach.ts';
import type { OrderCountsInfo, OrderListPage } from '../protocol/order-history-bodies.ts';
import { historyNo } from './history-no.ts';
import { STRICT, type App, type RouteDeps } from './route.ts';

const LIMIT = 50;
/** Orders of one JSON answer. */
const LIMIT_MAX = 200;
/** Orders of one CSV file, and of one page while it is written. */
const CSV_ROWS_MAX = 100_000;
const CSV_PAGE = 500;

const Id = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 128, description }));
const Time = (description: string) => Type.Optional(Type.String({ maxLength: 40, description }));
const List = {
  querystring: Type.Object(
    {
      q: Type.Optional(
        Type.String({ maxLength: 200, description: 'Words that all are found in the order, each by its beginning' }),
      ),
      channel: Id('Only of this channel'),
      status: Type.Optional(Type.Enum([...ORDER_STATUSES], { description: 'Only of this status' })),
      node: Id('Only with units at this node'),
      sku: Id('Only with a line of it'),
      queue: Type.Optional(Type.Enum([...EXCEPTION_QUEUES], { description: 'Only in this queue of exceptions' })),
      customer: Id('Only of this customer, over all channels'),
      from: Time('Placed then or later'),
      to: Time('Placed before'),
      sort: Type.Optional(
        Type.Enum(['newest', 'changed', 'waiting'], {
          description:
            'Placed last first, changed last first, or in a queue longest first; absent: of a queue `waiting`',
        }),
      ),
      after: Type.Optional(Type.String({ maxLength: 60 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: CSV_ROWS_MAX })),
    },
    STRICT,
  ),
};
const Counts = { querystring: Type.Object({ channel: Id('Only of this channel') }, STRICT) };

/** Orders of all times (rule OR12); a key that is limited to channels is shown those. */
export function orderSearchRoutes(app: App, { engine }: RouteDeps): void {
  app.get('/v1/orders', { schema: List, config: { scope: 'desk' } }, async (request, reply) => {
    const channels = permitted(request, request.query.channel);
    if (isNo(channels)) return sendNo(reply, channels);
    const asCsv = (request.headers.accept ?? '').includes('text/csv');
    const query = parseQuery(request.query, asCsv);
    if (isNo(query)) return sendNo(reply, query);
    const asked = { ...query, ...channels };
    reply.header('cache-control', 'no-store').header('vary', 'accept');
    const page = await engine.findOrders({ ...asked, limit: Math.min(asked.limit, asCsv ? CSV_PAGE : LIMIT_MAX) });
    if ('status' in page) return sendNo(reply, historyNo(page));
    if (!asCsv) return reply.send(page satisfies OrderListPage);
    reply.header('content-type', 'text/csv; charset=utf-8');
    reply.header('content-disposition', 'attachment; filename="orders.csv"');
    return reply.send(Readable.from(csvOf(engine, asked, page)));
  });

  app.get('/v1/orders/queues', { schema: Counts, config: { scope: 'desk' } }, async (request, reply) => {
    const channels = permitted(request, request.query.channel);
    if (isNo(channels)) return sendNo(reply, channels);
    const counts = await engine.orderCounts(channels.channels);
    if ('status' in counts) return sendNo(reply, historyNo(counts));
    return reply.header('cache-control', 'no-store').send(counts satisfies OrderCountsInfo);
  });
}

/** An order goes to several nodes, so a key that is limited to some sees none of others' orders. */
function permitted(request: FastifyRequest, channel?: string): { readonly channels?: readonly ChannelId[] } | No {
  const thing = channel === undefined ? {} : { channel };
  const caller = permit(request, 'desk', { node: undefined, ...thing });
  if (isNo(caller)) return caller;
  const channels = channel === undefined ? channelsOf(request.caller) : [channel as ChannelId];
  return channels === undefined ? {} : { channels };
}

function parseQuery(asked: Static<typeof List.querystring>, asCsv: boolean): Omit<OrdersAsked, 'channels'> | No {
  const { q, status, queue, customer, after, limit = asCsv ? CSV_ROWS_MAX : LIMIT } = asked;
  const { sort = queue === undefined ? 'newest' : 'waiting' } = asked;
  if (!asCsv && limit > LIMIT_MAX) {
    return no(422, 'invalid-request', `limit is at most ${LIMIT_MAX}; go on with after`, { field: 'limit' });
  }
  const sku = parsed(asked.sku, parseSku, 'sku');
  if (typeof sku === 'object') return sku;
  const node = parsed(asked.node, parseNodeId, 'node');
  if (typeof node === 'object') return node;
  const from = asked.from === undefined ? undefined : parseMoment(asked.from, 'from');
  if (typeof from === 'object') return from;
  const to = asked.to === undefined ? undefined : parseMoment(asked.to, 'to');
  if (typeof to === 'object') return to;
  if (after !== undefined && !CURSOR[sort].test(after)) {
    return no(422, 'invalid-request', 'give `next` of the page before, as it is', { field: 'after' });
  }
  return {
    sort,
    limit,
    ...(q !== undefined && { q }),
    ...(status !== undefined && { status }),
    ...(queue !== undefined && { queue }),
    ...(customer !== undefined && { customer }),
    ...(sku !== undefined && { sku }),
    ...(node !== undefined && { node }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(after !== undefined && { after }),
  };
}

const VALUE_AND_PLACE = /^\d{1,16}(\.\d{1,20})?_\d{1,16}$/;
const CURSOR = { newest: /^\d{1,16}$/, changed: VALUE_AND_PLACE, waiting: VALUE_AND_PLACE } as const;

function parsed<T extends string>(
  text: string | undefined,
  parse: (text: unknown) => T | IdRefusal,
  field: string,
): T | undefined | No {
  if (text === undefined) return undefined;
  const id = parse(text);
  return isRefusal(id) ? no(422, id.code, id.message, { field }) : id;
}

const COLUMNS = [
  'id',
  'number',
  'channel',
  'channelOrderId',
  'status',
  'customer',
  'customerId',
  'email',
  'phone',
  'city',
  'units',
  'lines',
  'totalMinor',
  'currency',
  'queue',
  'queueWhy',
  'version',
] as const satisfies readonly (keyof OrderRow)[];
const TIMES = ['placedAt', 'queueSince', 'at'] as const satisfies readonly (keyof OrderRow)[];

/** Page by page, as fast as it is read. A page that fails in the middle breaks the download off: no file looks whole that is not. */
async function* csvOf(engine: Engine, query: OrdersAsked, first: OrdersPage): AsyncGenerator<string> {
  yield csvLine([...COLUMNS, 'nodes', ...TIMES]);
  let left = query.limit;
  for (let page = first; ;) {
    left -= page.orders.length;
    yield page.orders.map(csvRow).join('');
    if (page.next === undefined || left <= 0) return;
    const next = await engine.findOrders({ ...query, after: page.next, limit: Math.min(left, CSV_PAGE) });
    if ('status' in next) throw new Error(`the list of orders stopped in the middle: ${next.code}`);
    page = next;
  }
}

/** Times as people and spreadsheets read them. */
function csvRow(row: OrderRow): string {
  const times = TIMES.map((name) => row[name]).map((ms) => (ms === undefined ? undefined : timeText(ms)));
  return csvLine([...COLUMNS.map((column) => row[column]), row.nodes.join(' '), ...times]);
}

/** A channel may say any number. */
function timeText(ms: number): string | number {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : ms;
}
