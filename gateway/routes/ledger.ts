import { Readable } from 'node:stream';
import { Type, type Static } from 'typebox';
import { isRefusal, parseNodeId, parseSku } from '../../engine/contract/ids.ts';
import { type LedgerQuery, type Movement, MOVEMENT_KINDS } from '../../engine/contract/ledger.ts';
import type { Engine } from '../../engine/api.ts';
import { isNo, no, sendNo, type No } from '../answers.ts';
import { permit } from '../access.ts';
import { csvLine } from '../csv.ts';
import { parseMoment } from '../moment.ts';
import type { LedgerInfo } from '../protocol/history-bodies.ts';
import { historyNo } from './history-no.ts';
import type { App, RouteDeps } from './route.ts';

const LIMIT = 100;
/** Movements of one JSON answer. */
const LIMIT_MAX = 1_000;
/** Movements of one CSV file: what a spreadsheet still opens. Larger exports go on with `after`. */
const CSV_ROWS_MAX = 100_000;

const Query = {
  querystring: Type.Object({
    sku: Type.Optional(Type.String()),
    node: Type.Optional(Type.String()),
    kind: Type.Optional(Type.Enum([...MOVEMENT_KINDS])),
    from: Type.Optional(Type.String({ maxLength: 40 })),
    to: Type.Optional(Type.String({ maxLength: 40 })),
    after: Type.Optional(Type.Integer({ minimum: 0 })),
    order: Type.Optional(Type.Enum(['newest', 'oldest'])),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: CSV_ROWS_MAX })),
    minPosition: Type.Optional(Type.String({ maxLength: 400 })),
  }),
};

export function ledgerRoutes(app: App, deps: RouteDeps): void {
  app.get('/v1/ledger', { schema: Query, config: { scope: 'stock' } }, async (request, reply) => {
    const caller = permit(request, 'stock', { node: request.query.node });
    if (isNo(caller)) return sendNo(reply, caller);
    const asCsv = (request.headers.accept ?? '').includes('text/csv');
    const query = parseQuery(request.query, asCsv);
    if (isNo(query)) return sendNo(reply, query);
    reply.header('cache-control', 'no-store').header('vary', 'accept');
    const page = await deps.engine.ledger({ ...query, limit: Math.min(query.limit, LIMIT_MAX) });
    if ('status' in page) return sendNo(reply, historyNo(page));
    if (asCsv) {
      reply.header('content-type', 'text/csv; charset=utf-8');
      reply.header('content-disposition', 'attachment; filename="ledger.csv"');
      return reply.send(Readable.from(csvOf(deps.engine, query, page)));
    }
    const body: LedgerInfo = page;
    return reply.send(body);
  });
}

function parseQuery(asked: Static<typeof Query.querystring>, asCsv: boolean): LedgerQuery | No {
  const { kind, after, minPosition, order = 'newest', limit = asCsv ? CSV_ROWS_MAX : LIMIT } = asked;
  if (!asCsv && limit > LIMIT_MAX) {
    return no(422, 'invalid-request', `limit is at most ${LIMIT_MAX}; go on with after`, { field: 'limit' });
  }
  const sku = asked.sku === undefined ? undefined : parseSku(asked.sku);
  if (sku !== undefined && isRefusal(sku)) return no(422, sku.code, sku.message, { field: 'sku' });
  const node = asked.node === undefined ? undefined : parseNodeId(asked.node);
  if (node !== undefined && isRefusal(node)) return no(422, node.code, node.message, { field: 'node' });
  const from = asked.from === undefined ? undefined : parseMoment(asked.from, 'from');
  if (typeof from === 'object') return from;
  const to = asked.to === undefined ? undefined : parseMoment(asked.to, 'to');
  if (typeof to === 'object') return to;
  return {
    order,
    limit,
    ...(sku !== undefined && { sku }),
    ...(node !== undefined && { node }),
    ...(kind !== undefined && { kind }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(after !== undefined && { after }),
    ...(minPosition !== undefined && { minPosition }),
  };
}

const COLUMNS = [
  'row',
  'position',
  'recordedAt',
  'at',
  'kind',
  'sku',
  'node',
  'group',
  'units',
  'reason',
  'source',
  'id',
  'ref',
  'channel',
] as const satisfies readonly (keyof Movement)[];

/** Page by page, as fast as it is read. A page that fails in the middle breaks the download off: no file looks whole that is not. */
async function* csvOf(
  engine: Engine,
  query: LedgerQuery,
  first: { readonly movements: readonly Movement[]; readonly next?: number },
): AsyncGenerator<string> {
  yield csvLine(COLUMNS);
  let left = query.limit;
  for (let page = first; ;) {
    left -= page.movements.length;
    yield page.movements.map((movement) => csvLine(COLUMNS.map((column) => movement[column]))).join('');
    if (page.next === undefined || left <= 0) return;
    const next = await engine.ledger({ ...query, after: page.next, limit: Math.min(left, LIMIT_MAX) });
    if ('status' in next) throw new Error(`the ledger stopped in the middle: ${next.code}`);
    page = next;
  }
}
