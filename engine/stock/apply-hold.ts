import { assert } from '../contract/assert.ts';
import type { HoldEnd, StockFact } from '../contract/stock-fact.ts';
import type { ChannelId, ReservationId } from '../contract/ids.ts';
import type { ReservationState, ReserveLine } from '../contract/reservation.ts';
import { GIVEN_UP } from './decide-part.ts';
import type { HeldLines } from './move-lines.ts';
import { linesOf, type Part } from './parts.ts';
import type { PlacedLine } from './placed-line.ts';
import { closeSku } from './close-sku.ts';
import { refreshPosition } from './position-change.ts';
import type { StockState } from './stock-state.ts';
import { placeLine } from './wanted-lines.ts';

// evolve() for the facts of reservations and of parts.

type Fact<Name extends StockFact['fact']> = Extract<StockFact, { fact: Name }>;

export function applyReserved(state: StockState, fact: Fact<'UnitsReserved'>, lsn: number): void {
  const { reservation, keyDigest, contentDigest, drawn } = fact;
  const lines = placeLines(state, reservation.lines, { channel: reservation.channel, drawn });
  state.holds.put({ reservation, lines, keyDigest, lsn });
  state.keys.put(keyDigest, { contentDigest, lsn });
  hold(state, lines, 1, lsn);
}

export function applyReservationRefused(state: StockState, fact: Fact<'ReservationRefused'>, lsn: number): void {
  const { keyDigest, contentDigest, refusal, at } = fact;
  state.keys.put(keyDigest, { contentDigest, lsn, refusal });
  state.keys.end(keyDigest, at);
}

/** How a reservation that ended so is called from then on. */
const STATE_AFTER: Readonly<Record<HoldEnd, ReservationState>> = {
  released: 'released',
  expired: 'expired',
  abandoned: 'released',
};

export function applyReleased(state: StockState, { id, end, at }: Fact<'UnitsReleased'>, lsn: number): void {
  const { placed } = finishHold(state, id, STATE_AFTER[end], at);
  hold(state, placed, -1, lsn);
}

/** What was held, by a hold or by a part of one, becomes allocated in the same fact: gives it back and says what it was. */
export function endHeld(state: StockState, id: ReservationId, atMs: number): HeldLines {
  const isPart = state.parts.find(id) !== undefined;
  const held = isPart ? finishPart(state, id, atMs) : finishHold(state, id, 'allocated', atMs);
  takeLines(state, held.placed, -1);
  return held;
}

function finishPart(state: StockState, saga: ReservationId, atMs: number): HeldLines {
  const part = state.parts.find(saga);
  assert(part !== undefined && !part.ended, () => `part ${saga} ends and is not held`);
  state.parts.put(saga, { ...part, ended: true });
  state.parts.end(saga, atMs);
  return { lines: linesOf(part), placed: part.lines };
}

function finishHold(state: StockState, id: ReservationId, after: ReservationState, atMs: number): HeldLines {
  const held = state.holds.find(id);
  assert(held?.reservation.state === 'held', () => `${id} ends (${after}) but is not held`);
  state.holds.end(id, { ...held, reservation: { ...held.reservation, state: after } }, atMs);
  state.keys.end(held.keyDigest, atMs);
  return { lines: held.reservation.lines, placed: held.lines };
}

export function applyPartHeld(state: StockState, fact: Fact<'PartHeld'>, lsn: number): void {
  const { saga, keyDigest, client, customer, lines, channel, drawn } = fact;
  const placed = placeLines(state, lines, { channel, drawn });
  const whose = {
    channel,
    ...(client !== undefined && { client }),
    ...(customer !== undefined && { customer }),
    ...(keyDigest !== undefined && { keyDigest }),
  };
  state.parts.put(saga, { answer: { status: 'held', lines }, lines: placed, ...whose, ended: false });
  hold(state, placed, 1, lsn);
}

export function applyPartRefused(state: StockState, { saga, keyDigest, refusal, at }: Fact<'PartRefused'>): void {
  const key = keyDigest === undefined ? {} : { keyDigest };
  state.parts.put(saga, { answer: refusal, lines: [], ...key, ended: false });
  state.parts.end(saga, at);
}

const NO_PART: Part = { answer: GIVEN_UP, lines: [], ended: false };

export function applyPartEnded(state: StockState, { saga, at, forgetsKey }: Fact<'PartEnded'>, lsn: number): void {
  const { keyDigest, ...part } = state.parts.find(saga) ?? NO_PART;
  assert(!part.ended, () => `part ${saga} ends twice`);
  const key = keyDigest === undefined || forgetsKey === true ? {} : { keyDigest };
  state.parts.put(saga, { ...part, ...key, ended: true });
  state.parts.end(saga, at);
  hold(state, part.lines, -1, lsn);
}

export function placeLines(
  state: StockState,
  lines: readonly ReserveLine[],
  { channel, drawn }: { readonly channel: ChannelId; readonly drawn: readonly number[] | undefined },
): PlacedLine[] {
  return lines.map((line, index) => {
    const placed = placeLine(state, line);
    const units = drawn?.[index] ?? 0;
    return units === 0 ? placed : { ...placed, pool: { channel, units } };
  });
}

/** Takes (1) or gives back (-1) the units of lines, then closes each sku once. */
function hold(state: StockState, lines: readonly PlacedLine[], sign: 1 | -1, lsn: number): void {
  takeLines(state, lines, sign);
  const [only] = lines;
  if (lines.length === 1 && only !== undefined) return closeSku(state, only.sku, lsn);
  for (const sku of new Set(lines.map((line) => line.sku))) closeSku(state, sku, lsn);
}

export function takeLines(state: StockState, lines: readonly PlacedLine[], sign: 1 | -1): void {
  for (const line of lines) {
    const { pool } = line;
    if (pool !== undefined) state.pools.draw(state.skus.names.name(line.sku), pool.channel, sign * pool.units);
    if ('set' in line) state.demand.add(line.sku, line.set, sign * line.units);
    else reserveAt(state, line, sign * line.units);
  }
}

function reserveAt(state: StockState, { sku, node }: { sku: number; node: number }, units: number): void {
  const position = state.positions.find(sku, node);
  assert(position !== 0, () => `held units at no position: sku ${sku}, node ${node}`);
  const reserved = state.positions.reserved.get(position) + units;
  assert(reserved >= 0, () => `position ${position} would hold ${reserved}`);
  state.positions.reserved.set(position, reserved);
  refreshPosition(state, position);
}
