import { unreachable } from '../contract/assert.ts';
import type { AllocationOutcome } from '../contract/allocation.ts';
import type { OrderLine, Piece } from '../contract/order.ts';
import type { OrderFact, PieceChange, StepUnits } from '../contract/order-fact.ts';
import type { ReserveLine } from '../contract/reservation.ts';
import type { AllocationStep } from '../contract/stock-port.ts';
import { askSteps, placeText, stockShardOf, type Ask } from './ask-step.ts';
import { boundPlace } from './ask-stock.ts';
import { evolveFile, type AskedStep, type OrderFile } from './order-file.ts';
import { become, isAt, takePieces } from './pieces.ts';
import { channelOf, type World } from './world.ts';

// What a stock shard's answer makes of an order's pieces.

type Of<Name extends AllocationStep['do']> = Extract<AllocationStep, { do: Name }>;
interface Made {
  readonly pieces: readonly PieceChange[];
  readonly asks: readonly Ask[];
}
const NOTHING: Made = { pieces: [], asks: [] };

export function hearStep(file: OrderFile, asked: AskedStep, outcome: AllocationOutcome, world: World): OrderFact[] {
  const { step, shard } = asked;
  const { pieces, asks } = madeOf(file, asked, outcome, world);
  const answered = { fact: 'StepAnswered', at: world.at, order: file.order.id, step, shard, outcome, pieces } as const;
  return [answered, ...askSteps(evolveFile(file, answered), asks, world)];
}

function madeOf(file: OrderFile, { what, of, shard }: AskedStep, outcome: AllocationOutcome, world: World): Made {
  switch (what.do) {
    case 'allocate':
      return outcome.status === 'refused'
        ? refusedUnits(file, { what, of, shard }, outcome, world)
        : { pieces: changesOf(file, of, isAsked, (piece, line) => promised(file, piece, line)), asks: [] };
    case 'allocate-held':
      return outcome.status === 'allocated' ? takenOver(file, outcome.allocation.lines, world) : NOTHING;
    case 'await-units':
      return { pieces: changesOf(file, of, isAsked, (piece) => awaited(piece, outcome)), asks: [] };
    case 'move-allocated': {
      if (outcome.status === 'refused' || !('node' in what.to)) return NOTHING;
      const { from, to } = what;
      const moved = (piece: Piece, _line: OrderLine, { dueAt }: StepUnits) =>
        become('allocated', piece, { node: to.node, ...(dueAt !== undefined && { dueAt }) });
      return { pieces: changesOf(file, of, (piece) => isAt(piece, from), moved), asks: [] };
    }
    case 'stop-waiting': {
      // Some came meanwhile and are given back when we hear of them; the others wait for nobody.
      const units = outcome.status === 'refused' && outcome.code === 'units-out-of-bounds' ? (outcome.units ?? 0) : 0;
      const again = { shard, what: { do: 'stop-waiting', sku: what.sku, units }, why: 'no-longer-wanted' } as const;
      return units > 0 ? { pieces: [], asks: [again] } : NOTHING;
    }
    case 'reduce-allocated':
    case 'ship-allocated':
    case 'declare-short':
    case 'take-back':
    case 'transfer':
    case 'write-off':
      // They carry out what is true of the pieces already.
      return NOTHING;
    default:
      return unreachable(what);
  }
}

const isAsked = ({ state }: Piece): boolean => state === 'asked';

function changesOf(
  { order }: OrderFile,
  of: readonly StepUnits[],
  which: (piece: Piece) => boolean,
  to: (piece: Piece, line: OrderLine, units: StepUnits) => PieceChange['to'],
): PieceChange[] {
  return of.flatMap((each) => {
    const line = order.lines.find((one) => one.line === each.line);
    return line === undefined ? [] : takePieces(line, each.units, which, (piece) => to(piece, line, each));
  });
}

function promised(file: OrderFile, piece: Piece, line: OrderLine): PieceChange['to'] {
  const place = boundPlace(file, line);
  return become('node' in place ? 'allocated' : 'unplaced', piece, place);
}

