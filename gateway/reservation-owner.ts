import type { FastifyRequest } from 'fastify';
import type { Engine } from '../engine/api.ts';
import type { ClientId, ReservationId } from '../engine/contract/ids.ts';
import type { Reservation } from '../engine/contract/reservation.ts';
import { outOfReach } from './access.ts';
import type { Audit } from './audit/audit.ts';
import { no, type No } from './answers.ts';
import { may, type Caller } from './caller.ts';
import { seesReservation, thingsOf } from './in-reach.ts';

/** Whose reservations a caller sees: its own, with `desk`, `ops` or `admin` those of others within its limits. */
export function helpsOthers(caller: Caller): boolean {
  return may(caller, 'desk') || may(caller, 'ops') || may(caller, 'admin');
}

/** The reservation, if the caller may see it. */
export async function reservationFor(
  engine: Pick<Engine, 'reservation'>,
  caller: Caller,
  id: ReservationId,
): Promise<Reservation | undefined> {
  if (caller.is === 'public') return undefined;
  if (!helpsOthers(caller)) return engine.reservation(id, caller.client);
  const found = await engine.reservation(id);
  if (found === undefined) return undefined;
  return found.client === caller.client || seesReservation(caller, found) ? found : undefined;
}

/**
 * In whose name the engine is to change it: the owner's. Undefined: there is none that the caller sees. Who does it for
 * another stands in the audit, since the engine's facts name the owner.
 */
export async function ownerFor(
  { engine, audit }: { readonly engine: Pick<Engine, 'reservation'>; readonly audit: Pick<Audit, 'begin'> },
  request: FastifyRequest,
  id: ReservationId,
): Promise<ClientId | No | undefined> {
  const { caller } = request;
  const found = await reservationFor(engine, caller, id);
  if (found === undefined || caller.is === 'public') return undefined;
  if (found.client === caller.client) return found.client;
  for (const thing of thingsOf(found)) {
    const refusal = outOfReach(caller, thing);
    if (refusal !== undefined) return no(403, refusal.code, PARTLY, { field: 'id' });
  }
  await audit.begin(request);
  return found.client;
}

const PARTLY = 'parts of this reservation are at nodes or of a channel that the key is not for; ask who may change all';
