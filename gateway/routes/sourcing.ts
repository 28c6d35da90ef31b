import type { FastifyRequest } from 'fastify';
import { Type, type Static } from 'typebox';
import { isRefusal, parseNodeId, parseSku, type ChannelId, type NodeId, type Sku } from '../../engine/contract/ids.ts';
import type { Order } from '../../engine/contract/order.ts';
import { ORDER_LINES_MAX } from '../../engine/contract/shop-order.ts';
import type { SourcingRef } from '../../engine/contract/sourcing.ts';
import type { DraftOrder } from '../../engine/contract/sourcing-trial.ts';
import { permit } from '../access.ts';
import { isNo, no, sendNo, type No } from '../answers.ts';
import { orderOf, seesOrder, UNKNOWN_ORDER } from '../orders/order-in-reach.ts';
import type { SourcingDecisionInfo } from '../protocol/order-history-bodies.ts';
import type { SourcingComparisonInfo } from '../protocol/sourcing-bodies.ts';
import { parseRows } from '../reference-change.ts';
import { historyNo } from './history-no.ts';
import { STRICT, type App, type RouteDeps } from './route.ts';
import { trialAsked, trialTime } from './trial-time.ts';

const Id = Type.String({ minLength: 1, maxLength: 128 });
const Text = Type.String({ minLength: 1, maxLength: 100 });
/** A row's id, or rules that are no row yet. */
const Rules = Type.Union([Id, Type.Object({})]);
const Draft = Type.Object(
  {
    channel: Id,
    method: Type.Optional(Type.Enum(['ship', 'pickup', 'ship-to-store'])),
    pickupNode: Type.Optional(Id),
    tags: Type.Optional(Type.Array(Text, { maxItems: 50 })),
    valueMinor: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000_000_000 })),
    country: Type.Optional(Text),
    postcode: Type.Optional(Text),
    lat: Type.Optional(Type.Number({ minimum: -90, maximum: 90 })),
    lon: Type.Optional(Type.Number({ minimum: -180, maximum: 180 })),
    lines: Type.Array(Type.Object({ sku: Id, units: Type.Integer({ minimum: 1, maximum: 1_000_000 }) }, STRICT), {
      minItems: 1,
      maxItems: ORDER_LINES_MAX,
    }),
  },
  STRICT,
);
const DryRun = { body: Type.Object({ rules: Type.Optional(Rules), order: Type.Union([Id, Draft]) }, STRICT) };
const Simulate = { body: Type.Object({ rules: Rules, ...trialTime }, STRICT) };
const Shadow = { querystring: Type.Object(trialTime, STRICT) };

/** What rules would do, without any effect (rule OR6). */
export function sourcingRoutes(app: App, deps: RouteDeps): void {
  const { engine } = deps;
  // Nothing is done, so nothing is written down in the audit.
  const config = { scope: 'desk', traffic: true } as const;

  app.post('/v1/sourcing/dry-run', { schema: DryRun, config }, async (request, reply) => {
    const { rules: named, order: asked } = request.body;
    const rules = named === undefined ? undefined : rulesOf(deps, named);
    if (rules !== undefined && isNo(rules)) return sendNo(reply, rules);
    const order = typeof asked === 'string' ? await known(request, deps, asked) : drafted(request, asked);
    if (isNo(order)) return sendNo(reply, order);
    const decision = await engine.trySourcing(order, rules);
    if (decision === undefined) return sendNo(reply, UNKNOWN_CHANNEL);
    return reply.header('cache-control', 'no-store').send(decision satisfies SourcingDecisionInfo);
  });

  app.post('/v1/sourcing/simulate', { schema: Simulate, config }, async (request, reply) => {
    const { rules: named, ...query } = request.body;
    const asked = trialAsked(request, query, deps.now());
    if (isNo(asked)) return sendNo(reply, asked);
    const rules = rulesOf(deps, named);
    if (isNo(rules)) return sendNo(reply, rules);
    const compared = await engine.simulateSourcing({ ...asked, rules });
    if ('status' in compared) return sendNo(reply, historyNo(compared));
    return reply.header('cache-control', 'no-store').send(compared satisfies SourcingComparisonInfo);
  });

  app.get('/v1/sourcing/shadow', { schema: Shadow, config: { scope: 'desk' } }, async (request, reply) => {
    const asked = trialAsked(request, request.query, deps.now());
    if (isNo(asked)) return sendNo(reply, asked);
    const compared = await engine.compareShadow(asked);
    if ('status' in compared) return sendNo(reply, historyNo(compared));
    return reply.header('cache-control', 'no-store').send(compared satisfies SourcingComparisonInfo);
  });
}

const UNKNOWN_CHANNEL = no(422, 'unknown-channel', 'name a channel of sale that exists', { field: 'order.channel' });
const UNKNOWN_RULES = no(404, 'unknown-row', 'there are no such rules: name a row of `/v1/reference/sourcing`', {
  field: 'rules',
});

function rulesOf({ engine, judgeRow }: RouteDeps, rules: string | object): SourcingRef | No {
  if (typeof rules === 'string') return engine.reference.sourcing.get(rules) ?? UNKNOWN_RULES;
  const batch = parseRows(judgeRow, 'sourcing', [rules], () => 'rules');
  return isNo(batch) ? batch : (batch.rows[0] as SourcingRef);
}

async function known(request: FastifyRequest, { engine }: RouteDeps, id: string): Promise<Order | No> {
  const caller = permit(request, 'desk');
  if (isNo(caller)) return caller;
  const order = await orderOf(engine, id);
  return order !== undefined && seesOrder(request.caller, order) ? order : { ...UNKNOWN_ORDER, field: 'order' };
}

function drafted(request: FastifyRequest, { lines, pickupNode, ...asked }: Static<typeof Draft>): DraftOrder | No {
  const { channel, method = 'ship', tags = [], valueMinor = 0 } = asked;
  const caller = permit(request, 'desk', { channel, node: undefined });
  if (isNo(caller)) return caller;
  if ((pickupNode === undefined) !== (method === 'ship')) {
    return no(422, 'invalid-request', 'name pickupNode for pickup and ship-to-store, and only for these', {
      field: 'order.pickupNode',
    });
  }
  const parsed: { sku: Sku; units: number }[] = [];
  for (const [at, line] of lines.entries()) {
    const sku = parseSku(line.sku);
    if (isRefusal(sku)) return no(422, sku.code, sku.message, { field: `order.lines[${at}].sku` });
    parsed.push({ sku, units: line.units });
  }
  const node = pickupNode === undefined ? undefined : parseNodeId(pickupNode);
  if (node !== undefined && isRefusal(node)) return no(422, node.code, node.message, { field: 'order.pickupNode' });
  const at = node === undefined ? {} : { pickupNode: node as NodeId };
  return { ...asked, channel: channel as ChannelId, method, tags, valueMinor, lines: parsed, ...at };
}