function awaited(piece: Piece, outcome: AllocationOutcome): PieceChange['to'] {
  if (outcome.status !== 'waiting') return become('refused', piece);
  return { ...become('backordered', piece), dueAt: outcome.dueAt };
}

/** What the no is about is refused, or waits for supply where the channel sells that; the rest is asked for again. */
function refusedUnits(
  file: OrderFile,
  { what, of, shard }: Pick<AskedStep, 'of' | 'shard'> & { readonly what: Of<'allocate'> },
  outcome: Extract<AllocationOutcome, { status: 'refused' }>,
  world: World,
): Made {
  const index = Number(/^lines\[(\d+)\]/.exec(outcome.field ?? '')?.[1] ?? NaN);
  const bad = what.lines[index];
  const meant = bad === undefined ? of : of.filter(({ line }) => isLine(file, line, bad));
  const room = bad === undefined || outcome.code !== 'units-exceed-available' ? 0 : (outcome.units ?? 0);
  const missing = behind(meant, room);
  const canWait = outcome.code === 'units-exceed-available' && channelOf(world, file.order)?.sellsInbound === true;
  if (!canWait || bad === undefined || 'node' in bad) {
    return { pieces: changesOf(file, missing, isAsked, (piece) => become('refused', piece)), asks: [] };
  }
  const { order } = file;
  const units = missing.reduce((sum, each) => sum + each.units, 0);
  const about = { order: order.id, channel: order.channel, placedAt: order.placedAt, priority: order.priority };
  const wait = { do: 'await-units', sku: bad.sku, group: bad.group, units, movementRef: order.id, ...about } as const;
  return { pieces: [], asks: [{ shard, what: wait, of: missing, why: 'nothing-there' }] };
}

function isLine({ order }: OrderFile, name: string, { sku, ...place }: ReserveLine): boolean {
  const line = order.lines.find((each) => each.line === name);
  return line?.sku === sku && placeText(boundPlace({ order }, line)) === placeText(place);
}

/** Of units in this order what comes behind the first `room`. */
function behind(of: readonly StepUnits[], room: number): StepUnits[] {
  let left = room;
  return of.flatMap((each) => {
    const units = each.units - Math.min(left, each.units);
    left -= each.units - units;
    return units > 0 ? [{ ...each, units }] : [];
  });
}

/** The hold's units are the order's where it asked for them, at the place they were held; others are given back. */
function takenOver(file: OrderFile, held: readonly ReserveLine[], world: World): Made {
  let rest = file.order;
  const pieces: PieceChange[] = [];
  const asks: Ask[] = [];
  const taken = new Map<string, number>();
  for (const { sku, units, ...place } of held) {
    let open = units;
    for (const line of rest.lines.filter((each) => each.sku === sku && each.kit !== true)) {
      const before = taken.get(line.line) ?? 0;
      const more = behindChanges(line, before, open, place);
      const got = more.reduce((sum, each) => sum + each.units, 0);
      taken.set(line.line, before + got);
      pieces.push(...more);
      open -= got;
    }
    const back = { do: 'reduce-allocated', lines: [{ sku, units: open, ...place }] } as const;
    if (open > 0) asks.push({ shard: stockShardOf(world, sku), what: back, why: 'not-ordered' });
  }
  return { pieces, asks };
}

/** Asked units of the line behind those that earlier lines of the hold gave it. */
function behindChanges(
  line: OrderLine,
  before: number,
  units: number,
  place: Omit<ReserveLine, 'sku' | 'units'>,
): PieceChange[] {
  const state = 'node' in place ? 'allocated' : 'unplaced';
  let skip = before;
  let open = units;
  return line.pieces.flatMap((piece, from) => {
    if (piece.state !== 'asked') return [];
    const passed = Math.min(skip, piece.units);
    skip -= passed;
    const taken = Math.min(open, piece.units - passed);
    open -= taken;
    return taken > 0 ? [{ line: line.line, from, units: taken, to: become(state, piece, place) }] : [];
  });
}
