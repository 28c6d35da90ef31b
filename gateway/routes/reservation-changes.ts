import { Type, type Static } from 'typebox';
import { isRefusal, parseGroupId, parseNodeId, parseSku } from '../../engine/contract/ids.ts';
import { EXTEND_REFUSALS, MOVE_REFUSALS, type MoveRefusal, type Refused } from '../../engine/contract/outcome.ts';
import type { ExtendRefusal } from '../../engine/contract/outcome.ts';
import type { MoveRequest, Place } from '../../engine/contract/reservation.ts';
import { outOfReach, permit } from '../access.ts';
import { isNo, no, sendNo, type No } from '../answers.ts';
import { thingOfPlace } from '../in-reach.ts';
import { ownerFor } from '../reservation-owner.ts';
import { KEY_MISSING, parseId, parseKey, reservationInfo } from './reservations.ts';
import { STRICT, type App, type RouteDeps } from './route.ts';

const ById = { params: Type.Object({ id: Type.String() }) };
const Extend = { ...ById, body: Type.Object({ holdMs: Type.Integer() }, STRICT) };
const PlaceBody = Type.Object({ node: Type.Optional(Type.String()), group: Type.Optional(Type.String()) }, STRICT);
const Move = {
  ...ById,
  body: Type.Object(
    {
      sku: Type.String(),
      from: PlaceBody,
      to: PlaceBody,
      units: Type.Optional(Type.Integer()),
    },
    STRICT,
  ),
};
const config = { scope: 'reservations', traffic: true } as const;

/** What may change while a reservation is held: its time and the places of its units. */
export function reservationChangeRoutes(app: App, deps: RouteDeps): void {
  app.post('/v1/reservations/:id/extend', { schema: Extend, config }, async (request, reply) => {
    const caller = permit(request, 'reservations');
    if (isNo(caller)) return sendNo(reply, caller);
    const id = parseId(request.params.id);
    if (id === undefined) return sendNo(reply, refusedChange(EXTEND_REFUSALS, { code: 'unknown-reservation' }));
    const client = await ownerFor(deps, request, id);
    if (client === undefined) return sendNo(reply, refusedChange(EXTEND_REFUSALS, { code: 'unknown-reservation' }));
    if (typeof client !== 'string') return sendNo(reply, client);
    const outcome = await deps.engine.extend({ id, client, holdMs: request.body.holdMs });
    return outcome.status === 'refused'
      ? sendNo(reply, refusedChange(EXTEND_REFUSALS, outcome))
      : reply.send(reservationInfo(outcome.reservation));
  });

  app.post('/v1/reservations/:id/move', { schema: Move, config }, async (request, reply) => {
    const caller = permit(request, 'reservations');
    if (isNo(caller)) return sendNo(reply, caller);
    const key = parseKey(request);
    if (key === undefined) return sendNo(reply, KEY_MISSING);
    const id = parseId(request.params.id);
    if (id === undefined) return sendNo(reply, refusedChange(MOVE_REFUSALS, { code: 'unknown-reservation' }));
    const parsed = parseMove(request.body);
    if (isNo(parsed)) return sendNo(reply, parsed);
    const refusal = outOfReach(request.caller, thingOfPlace(parsed.to));
    if (refusal !== undefined) return sendNo(reply, refusal);
    const client = await ownerFor(deps, request, id);
    if (client === undefined) return sendNo(reply, refusedChange(MOVE_REFUSALS, { code: 'unknown-reservation' }));
    if (typeof client !== 'string') return sendNo(reply, client);
    const outcome = await deps.engine.move({ key, id, client, ...parsed });
    return outcome.status === 'refused'
      ? sendNo(reply, refusedChange(MOVE_REFUSALS, outcome))
      : reply.send(reservationInfo(outcome.reservation));
  });
}

function parseMove(body: Static<typeof Move.body>): Pick<MoveRequest, 'sku' | 'from' | 'to' | 'units'> | No {
  const sku = parseSku(body.sku);
  if (isRefusal(sku)) return no(422, sku.code, sku.message, { field: 'sku' });
  const from = parsePlace(body.from, 'from');
  if (isNo(from)) return from;
  const to = parsePlace(body.to, 'to');
  if (isNo(to)) return to;
  return { sku, from, to, ...(body.units !== undefined && { units: body.units }) };
}

function parsePlace(place: Static<typeof PlaceBody>, field: string): Place | No {
  if ((place.node === undefined) === (place.group === undefined)) {
    return no(422, 'invalid-request', 'name either a node or a group', { field });
  }
  const id = place.node === undefined ? parseGroupId(place.group) : parseNodeId(place.node);
  if (isRefusal(id)) return no(422, id.code, id.message, { field });
  return (place.node === undefined ? { group: id } : { node: id }) as Place;
}

/** Changes that could never be made as they are written; every other refusal is about the state of things: 409. */
const MALFORMED: ReadonlySet<string> = new Set<MoveRefusal | ExtendRefusal>([
  'hold-out-of-bounds',
  'unknown-node',
  'unknown-group',
  'node-not-in-channel',
  'units-out-of-bounds',
]);

function refusedChange<Code extends string>(
  messages: Readonly<Record<Code, string>>,
  { code, field = 'id', units }: Pick<Refused<Code>, 'code' | 'field' | 'units'>,
): No {
  const status = code === 'unknown-reservation' ? 404 : MALFORMED.has(code) ? 422 : 409;
  return { ...no(status, code, messages[code], { field }), ...(units !== undefined && { units }) };
}
