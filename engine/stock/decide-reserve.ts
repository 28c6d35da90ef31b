import type { Outcome, StockCommand } from '../contract/command.ts';
import { digestHex } from '../contract/digest.ts';
import type { StockFact } from '../contract/stock-fact.ts';
import { reservationId, type ClientId, type ReservationId } from '../contract/ids.ts';
import { refuse, sticksToKey, type Refused, type ReserveRefusal } from '../contract/outcome.ts';
import {
  HOLD_MS_MAX,
  keyDigestOf,
  type Reservation,
  type ReserveLine,
  type ReserveOutcome,
  type ReserveRequest,
} from '../contract/reservation.ts';
import { assert, unreachable } from '../contract/assert.ts';
import type { Hold } from './holds.ts';
import type { KeyRow } from './keys.ts';
import { quotaRefusal } from './quota.ts';
import { grantLines, type Granted } from './reserve-lines.ts';
import type { StockState } from './stock-state.ts';
import { wantedLines } from './wanted-lines.ts';

// decide() for reservations of this shard alone (rules RS1–RS4, RS6).

/** Shortest hold, in ms (rule RS4). */
const HOLD_MS_MIN = 1_000;

interface Decided {
  readonly outcome: Outcome;
  readonly facts: readonly StockFact[];
}

type Reserve = Extract<StockCommand, { do: 'reserve' }>;

export function decideReserve(state: StockState, command: Reserve, atMs: number): Decided {
  const { request } = command;
  const keyDigest = keyDigestOf(request);
  const contentDigest = digestHex(contentText(request));
  const known = state.keys.find(keyDigest);
  if (known !== undefined) return { outcome: firstAnswer(state, known, contentDigest), facts: [] };
  // All its lines are of this shard, those of the reservation that has the key are not: it is another one.
  if (state.parts.hasKey(keyDigest)) return { outcome: refuse('key-reused'), facts: [] };
  const expired = overdue(state, atMs);
  const granted = linesFor(state, command, expired);
  if (!isRefused(granted)) return reserve(state, { request, granted, keyDigest, contentDigest, expired, atMs });
  if (!sticksToKey(granted.code)) return { outcome: granted, facts: [] };
  return {
    outcome: granted,
    facts: [{ fact: 'ReservationRefused', at: atMs, keyDigest, contentDigest, refusal: granted }],
  };
}

/** What makes two requests under one key the same. */
function contentText({ channel, lines, holdMs, partial, customer }: ReserveRequest): string {
  const texts = lines.map((line) => [line.sku, line.units, 'node' in line ? 'node' : 'group', placeName(line)]);
  return JSON.stringify([channel, holdMs, partial, texts, ...(customer === undefined ? [] : [customer])]);
}

const placeName = (line: ReserveLine): string => ('node' in line ? line.node : line.group);

function firstAnswer(state: StockState, known: KeyRow, contentDigest: string): ReserveOutcome {
  if (known.contentDigest !== contentDigest) return refuse('key-reused');
  if (known.refusal !== undefined) return known.refusal;
  const hold = state.holds.find(reservationId(state.settings.shard, known.lsn));
  assert(hold !== undefined, () => `key of ${known.lsn} remembers a reservation that is forgotten`);
  const position = `${state.settings.shard}.${known.lsn}`;
  return { status: 'reserved', reservation: { ...(hold.first ?? hold.reservation), state: 'held' }, position };
}

function linesFor(
  state: StockState,
  { request, heldElsewhere = 0 }: Reserve,
  expired: readonly Hold[],
): Granted | Refused<ReserveRefusal> {
  const wanted = wantedLines(state, request);
  if (isRefused(wanted)) return wanted;
  const { holdMs, client } = request;
  const inBounds = Number.isInteger(holdMs) && holdMs >= HOLD_MS_MIN && holdMs <= HOLD_MS_MAX;
  if (!inBounds) return refuse('hold-out-of-bounds', { field: 'holdMs' });
  if (state.keys.isFull) return refuse('too-many-keys');
  const over = expired.filter((hold) => hold.reservation.client === client).length;
  const held = state.holds.heldBy(client) - over + heldElsewhere;
  if (held >= state.settings.holdsPerClientMax) return refuse('too-many-holds');
  const overQuota = quotaRefusal(state, request, wanted.lines, expired);
  if (overQuota !== undefined) return overQuota;
  return grantLines(
    state,
    wanted,
    expired.flatMap((hold) => hold.lines),
  );
}

function isRefused<T>(value: T | Refused<ReserveRefusal>): value is Refused<ReserveRefusal> {
  return typeof value === 'object' && value !== null && 'status' in value && value.status === 'refused';
}

function reserve(
  state: StockState,
  decided: {
    readonly request: ReserveRequest;
    readonly granted: Granted;
    readonly keyDigest: string;
    readonly contentDigest: string;
    readonly expired: readonly Hold[];
    readonly atMs: number;
  },
): Decided {
  const { request, granted, keyDigest, contentDigest, expired, atMs } = decided;
  const { lines, ...drawn } = granted;
  // Holds that are over and not yet released go first, or their units would be promised twice for a moment.
  const released = expire(expired, atMs);
  const lsn = state.lsn + released.length + 1;
  const reservation: Reservation = {
    id: reservationId(state.settings.shard, lsn),
    client: request.client,
    ...(request.customer !== undefined && { customer: request.customer }),
    channel: request.channel,
    state: 'held',
    lines,
    createdAt: atMs,
    expiresAt: atMs + request.holdMs,
  };
  return {
    outcome: { status: 'reserved', reservation, position: `${state.settings.shard}.${lsn}` },
    facts: [...released, { fact: 'UnitsReserved', at: atMs, keyDigest, contentDigest, reservation, ...drawn }],
  };
}

/**
 * Holds whose time is over and that no tick has released yet. Where somebody waits for the units (rule OR9) only the tick
 * gives them back: who is deciding now would have them before those who wait.
 */
export function overdue(state: StockState, atMs: number): Hold[] {
  const isAwaited = ({ lines }: Hold): boolean => lines.some(({ sku }) => state.waiting.of(sku).length > 0);
  return state.holds.expired(atMs).filter((hold) => !isAwaited(hold));
}

export function expire(holds: readonly Hold[], atMs: number): StockFact[] {
  return holds.map(({ reservation }) => ({ fact: 'UnitsReleased', at: atMs, id: reservation.id, end: 'expired' }));
}

export function decideRelease(
  state: StockState,
  asked: { id: ReservationId; client: ClientId },
  atMs: number,
): Decided {
  const hold = state.holds.find(asked.id);
  if (hold === undefined || hold.reservation.client !== asked.client) {
    return { outcome: refuse('unknown-reservation', { field: 'id' }), facts: [] };
  }
  const reservation = asItIs(hold.reservation, atMs);
  switch (reservation.state) {
    case 'held':
      return {
        outcome: { status: 'released', reservation: { ...reservation, state: 'released' } },
        facts: [{ fact: 'UnitsReleased', at: atMs, id: asked.id, end: 'released' }],
      };
    case 'released':
      return { outcome: { status: 'released', reservation }, facts: [] };
    case 'expired':
    case 'allocated':
      return { outcome: refuse('already-ended', { field: 'id' }), facts: [] };
    default:
      return unreachable(reservation.state);
  }
}

/** A held reservation whose time is over has expired, whether or not anybody looked (rule RS4). */
export function asItIs(reservation: Reservation, atMs: number): Reservation {
  const isOver = reservation.state === 'held' && reservation.expiresAt <= atMs;
  return isOver ? { ...reservation, state: 'expired' } : reservation;
}
