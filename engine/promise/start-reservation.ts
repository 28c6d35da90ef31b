import type { PromiseCommand } from '../contract/command.ts';
import { digestHex } from '../contract/digest.ts';
import type { PromiseFact } from '../contract/promise-fact.ts';
import { reservationId } from '../contract/ids.ts';
import type { Decision } from '../contract/machine.ts';
import type { Refused, ReserveRefusal } from '../contract/outcome.ts';
import { refuse } from '../contract/outcome.ts';
import type { ReserveLine, ReserveRequest } from '../contract/reservation.ts';
import { HOLD_MS_MAX, LINES_MAX, requestOf } from '../contract/reservation.ts';
import type { PromiseState } from './promise-state.ts';
import { holdRequests, linesToHold, type Saga } from './saga.ts';

export interface PromiseSettings {
  readonly shard: number;
  /** Open reservations of one client in all shards (rule RS6). */
  readonly holdsPerClientMax: number;
  /** Units of one line (rule RS6). */
  readonly unitsPerLineMax: number;
}

/**
 * Reservations remembered at most, open and ended ones: some 200 MB of an image, which is one text of 536 M characters at
 * most. Beyond it new ones are refused; no key is ever forgotten early.
 */
const SAGAS_MAX = 200_000;

/** First step of a reservation over several shards; a known key gets its first answer, or waits for it (rule RS2). */
export function startReservation(
  state: PromiseState,
  { request: asked, shards, kits, heldElsewhere = 0 }: Extract<PromiseCommand, { do: 'reserve' }>,
  settings: PromiseSettings,
  at: number,
): Decision<PromiseFact> {
  const request = requestOf(asked);
  const keyDigest = digestHex(`${request.client}\n${request.key}`);
  const contentDigest = digestHex(contentText(request));
  const known = state.byKey.get(keyDigest);
  if (known !== undefined) return { outcome: firstAnswer(state, known, contentDigest, settings.shard), ...NO_EFFECT };

  const exploded = kits === undefined ? {} : { kits };
  const { lines, origins } = linesToHold({ request, ...exploded });
  const refusal =
    boundsRefusal(lines, origins, settings) ??
    refusalOf(state, request, { holdsPerClientMax: settings.holdsPerClientMax, heldElsewhere, kits });
  if (refusal !== undefined) return { outcome: refusal, ...NO_EFFECT };

  const id = reservationId(settings.shard, state.lastNumber + 1);
  return {
    outcome: { status: 'pending', id },
    facts: [{ fact: 'ReservationStarted', at, id, keyDigest, contentDigest, request, shards, ...exploded }],
    requests: holdRequests({ id, request, shards, startedAt: at, ...exploded }, settings.shard),
  };
}

const NO_EFFECT = { facts: [], requests: [] } as const;

/** What makes two requests under one key the same. */
function contentText({ channel, lines, holdMs, partial, customer }: ReserveRequest): string {
  return JSON.stringify([channel, lines, holdMs, partial, ...(customer === undefined ? [] : [customer])]);
}

function firstAnswer(
  state: PromiseState,
  id: NonNullable<ReturnType<PromiseState['byKey']['get']>>,
  contentDigest: string,
  self: number,
): Decision<PromiseFact>['outcome'] {
  const saga = state.sagas.get(id);
  if (saga === undefined || saga.contentDigest !== contentDigest) return refuse('key-reused', { field: 'key' });
  if (saga.refusal !== undefined) return saga.refusal;
  if (saga.reservation === undefined) return { status: 'pending', id };
  return { status: 'reserved', reservation: saga.first ?? saga.reservation, position: `${self}.${saga.decidedLsn}` };
}

/** Of the lines to be held: a kit's component counts with all its units. The fields are those of the lines as asked. */
function boundsRefusal(
  lines: readonly ReserveLine[],
  origins: readonly number[],
  { unitsPerLineMax }: PromiseSettings,
): Refused<ReserveRefusal> | undefined {
  const bad = lines.findIndex(({ units }) => !Number.isInteger(units) || units < 1 || units > unitsPerLineMax);
  if (bad >= 0) return refuse('units-out-of-bounds', { field: `lines[${origins[bad]}].units` });
  return lines.length > LINES_MAX ? refuse('too-many-lines', { field: 'lines' }) : undefined;
}

interface Bounds {
  readonly holdsPerClientMax: number;
  readonly heldElsewhere: number;
  readonly kits: Saga['kits'];
}

/** What else can be judged without stock, in the order of RESERVE_REFUSALS; the stock shards judge the rest. */
function refusalOf(
  state: PromiseState,
  { holdMs, client, partial }: ReserveRequest,
  { holdsPerClientMax, heldElsewhere, kits }: Bounds,
): Refused<ReserveRefusal> | undefined {
  if (partial && kits !== undefined) return refuse('partial-kit', { field: 'partial' });
  if (!Number.isInteger(holdMs) || holdMs < 1000 || holdMs > HOLD_MS_MAX) {
    return refuse('hold-out-of-bounds', { field: 'holdMs' });
  }
  if (state.sagas.size >= SAGAS_MAX) return refuse('too-many-keys');
  const held = (state.openOf.get(client)?.size ?? 0) + heldElsewhere;
  return held >= holdsPerClientMax ? refuse('too-many-holds') : undefined;
}
