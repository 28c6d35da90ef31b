import { Type } from 'typebox';
import { REASON_CHARS_MAX } from '../../engine/contract/correction.ts';
import { isRefusal, parseNodeId, parseSku } from '../../engine/contract/ids.ts';
import { CORRECTION_REFUSALS, type CorrectionRefusal } from '../../engine/contract/outcome.ts';
import { permit } from '../access.ts';
import { isNo, no, sendNo } from '../answers.ts';
import type { CorrectionInfo } from '../protocol/stock-bodies.ts';
import { KEY_MISSING, parseKey } from './reservations.ts';
import type { App, RouteDeps } from './route.ts';

const Correct = {
  params: Type.Object({ sku: Type.String() }),
  body: Type.Object({
    node: Type.String(),
    units: Type.Integer(),
    reason: Type.String({ minLength: 1, maxLength: REASON_CHARS_MAX }),
  }),
};

const STATUS: Readonly<Record<CorrectionRefusal, number>> = {
  'key-reused': 409,
  'unknown-node': 404,
  'stock-of-a-kit': 422,
  'unknown-sku': 404,
  'units-out-of-bounds': 422,
  'reason-missing': 422,
  'too-many-keys': 503,
};

export function correctionRoutes(app: App, deps: RouteDeps): void {
  app.post('/v1/stock/:sku/corrections', { schema: Correct, config: { scope: 'ops' } }, async (request, reply) => {
    const caller = permit(request, 'ops', { node: request.body.node });
    if (isNo(caller)) return sendNo(reply, caller);
    const key = parseKey(request);
    if (key === undefined) return sendNo(reply, KEY_MISSING);
    const sku = parseSku(request.params.sku);
    if (isRefusal(sku)) return sendNo(reply, no(422, sku.code, sku.message, { field: 'sku' }));
    const node = parseNodeId(request.body.node);
    if (isRefusal(node)) return sendNo(reply, no(422, node.code, node.message, { field: 'node' }));
    const { units, reason } = request.body;
    const outcome = await deps.engine.correct({ key, client: caller.client, sku, node, units, reason });
    if (outcome.status === 'refused') {
      const { code, field } = outcome;
      return sendNo(reply, no(STATUS[code], code, CORRECTION_REFUSALS[code], field === undefined ? {} : { field }));
    }
    const { position, onHand } = outcome;
    const body: CorrectionInfo = { sku, node, units, reason, by: caller.client, position, onHand };
    return reply.code(201).header('x-position', position).send(body);
  });
}
