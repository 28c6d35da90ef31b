import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { CHANGE_ROWS_MAX, type ChangeOptions } from '../../engine/contract/reference-change.ts';
import { rowKey, type ReferenceBatch } from '../../engine/contract/reference.ts';
import { permit } from '../access.ts';
import { isNo, no, sendNo, type No } from '../answers.ts';
import type { ReferenceInfo } from '../protocol/reference-bodies.ts';
import {
  changeAnswer,
  isRowOf,
  parseExpected,
  parseKind,
  parseRowKey,
  parseRows,
  parseWhen,
} from '../reference-change.ts';
import { STRICT, type App, type RouteDeps } from './route.ts';

const Reason = Type.String({ minLength: 1, maxLength: 500 });
const When = Type.String({ maxLength: 40 });
const Why = Type.Object({ reason: Type.Optional(Reason), effectiveAt: Type.Optional(When) }, STRICT);
const OfKind = Type.Object({ of: Type.String() });
const OfRow = Type.Object({ of: Type.String(), first: Type.String(), second: Type.Optional(Type.String()) });
/** A key of two parts is longer than an id. */
const Key = Type.String({ minLength: 1, maxLength: 300 });
const List = {
  params: OfKind,
  querystring: Type.Object({
    after: Type.Optional(Key),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
  }),
};
const Put = { params: OfRow, querystring: Why, body: Type.Unknown() };
const Batch = {
  params: OfKind,
  body: Type.Object(
    {
      rows: Type.Optional(Type.Array(Type.Unknown(), { maxItems: CHANGE_ROWS_MAX })),
      retire: Type.Optional(Type.Array(Key, { maxItems: CHANGE_ROWS_MAX })),
      partial: Type.Optional(Type.Boolean()),
      reason: Type.Optional(Reason),
      effectiveAt: Type.Optional(Type.Union([When, Type.Integer()])),
    },
    STRICT,
  ),
};

const ROW = '/v1/reference/:of/:first/:second?';

/** The reference book, row by row and in batches (rules RD1 to RD3): read with ops, changed with admin. */
export function referenceRoutes(app: App, deps: RouteDeps): void {
  app.get('/v1/reference/:of', { schema: List, config: { scope: 'ops' } }, async (request, reply) => {
    const caller = permit(request, 'ops');
    if (isNo(caller)) return sendNo(reply, caller);
    const of = parseKind(request.params.of);
    if (typeof of !== 'string') return sendNo(reply, of);
    const { limit = 100, after } = request.query;
    const page = await deps.engine.referenceRows({ of, limit, ...(after !== undefined && { after }) });
    const last = page.rows.length === limit ? page.rows.at(-1) : undefined;
    const { version, rows } = page;
    const body: ReferenceInfo = { of, version, rows, ...(last !== undefined && { next: last.key }) };
    return versioned(reply, page.version).send(body);
  });

  app.get(ROW, { schema: { params: OfRow }, config: { scope: 'ops' } }, async (request, reply) => {
    const caller = permit(request, 'ops');
    if (isNo(caller)) return sendNo(reply, caller);
    const { of: kind, first, second } = request.params;
    const named = parseRow(kind, first, second);
    if (isNo(named)) return sendNo(reply, named);
    const row = await deps.engine.referenceRow(named.of, named.key);
    return row === undefined
      ? sendNo(reply, UNKNOWN_ROW)
      : versioned(reply, row.version).send({ of: named.of, ...row });
  });

  app.put(ROW, { schema: Put, config: { scope: 'admin' } }, async (request, reply) => {
    const { of: kind, first, second } = request.params;
    const named = parseRow(kind, first, second);
    if (isNo(named)) return sendNo(reply, named);
    const batch = parseRows(deps.judgeRow, named.of, [request.body], () => '');
    if (isNo(batch)) return sendNo(reply, batch);
    if (!isRowOf(batch, named.key)) return sendNo(reply, OTHER_ROW);
    return change(deps, request, reply, { batch, ...request.query });
  });

  app.delete(
    ROW,
    { schema: { params: OfRow, querystring: Why }, config: { scope: 'admin' } },
    async (request, reply) => {
      const { of: kind, first, second } = request.params;
      const named = parseRow(kind, first, second);
      if (isNo(named)) return sendNo(reply, named);
      const batch = { of: named.of, rows: [] } as ReferenceBatch;
      return change(deps, request, reply, { batch, retire: [named.key], ...request.query });
    },
  );

  app.post('/v1/reference/:of', { schema: Batch, config: { scope: 'admin' } }, async (request, reply) => {
    const of = parseKind(request.params.of);
    if (typeof of !== 'string') return sendNo(reply, of);
    const { rows = [], effectiveAt, ...rest } = request.body;
    const batch = parseRows(deps.judgeRow, of, rows, (index) => `rows[${index}]`);
    if (isNo(batch)) return sendNo(reply, batch);
    return change(deps, request, reply, {
      batch,
      ...rest,
      ...(effectiveAt !== undefined && { effectiveAt: String(effectiveAt) }),
    });
  });
}

interface Asked extends Pick<ChangeOptions, 'retire' | 'partial' | 'reason'> {
  readonly batch: ReferenceBatch;
  readonly effectiveAt?: string;
}

async function change(
  { engine }: RouteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  { batch, effectiveAt, ...asked }: Asked,
): Promise<FastifyReply> {
  const caller = permit(request, 'admin');
  if (isNo(caller)) return sendNo(reply, caller);
  const expected = parseExpected(request.headers);
  if (isNo(expected)) return sendNo(reply, expected);
  const when = parseWhen(effectiveAt);
  if (isNo(when)) return sendNo(reply, when);
  const outcome = await engine.apply(batch, { by: caller.client, ...asked, ...expected, ...when });
  const answer = changeAnswer(outcome);
  if (isNo(answer)) return sendNo(reply, answer);
  if (answer.status === 'scheduled') return reply.code(202).header('cache-control', 'no-store').send(answer);
  const [only, ...others] = batch.rows;
  const row =
    only === undefined || others.length > 0 ? undefined : await engine.referenceRow(batch.of, rowKey(batch.of, only));
  return versioned(reply, row?.version ?? answer.version).send(answer);
}

function parseRow(kind: string, first: string, second: string | undefined) {
  const of = parseKind(kind);
  if (typeof of !== 'string') return of;
  const key = parseRowKey(of, first, second);
  return typeof key === 'string' ? { of, key } : key;
}

function versioned(reply: FastifyReply, version: number): FastifyReply {
  return reply.header('etag', `"${version}"`).header('cache-control', 'no-store');
}

const UNKNOWN_ROW: No = no(404, 'unknown-row', 'no row of this kind has this id; list them without an id', {
  field: 'id',
});
const OTHER_ROW: No = no(422, 'invalid-row', 'the row is another one than the path names; correct one of them', {
  field: 'id',
});
