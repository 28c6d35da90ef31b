import { Type } from 'typebox';
import type { AutomationRef } from '../../engine/contract/automation.ts';
import { permit } from '../access.ts';
import { isNo, no, sendNo, type No } from '../answers.ts';
import { channelsOf } from '../orders/order-in-reach.ts';
import type { AutomationTrialInfo, RuleLogInfo } from '../protocol/automation-bodies.ts';
import { parseRows } from '../reference-change.ts';
import { historyNo } from './history-no.ts';
import { STRICT, type App, type RouteDeps } from './route.ts';
import { trialAsked, trialTime } from './trial-time.ts';

const LIMIT = 100;
const LIMIT_MAX = 1_000;

const Id = Type.String({ minLength: 1, maxLength: 128 });
/** `automation`: a row's id, or one that is no row yet. */
const DryRun = { body: Type.Object({ automation: Type.Union([Id, Type.Object({})]), ...trialTime }, STRICT) };
const Log = {
  params: Type.Object({ id: Id }),
  querystring: Type.Object(
    {
      after: Type.Optional(Type.String({ maxLength: 80 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: LIMIT_MAX })),
    },
    STRICT,
  ),
};

/** What automations would do, and what they did (rule OR10). */
export function automationRoutes(app: App, deps: RouteDeps): void {
  const { engine } = deps;

  // Nothing is done, so nothing is written down in the audit.
  const config = { scope: 'desk', traffic: true } as const;
  app.post('/v1/automations/dry-run', { schema: DryRun, config }, async (request, reply) => {
    const { automation: named, ...query } = request.body;
    const asked = trialAsked(request, query, deps.now());
    if (isNo(asked)) return sendNo(reply, asked);
    const automation = automationOf(deps, named);
    if (isNo(automation)) return sendNo(reply, automation);
    const trial = await engine.tryAutomation({ ...asked, automation });
    if ('status' in trial) return sendNo(reply, historyNo(trial));
    return reply.header('cache-control', 'no-store').send(trial satisfies AutomationTrialInfo);
  });

  app.get('/v1/automations/:id/log', { schema: Log, config: { scope: 'desk' } }, async (request, reply) => {
    const caller = permit(request, 'desk', { node: undefined });
    if (isNo(caller)) return sendNo(reply, caller);
    const { after, limit = LIMIT } = request.query;
    if (after !== undefined && !CURSOR.test(after)) return sendNo(reply, WRONG_CURSOR);
    const channels = channelsOf(request.caller);
    const about = { ...(after !== undefined && { after }), ...(channels !== undefined && { channels }) };
    const page = await engine.ruleLog({ rule: request.params.id, limit, ...about });
    if ('status' in page) return sendNo(reply, historyNo(page));
    return reply.header('cache-control', 'no-store').send(page satisfies RuleLogInfo);
  });
}

const CURSOR = /^\d{1,16}(\.\d{1,20})?(_\d{1,16}){2}$/;
const WRONG_CURSOR = no(422, 'invalid-request', 'give `next` of the page before, as it is', { field: 'after' });
const UNKNOWN = no(404, 'unknown-row', 'there is no such automation: name a row of `/v1/reference/automations`', {
  field: 'automation',
});

function automationOf({ engine, judgeRow }: RouteDeps, automation: string | object): AutomationRef | No {
  if (typeof automation === 'string') return engine.reference.automations.get(automation) ?? UNKNOWN;
  const batch = parseRows(judgeRow, 'automations', [automation], () => 'automation');
  return isNo(batch) ? batch : (batch.rows[0] as AutomationRef);
}
