import { digestHex } from '../contract/digest.ts';
import type { MovedUnits, StockFact } from '../contract/stock-fact.ts';
import type { ChannelId, Sku } from '../contract/ids.ts';
import type { ShardRequest } from '../contract/machine.ts';
import { refuse, type MoveRefusal, type Refused } from '../contract/outcome.ts';
import {
  LINES_MAX,
  MOVES_MAX,
  type MoveOutcome,
  type MoveRequest,
  type Place,
  type ReserveLine,
} from '../contract/reservation.ts';
import type { StockPortCommand, StockPortReply } from '../contract/stock-port.ts';
import { asItIs, expire, overdue } from './decide-reserve.ts';
import { moveLines, type HeldLines } from './move-lines.ts';
import { linesOf } from './parts.ts';
import type { PlacedLine } from './placed-line.ts';
import { grantLines } from './reserve-lines.ts';
import type { StockState } from './stock-state.ts';
import { placeLine, sellingChannel } from './wanted-lines.ts';

// decide() for a move of held units (rule RS7): given back at one place and taken at the other in one decision and one
// fact, so nobody can have them in between, and a no leaves them where they are.

export function decideMove(
  state: StockState,
  request: MoveRequest,
  atMs: number,
): { readonly outcome: MoveOutcome; readonly facts: readonly StockFact[] } {
  const no = (refusal: Refused<MoveRefusal>) => ({ outcome: refusal, facts: [] });
  const hold = state.holds.find(request.id);
  if (hold === undefined || hold.reservation.client !== request.client) {
    return no(refuse('unknown-reservation', { field: 'id' }));
  }
  const keyDigest = digestHex(request.key);
  const contentDigest = digestHex(moveText(request));
  const reservation = asItIs(hold.reservation, atMs);
  const { moves = [] } = hold;
  const made = moves.find((move) => move.keyDigest === keyDigest);
  if (made !== undefined) {
    const isSame = made.contentDigest === contentDigest;
    return isSame
      ? { outcome: { status: 'moved', reservation }, facts: [] }
      : no(refuse('key-reused', { field: 'key' }));
  }
  if (reservation.state !== 'held') return no(refuse('already-ended', { field: 'id' }));
  const held = { lines: reservation.lines, placed: hold.lines };
  const judged = judgeMove(
    state,
    { ...request, channel: reservation.channel, isFull: moves.length >= MOVES_MAX },
    held,
    atMs,
  );
  if ('status' in judged) return no(judged);
  const fact: StockFact = {
    fact: 'UnitsMoved',
    at: atMs,
    id: request.id,
    keyDigest,
    contentDigest,
    moved: judged.moved,
  };
  const now = { ...reservation, lines: judged.lines };
  return { outcome: { status: 'moved', reservation: now }, facts: [...judged.released, fact] };
}

/** What makes two moves under one key the same. */
function moveText({ sku, units, from, to }: MoveRequest): string {
  return JSON.stringify([sku, units ?? null, placeParts(from), placeParts(to)]);
}

const placeParts = (place: Place): readonly string[] =>
  'node' in place ? ['node', place.node] : ['group', place.group];

type MovePart = Extract<StockPortCommand, { do: 'move-part' }>;

/** This shard's end of a move in a hold that spans shards; the same move again gets the same answer. */
export function decideMovePart(
  state: StockState,
  command: MovePart,
  atMs: number,
): { readonly facts: readonly StockFact[]; readonly requests: readonly ShardRequest[] } {
  const { saga, move, replyTo } = command;
  const reply = (outcome: Extract<StockPortReply, { do: 'part-moved' }>['outcome']): ShardRequest => {
    return { shard: replyTo, command: { do: 'part-moved', saga, shard: state.settings.shard, move, outcome } };
  };
  const part = state.parts.find(saga);
  if (part?.move?.number === move) return { facts: [], requests: [reply(part.move.answer)] };
  // One that comes again when a later one was answered: its coordinator has had its answer.
  if (part?.move !== undefined && move < part.move.number) return { facts: [], requests: [] };
  // It was given up before the move arrived: nothing is held any more.
  if (part === undefined || part.ended)
    return { facts: [], requests: [reply(refuse('already-ended', { field: 'id' }))] };
  const held = { lines: linesOf(part), placed: part.lines };
  const judged = judgeMove(state, { ...command, isFull: false }, held, atMs);
  if ('status' in judged) {
    return { facts: [{ fact: 'PartMoveRefused', at: atMs, saga, move, refusal: judged }], requests: [reply(judged)] };
  }
  const fact: StockFact = { fact: 'PartMoved', at: atMs, saga, move, moved: judged.moved };
  return { facts: [...judged.released, fact], requests: [reply({ status: 'held', lines: judged.lines })] };
}

