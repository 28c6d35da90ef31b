import type { PromiseCommand } from '../contract/command.ts';
import { digestHex } from '../contract/digest.ts';
import type { PromiseFact } from '../contract/promise-fact.ts';
import type { ClientId, ReservationId } from '../contract/ids.ts';
import type { Decision } from '../contract/machine.ts';
import { refuse, type ExtendRefusal, type MoveRefusal, type Refused } from '../contract/outcome.ts';
import {
  EXTENSIONS_MAX,
  HOLD_MS_MAX,
  MOVES_MAX,
  type ExtendRequest,
  type MoveOutcome,
  type MoveRequest,
  type Reservation,
  type ReserveLine,
} from '../contract/reservation.ts';
import type { PromiseState } from './promise-state.ts';
import { asOf, grantedLines, kitLines, moveRequest, type Saga } from './saga.ts';

// A reservation over several shards changes while it is held: its time, which the coordinator alone knows (RS4), or where
// its units are, which the sku's shard decides (RS7).

type Decided = Decision<PromiseFact>;

function refused(refusal: Refused<ExtendRefusal | MoveRefusal>): Decided {
  return { outcome: refusal as Refused<MoveRefusal>, facts: [], requests: [] };
}

function find(
  state: PromiseState,
  { id, client }: { readonly id: ReservationId; readonly client: ClientId },
  at: number,
): { readonly saga: Saga; readonly reservation: Reservation } | undefined {
  const saga = state.sagas.get(id);
  const reservation = saga && asOf(saga, at);
  return saga === undefined || reservation?.client !== client ? undefined : { saga, reservation };
}

export function extendReservation(state: PromiseState, request: ExtendRequest, at: number): Decided {
  const found = find(state, request, at);
  if (found === undefined) return refused(refuse('unknown-reservation', { field: 'id' }));
  const { reservation } = found;
  const { id, holdMs } = request;
  if (reservation.state !== 'held') return refused(refuse('already-ended', { field: 'id' }));
  const expiresAt = reservation.createdAt + holdMs;
  if (!Number.isInteger(holdMs) || holdMs > HOLD_MS_MAX || expiresAt < reservation.expiresAt) {
    return refused(refuse('hold-out-of-bounds', { field: 'holdMs' }));
  }
  if (expiresAt === reservation.expiresAt)
    return { outcome: { status: 'extended', reservation }, facts: [], requests: [] };
  const extensions = (reservation.extensions ?? 0) + 1;
  if (extensions > EXTENSIONS_MAX) return refused(refuse('too-many-extensions', { field: 'id' }));
  return {
    outcome: { status: 'extended', reservation: { ...reservation, expiresAt, extensions } },
    facts: [{ fact: 'ReservationExtended', at, id, expiresAt }],
    requests: [],
  };
}

/** One move at a time: what the next may take depends on what this one leaves. */
export function startMove(
  state: PromiseState,
  { request, shard }: Extract<PromiseCommand, { do: 'move' }>,
  self: number,
  at: number,
): Decided {
  const found = find(state, request, at);
  if (found === undefined) return refused(refuse('unknown-reservation', { field: 'id' }));
  const { saga, reservation } = found;
  const keyDigest = digestHex(request.key);
  const contentDigest = digestHex(moveText(request));
  const known = [...(saga.moved ?? []), ...(saga.moving ? [saga.moving] : [])].find(
    (one) => one.keyDigest === keyDigest,
  );
  if (known !== undefined) {
    if (known.contentDigest !== contentDigest) return refused(refuse('key-reused', { field: 'key' }));
    const isOpen = known === saga.moving;
    if (isOpen && reservation.state !== 'held') return refused(refuse('already-ended', { field: 'id' }));
    const outcome = isOpen
      ? ({ status: 'pending', id: saga.id } as const)
      : ({ status: 'moved', reservation } as const);
    return { outcome, facts: [], requests: [] };
  }
  if (reservation.state !== 'held') return refused(refuse('already-ended', { field: 'id' }));
  if (saga.moving !== undefined) return refused(refuse('move-under-way', { field: 'id' }));
  if (takesFromKit(saga, reservation, request)) return refused(refuse('kit-stays-whole', { field: 'units' }));
  if (!saga.parts.some((part) => part.shard === shard)) return refused(refuse('unknown-line', { field: 'from' }));
  if ((saga.moved ?? []).length >= MOVES_MAX) return refused(refuse('too-many-moves', { field: 'id' }));
  const number = (saga.moves ?? 0) + 1;
  const move = { number, keyDigest, contentDigest, request, shard };
  return {
    outcome: { status: 'pending', id: saga.id },
    facts: [{ fact: 'MoveStarted', at, id: saga.id, keyDigest, contentDigest, request, shard, move: number }],
    requests: [moveRequest(saga.id, saga.request.channel, move, self)],
  };
}

/** More than the units at that place that belong to no kit: a kit's components may live in shards that decide apart (rule AV9). */
function takesFromKit(saga: Saga, { lines }: Reservation, { sku, from, units }: MoveRequest): boolean {
  const isThere = (line: ReserveLine): boolean =>
    'node' in from ? 'node' in line && line.node === from.node : 'group' in line && line.group === from.group;
  const kits = kitLines(saga).filter(isThere);
  if (kits.some((kit) => kit.sku === sku)) return true;
  const ofKits = kits.reduce((sum, kit) => {
    const component = kit.components.find((one) => one.sku === sku);
    return sum + kit.units * (component?.units ?? 0);
  }, 0);
  if (ofKits === 0) return false;
  const held = lines.reduce((sum, line) => (line.sku === sku && isThere(line) ? sum + line.units : sum), 0);
  return (units ?? held) > held - ofKits;
}

/** What makes two moves under one key the same. */
function moveText({ sku, units, from, to }: MoveRequest): string {
  return JSON.stringify([sku, units ?? null, from, to]);
}

export function moveAnswered(
  state: PromiseState,
  { saga: id, move, outcome }: Extract<PromiseCommand, { do: 'part-moved' }>,
  at: number,
): Decided {
  const saga = state.sagas.get(id);
  const moving = saga?.moving;
  const reservation = saga && asOf(saga, at);
  // A repeated answer, or one to a move that was recorded already.
  if (moving?.number !== move || reservation === undefined || saga === undefined) {
    return { outcome: { status: 'applied' }, facts: [], requests: [] };
  }
  return {
    outcome: { status: 'applied' },
    facts: [{ fact: 'MoveAnswered', at, id, move, outcome }],
    requests: [],
    settled: [{ id, outcome: settledAs(saga, reservation, { shard: moving.shard, outcome }) }],
  };
}

/** A reservation that ended meanwhile took the moved units with it. */
function settledAs(
  saga: Saga,
  reservation: Reservation,
  answered: Pick<Extract<PromiseCommand, { do: 'part-moved' }>, 'shard' | 'outcome'>,
): MoveOutcome {
  const { shard, outcome } = answered;
  if (outcome.status === 'refused') return outcome;
  if (reservation.state !== 'held') return refuse('already-ended', { field: 'id' });
  const parts = saga.parts.map((part) => (part.shard === shard ? { ...part, answer: outcome } : part));
  return { status: 'moved', reservation: { ...reservation, lines: grantedLines({ ...saga, parts }) } };
}
