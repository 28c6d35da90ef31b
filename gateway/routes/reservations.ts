import type { FastifyRequest } from 'fastify';
import { Type, type Static } from 'typebox';
import { isRefusal, parseChannelId, parseGroupId, parseNodeId, parseSku } from '../../engine/contract/ids.ts';
import type { ClientId, ReservationId } from '../../engine/contract/ids.ts';
import { shardOfReservation } from '../../engine/contract/ids.ts';
import { RESERVATION_REFUSALS, RESERVE_REFUSALS, type Refused } from '../../engine/contract/outcome.ts';
import type { ReservationRefusal, ReserveRefusal } from '../../engine/contract/outcome.ts';
import {
  HOLD_MS_DEFAULT,
  LINES_MAX,
  type Reservation,
  type ReservationsAfter,
  type ReserveLine,
} from '../../engine/contract/reservation.ts';
import { isNo, no, sendNo, type No } from '../answers.ts';
import { outOfReach, permit } from '../access.ts';
import { may, type Caller } from '../caller.ts';
import { reservationInReach, thingsOf } from '../in-reach.ts';
import type { ReservationInfo, ReservationsPage } from '../protocol/reservation-bodies.ts';
import { helpsOthers, ownerFor, reservationFor } from '../reservation-owner.ts';
import { STRICT, type App, type RouteDeps } from './route.ts';

const Line = Type.Object(
  {
    sku: Type.String(),
    units: Type.Integer(),
    node: Type.Optional(Type.String()),
    group: Type.Optional(Type.String()),
  },
  STRICT,
);
const Reserve = {
  body: Type.Object(
    {
      channel: Type.String(),
      /** Whom the client buys for; quotas are counted for each. */
      customer: Type.Optional(Type.String({ pattern: '^[!-~]{1,128}$' })),
      lines: Type.Array(Line, { minItems: 1, maxItems: LINES_MAX }),
      holdMs: Type.Optional(Type.Integer()),
      partial: Type.Optional(Type.Boolean()),
    },
    STRICT,
  ),
};
const ById = { params: Type.Object({ id: Type.String() }) };
const List = {
  querystring: Type.Object({
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    /** `next` of the page before. */
    after: Type.Optional(Type.String({ maxLength: 100 })),
  }),
};
const config = { scope: 'reservations', traffic: true } as const;

export function reservationRoutes(app: App, deps: RouteDeps): void {
  app.post('/v1/reservations', { schema: Reserve, config }, async (request, reply) => {
    const caller = permit(request, 'reservations');
    if (isNo(caller)) return sendNo(reply, caller);
    const key = parseKey(request);
    if (key === undefined) return sendNo(reply, KEY_MISSING);
    const parsed = parseReserve(request.body);
    if (isNo(parsed)) return sendNo(reply, parsed);
    const refusal = reserveOutOfReach(request.caller, parsed);
    if (refusal !== undefined) return sendNo(reply, refusal);
    const outcome = await deps.engine.reserve({ key, client: caller.client, ...parsed });
    if (outcome.status === 'refused') return sendNo(reply, refusedReserve(outcome));
    const { reservation, position } = outcome;
    return reply
      .code(201)
      .header('location', `/v1/reservations/${reservation.id}`)
      .header('x-position', position)
      .send(reservationInfo(reservation));
  });

  app.get('/v1/reservations/:id', { schema: ById, config }, async (request, reply) => {
    const caller = permit(request, 'reservations');
    if (isNo(caller)) return sendNo(reply, caller);
    const id = parseId(request.params.id);
    const found = id === undefined ? undefined : await reservationFor(deps.engine, request.caller, id);
    return found === undefined
      ? sendNo(reply, refusedEnd('unknown-reservation'))
      : reply.send(shownTo(request.caller, found));
  });

  // No scope before the handler: `admin` alone is enough here, and there is no body to keep out.
  app.delete('/v1/reservations/:id', { schema: ById, config: { traffic: true } }, async (request, reply) => {
    const caller = permit(request, may(request.caller, 'admin') ? 'admin' : 'reservations');
    if (isNo(caller)) return sendNo(reply, caller);
    const id = parseId(request.params.id);
    const owner = id === undefined ? undefined : await ownerFor(deps, request, id);
    if (id === undefined || owner === undefined) return sendNo(reply, refusedEnd('unknown-reservation'));
    if (typeof owner !== 'string') return sendNo(reply, owner);
    const outcome = await deps.engine.release(id, owner);
    return outcome.status === 'refused'
      ? sendNo(reply, refusedEnd(outcome.code))
      : reply.send(reservationInfo(outcome.reservation));
  });

  app.get('/v1/reservations', { schema: List, config }, async (request, reply) => {
    const caller = permit(request, 'reservations');
    if (isNo(caller)) return sendNo(reply, caller);
    const { limit = 100, after: text } = request.query;
    const after = text === undefined ? undefined : parseAfter(text);
    if (after !== undefined && isNo(after)) return sendNo(reply, after);
    const whose = helpsOthers(request.caller) ? limitsOf(request.caller) : { client: caller.client };
    const held = await deps.engine.reservations({ ...whose, ...(after !== undefined && { after }), limit });
    const last = held.length < limit ? undefined : held.at(-1);
    const next = last === undefined ? {} : { next: `${last.createdAt}.${last.id}` };
    const page: ReservationsPage = { reservations: held.map((one) => shownTo(request.caller, one)), ...next };
    return reply.send(page);
  });
}