interface Asked {
  readonly channel: ChannelId;
  readonly sku: Sku;
  readonly from: Place;
  readonly to: Place;
  readonly units?: number;
  /** As many moves were made as may be. */
  readonly isFull: boolean;
  /** Units that come free where the moved ones are; without it all of them. */
  readonly freedOf?: (taken: PlacedLine) => number;
}

interface Judged {
  readonly moved: MovedUnits;
  /** All lines after it. */
  readonly lines: readonly ReserveLine[];
  readonly placed: HeldLines['placed'];
  /** Holds whose time is over go first, or their units would be promised twice for a moment. */
  readonly released: readonly StockFact[];
}

export function judgeMove(
  state: StockState,
  asked: Asked,
  held: HeldLines,
  atMs: number,
): Judged | Refused<MoveRefusal> {
  const refusal = placeRefusal(state, asked);
  if (refusal !== undefined) return refusal;
  const index = lineAt(held.lines, asked);
  const line = held.lines[index];
  if (line === undefined) return refuse('unknown-line', { field: 'from' });
  const { units = line.units } = asked;
  if (!Number.isSafeInteger(units) || units < 1 || units > line.units) {
    return refuse('units-out-of-bounds', { field: 'units', units: line.units });
  }
  const expired = overdue(state, atMs);
  const toLine: ReserveLine = { sku: asked.sku, units, ...asked.to };
  const placed = held.placed[index];
  const returned = Math.min(units, placed?.pool?.units ?? 0);
  const { sku, from, to } = asked;
  const move: MovedUnits = { line: index, sku, from, units, to, ...(returned > 0 && { returned }) };
  const trial = moveLines(held, move, { line: toLine, placed: placeLine(state, toLine) });
  if (trial.after.lines.length > LINES_MAX) return refuse('too-many-lines', { field: 'to' });
  if (asked.isFull) return refuse('too-many-moves', { field: 'id' });
  const wanted = {
    lines: [{ index: 0, line: toLine, placed: trial.put }],
    channel: sellingChannel(state, asked.channel),
    partial: false,
    isMove: true,
  } as const;
  const freed = { ...trial.taken, units: asked.freedOf?.(trial.taken) ?? trial.taken.units };
  const granted = grantLines(state, wanted, [...expired.flatMap((hold) => hold.lines), freed]);
  if ('status' in granted) return roomRefusal(granted);
  const drawn = granted.drawn?.[0] ?? 0;
  const moved = { ...move, ...(drawn > 0 && { drawn }) };
  return { moved, ...trial.after, released: expire(expired, atMs) };
}

function placeRefusal(state: StockState, { to, channel }: Asked): Refused<MoveRefusal> | undefined {
  if ('group' in to)
    return state.reference.groups.has(to.group) ? undefined : refuse('unknown-group', { field: 'to.group' });
  if (!state.reference.nodes.has(to.node)) return refuse('unknown-node', { field: 'to.node' });
  const { set } = sellingChannel(state, channel);
  const serves = state.sets.has(set, state.nodes.names.find(to.node));
  return serves ? undefined : refuse('node-not-in-channel', { field: 'to.node' });
}

/** A place may have two lines when its group changed between them: the first that has enough, else the first. */
function lineAt(lines: readonly ReserveLine[], { sku, from, units = 1 }: Asked): number {
  const isThere = (line: ReserveLine): boolean => {
    if (line.sku !== sku) return false;
    return 'node' in from ? 'node' in line && line.node === from.node : 'group' in line && line.group === from.group;
  };
  const enough = lines.findIndex((line) => isThere(line) && line.units >= units);
  return enough === -1 ? lines.findIndex(isThere) : enough;
}

/** A move has one line: fields of a reservation's lines mean nothing to its caller. */
function roomRefusal({ code, units }: Refused<string>): Refused<MoveRefusal> {
  if (code === 'too-many-demand-groups') return refuse('too-many-demand-groups', { field: 'to' });
  return refuse('units-exceed-available', { field: 'units', ...(units !== undefined && { units }) });
}
