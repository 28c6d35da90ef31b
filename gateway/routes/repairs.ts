import { Type } from 'typebox';
import { REASON_CHARS_MAX } from '../../engine/contract/correction.ts';
import { isRefusal, parseSku } from '../../engine/contract/ids.ts';
import { REPAIR_REFUSALS, type RepairRefusal } from '../../engine/contract/outcome.ts';
import { permit } from '../access.ts';
import { isNo, no, sendNo } from '../answers.ts';
import { EVERYTHING } from '../caller.ts';
import type { RepairInfo } from '../protocol/stock-bodies.ts';
import type { App, RouteDeps } from './route.ts';

const Repair = {
  params: Type.Object({ sku: Type.String() }),
  body: Type.Object({ reason: Type.String({ minLength: 1, maxLength: REASON_CHARS_MAX }) }),
};

const STATUS: Readonly<Record<RepairRefusal, number>> = {
  'unknown-sku': 404,
  'reason-missing': 422,
  'nothing-to-repair': 409,
};

/** Without Idempotency-Key: what was repaired is right, so the same call again finds nothing. */
export function repairRoutes(app: App, deps: RouteDeps): void {
  app.post('/v1/stock/:sku/repairs', { schema: Repair, config: { scope: 'ops' } }, async (request, reply) => {
    const caller = permit(request, 'ops', EVERYTHING);
    if (isNo(caller)) return sendNo(reply, caller);
    const sku = parseSku(request.params.sku);
    if (isRefusal(sku)) return sendNo(reply, no(422, sku.code, sku.message, { field: 'sku' }));
    const { reason } = request.body;
    const outcome = await deps.engine.repairSums({ sku, by: caller.client, reason });
    if (outcome.status === 'refused') {
      const { code, field } = outcome;
      return sendNo(reply, no(STATUS[code], code, REPAIR_REFUSALS[code], field === undefined ? {} : { field }));
    }
    const { position, repaired } = outcome;
    const body: RepairInfo = { sku, reason, by: caller.client, position, repaired };
    return reply.code(201).header('x-position', position).send(body);
  });
}
