import { Type } from 'typebox';
import { isRefusal, parseSku } from '../../engine/contract/ids.ts';
import { ATP_REFUSALS, type AtpRefusal, type Refused } from '../../engine/contract/outcome.ts';
import { permit } from '../access.ts';
import { isNo, no, sendNo, type No } from '../answers.ts';
import type { AtpInfo } from '../protocol/stock-bodies.ts';
import type { App, RouteDeps } from './route.ts';

const DAY_MS = 86_400_000;
/** As far as the engine looks ahead unless asked, and at most, in days (rule AV3). */
const HORIZON_DAYS_DEFAULT = 30;
const HORIZON_DAYS_MAX = 179;

const OneAtp = {
  params: Type.Object({ sku: Type.String() }),
  querystring: Type.Object({
    channel: Type.Optional(Type.String()),
    date: Type.Optional(Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' })),
    days: Type.Optional(Type.Integer({ minimum: 1, maximum: HORIZON_DAYS_MAX + 1 })),
    horizon: Type.Optional(Type.Integer({ minimum: 0, maximum: HORIZON_DAYS_MAX })),
  }),
};

export function atpRoutes(app: App, deps: RouteDeps): void {
  app.get('/v1/stock/:sku/atp', { schema: OneAtp, config: { shared: true } }, async (request, reply) => {
    const sku = parseSku(request.params.sku);
    if (isRefusal(sku)) return sendNo(reply, no(422, sku.code, sku.message, { field: 'sku' }));
    const channel = deps.engine.reference.channels.get(request.query.channel ?? deps.defaultSale() ?? '');
    if (channel === undefined) {
      return sendNo(reply, no(404, 'unknown-channel', 'name a channel of sale that exists', { field: 'channel' }));
    }
    const about = { channel: channel.id, node: undefined };
    const caller = channel.unitsPublic ? undefined : permit(request, 'stock', about);
    if (caller !== undefined && isNo(caller)) return sendNo(reply, caller);
    const { horizon = HORIZON_DAYS_DEFAULT } = request.query;
    const today = Math.floor(deps.now() / DAY_MS);
    const days = daysAsked(request.query, today);
    if (isNo(days)) return sendNo(reply, days);
    const asked = { sku, channel: channel.id, dates: days.map(endOfDay), horizonAt: endOfDay(today + horizon) };
    const outcome = await deps.engine.atp(asked);
    if (outcome.status === 'refused') return sendNo(reply, refusedAtp(outcome));
    const dates = outcome.dates.map(({ units }, index) => ({ date: dateText(days[index] ?? 0), units }));
    const body: AtpInfo = { sku, channel: channel.id, e: deps.engine.epoch, r: outcome.revision, horizon, dates };
    return reply.header('cache-control', 'no-cache').header('vary', 'authorization, origin').send(body);
  });
}

/** Days since the epoch, UTC. */
function daysAsked({ date, days }: { date?: string; days?: number }, today: number): number[] | No {
  if (date !== undefined && days !== undefined) {
    return no(422, 'invalid-request', 'give date or days, not both', { field: 'days' });
  }
  if (date === undefined) return Array.from({ length: days ?? 1 }, (_, index) => today + index);
  const day = Date.parse(`${date}T00:00:00Z`) / DAY_MS;
  // Date.parse takes February 30 for March 2.
  if (!Number.isInteger(day) || dateText(day) !== date) {
    return no(422, 'invalid-request', 'date must be a day of the calendar, YYYY-MM-DD', { field: 'date' });
  }
  return day < today ? no(422, 'date-past', 'ask for today or a later day (UTC)', { field: 'date' }) : [day];
}

const endOfDay = (day: number): number => (day + 1) * DAY_MS - 1;

function dateText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

function refusedAtp({ code }: Refused<AtpRefusal>): No {
  const field = code === 'unknown-sku' ? 'sku' : code === 'date-beyond-horizon' ? 'date' : 'horizon';
  return no(code === 'unknown-sku' ? 404 : 422, code, ATP_REFUSALS[code], { field });
}