function reserveOutOfReach(caller: Caller, asked: Pick<Reservation, 'channel' | 'lines'>): No | undefined {
  for (const thing of thingsOf(asked)) {
    const refusal = outOfReach(caller, thing);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** What the list is narrowed to. */
function limitsOf(caller: Caller): { channels?: readonly string[]; nodes?: readonly string[] } {
  const { channels, nodes } = caller.is === 'staff' ? caller.limits : {};
  return {
    ...(channels !== undefined && { channels: [...channels] }),
    ...(nodes !== undefined && { nodes: [...nodes] }),
  };
}

function shownTo(caller: Caller, reservation: Reservation): ReservationInfo {
  const isOwn = caller.is === 'staff' && caller.client === reservation.client;
  return reservationInfo(isOwn ? reservation : reservationInReach(caller, reservation));
}

export const KEY_MISSING = no(
  422,
  'idempotency-key-required',
  'send a header Idempotency-Key of 1 to 128 visible characters, the same one when you repeat the request',
  { field: 'idempotency-key' },
);

export function parseKey(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key'];
  return typeof key === 'string' && /^[!-~]{1,128}$/.test(key) ? key : undefined;
}

/** `time.id` of the last reservation seen, which may have ended since. */
function parseAfter(text: string): ReservationsAfter | No {
  const [, createdAt, id] = /^([0-9]{1,15})\.(.+)$/.exec(text) ?? [];
  if (createdAt !== undefined && id !== undefined && parseId(id) !== undefined)
    return { createdAt: Number(createdAt), id };
  return no(422, 'invalid-request', 'give `next` of the page before, as it is', { field: 'after' });
}

function parseReserve(body: Static<typeof Reserve.body>) {
  const channel = parseChannelId(body.channel);
  if (isRefusal(channel)) return no(422, channel.code, channel.message, { field: 'channel' });
  const lines: ReserveLine[] = [];
  for (const [index, line] of body.lines.entries()) {
    const parsed = parseLine(line, `lines[${index}]`);
    if (isNo(parsed)) return parsed;
    lines.push(parsed);
  }
  const { customer } = body;
  const whom = customer === undefined ? {} : { customer };
  return { ...whom, channel, lines, holdMs: body.holdMs ?? HOLD_MS_DEFAULT, partial: body.partial ?? false };
}

function parseLine(line: Static<typeof Line>, field: string): ReserveLine | No {
  const sku = parseSku(line.sku);
  if (isRefusal(sku)) return no(422, sku.code, sku.message, { field: `${field}.sku` });
  if ((line.node === undefined) === (line.group === undefined)) {
    return no(422, 'invalid-request', 'a line names either a node or a group', { field });
  }
  if (line.node !== undefined) {
    const node = parseNodeId(line.node);
    return isRefusal(node)
      ? no(422, node.code, node.message, { field: `${field}.node` })
      : { sku, units: line.units, node };
  }
  const group = parseGroupId(line.group);
  return isRefusal(group)
    ? no(422, group.code, group.message, { field: `${field}.group` })
    : { sku, units: line.units, group };
}

/** Requests that could never be granted as they are written; every other refusal is about the state of things: 409. */
const MALFORMED: ReadonlySet<ReserveRefusal> = new Set([
  'unknown-channel',
  'unknown-node',
  'unknown-group',
  'unknown-sku',
  'node-not-in-channel',
  'units-out-of-bounds',
  'too-many-lines',
  'partial-kit',
  'hold-out-of-bounds',
]);

function refusedReserve(outcome: Refused<ReserveRefusal>): No {
  const status = MALFORMED.has(outcome.code) ? 422 : 409;
  const units = outcome.units === undefined ? {} : { units: outcome.units };
  const field = outcome.field === undefined ? {} : { field: outcome.field };
  return { ...no(status, outcome.code, RESERVE_REFUSALS[outcome.code], field), ...units };
}

function refusedEnd(code: ReservationRefusal): No {
  return no(code === 'unknown-reservation' ? 404 : 409, code, RESERVATION_REFUSALS[code], { field: 'id' });
}

export function parseId(text: string): ReservationId | undefined {
  return shardOfReservation(text) === undefined ? undefined : (text as ReservationId);
}

export function reservationInfo(reservation: Reservation): ReservationInfo {
  const { id, client, customer, channel, state, lines, kits, createdAt, expiresAt, extensions } = reservation;
  const extended = extensions === undefined ? {} : { extensions };
  const made = kits === undefined ? {} : { kits };
  const whom = customer === undefined ? {} : { customer };
  return {
    id,
    client: client satisfies ClientId,
    ...whom,
    channel,
    state,
    lines,
    ...made,
    createdAt,
    expiresAt,
    ...extended,
  };
}
