import { assert } from '../contract/assert.ts';
import type { MovedUnits, StockFact } from '../contract/stock-fact.ts';
import type { ChannelId } from '../contract/ids.ts';
import type { ReserveLine } from '../contract/reservation.ts';
import { takeLines } from './apply-hold.ts';
import type { Hold } from './holds.ts';
import { moveLines, type HeldLines } from './move-lines.ts';
import { linesOf } from './parts.ts';
import { closeSku } from './close-sku.ts';
import type { StockState } from './stock-state.ts';
import { placeLine } from './wanted-lines.ts';

// evolve() for holds that change while they are held: their time (RS4) or where their units are (RS7).

type Fact<Name extends StockFact['fact']> = Extract<StockFact, { fact: Name }>;

export function applyExtended(state: StockState, { id, expiresAt }: Fact<'HoldExtended'>): void {
  const hold = heldOne(state, id);
  const { reservation, first = reservation } = hold;
  const extensions = (reservation.extensions ?? 0) + 1;
  state.holds.change({ ...hold, reservation: { ...reservation, expiresAt, extensions }, first });
}

export function applyMoved(state: StockState, fact: Fact<'UnitsMoved'>, lsn: number): void {
  const hold = heldOne(state, fact.id);
  const { reservation, first = reservation, moves = [] } = hold;
  const held = { lines: reservation.lines, placed: hold.lines };
  const { lines, placed } = move(state, held, { moved: fact.moved, channel: reservation.channel, lsn });
  const made = { keyDigest: fact.keyDigest, contentDigest: fact.contentDigest };
  state.holds.change({
    ...hold,
    reservation: { ...reservation, lines },
    lines: placed,
    first,
    moves: [...moves, made],
  });
}

function heldOne(state: StockState, id: Hold['reservation']['id']): Hold {
  const hold = state.holds.find(id);
  assert(hold?.reservation.state === 'held', () => `${id} is changed but not held`);
  return hold;
}

export function applyPartMoved(state: StockState, { saga, move: number, moved }: Fact<'PartMoved'>, lsn: number): void {
  const part = state.parts.find(saga);
  assert(part?.channel !== undefined && !part.ended, () => `part ${saga} is moved but not held`);
  const held = { lines: linesOf(part), placed: part.lines };
  const { lines, placed } = move(state, held, { moved, channel: part.channel, lsn });
  state.parts.put(saga, { ...part, lines: placed, now: lines, move: { number, answer: { status: 'held', lines } } });
}

export function applyPartMoveRefused(
  state: StockState,
  { saga, move: number, refusal }: Fact<'PartMoveRefused'>,
): void {
  const part = state.parts.find(saga);
  assert(part !== undefined, () => `no part ${saga}`);
  state.parts.put(saga, { ...part, move: { number, answer: refusal } });
}

function move(
  state: StockState,
  held: HeldLines,
  { moved, channel, lsn }: { readonly moved: MovedUnits; readonly channel: ChannelId; readonly lsn: number },
): HeldLines {
  const sku = held.lines[moved.line]?.sku;
  assert(sku !== undefined, () => `no line ${moved.line} to move units from`);
  const line: ReserveLine = { sku, units: moved.units, ...moved.to };
  const at = placeLine(state, line);
  const { drawn = 0 } = moved;
  const placed = drawn === 0 ? at : { ...at, pool: { channel, units: drawn } };
  const { taken, put, after } = moveLines(held, moved, { line, placed });
  takeLines(state, [taken], -1);
  takeLines(state, [put], 1);
  closeSku(state, at.sku, lsn);
  return after;
}
