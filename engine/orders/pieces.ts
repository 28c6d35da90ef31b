import { assert } from '../contract/assert.ts';
import type { NodeId } from '../contract/ids.ts';
import type { OrderLine, Piece, PieceState } from '../contract/order.ts';
import type { PieceChange } from '../contract/order-fact.ts';
import type { Place } from '../contract/reservation.ts';

// A line's units in pieces: what may be taken of them, and what they are after a change. Units are conserved.

type Pieces = readonly Piece[];

/** Changes of one fact all name pieces as they were before it; alike ones join, so their number stays small. */
export function changePieces(line: OrderLine, changes: readonly PieceChange[]): Pieces {
  const left = line.pieces.map(({ units }) => units);
  for (const { from, units } of changes) {
    left[from] = (left[from] ?? 0) - units;
    assert(
      units > 0 && left[from] >= 0,
      () => `line ${line.line}: ${units} units taken of ${line.pieces[from]?.units}`,
    );
  }
  const rest = line.pieces.map((piece, index) => ({ ...piece, units: left[index]! }));
  const put = changes.map(({ to, units }): Piece => ({ ...to, units }));
  return joinAlike([...rest, ...put].filter(({ units }) => units > 0));
}

function joinAlike(pieces: Pieces): Pieces {
  const joined = new Map<string, Piece>();
  for (const piece of pieces) {
    const key = kindText(piece);
    const before = joined.get(key);
    joined.set(key, before === undefined ? piece : { ...before, units: before.units + piece.units });
  }
  return [...joined.values()];
}

const kindText = ({ state, node, group, work, dueAt, failed }: Piece): string =>
  JSON.stringify([state, node, group, work, dueAt, failed]);

export function unitsIn(pieces: Pieces, which: (piece: Piece) => boolean): number {
  return pieces.reduce((sum, piece) => sum + (which(piece) ? piece.units : 0), 0);
}

/** Changes that take up to `units` of the pieces that qualify, in their order. */
export function takePieces(
  { line, pieces }: OrderLine,
  units: number,
  which: (piece: Piece) => boolean,
  to: (piece: Piece) => PieceChange['to'],
): PieceChange[] {
  let open = units;
  return pieces.flatMap((piece, from) => {
    const taken = which(piece) ? Math.min(open, piece.units) : 0;
    open -= taken;
    return taken > 0 ? [{ line, from, units: taken, to: to(piece) }] : [];
  });
}

/** The piece in another state, with what stays true of it: when it is promised for, and who has failed it. */
export function become(
  state: PieceState,
  { dueAt, failed }: Piece,
  more: Partial<Omit<Piece, 'units' | 'state'>> = {},
): PieceChange['to'] {
  return { state, ...(dueAt !== undefined && { dueAt }), ...(failed !== undefined && { failed }), ...more };
}

export function failedAt({ failed = [] }: Piece, node: NodeId, why: string): Pick<Piece, 'failed'> {
  return { failed: [...failed.filter((each) => each.node !== node), { node, why }] };
}

/** Where stock has it for the order; undefined where it has nothing. */
export function placeOf({ state, node, group }: Piece): Place | undefined {
  if (state === 'unplaced' && group !== undefined) return { group };
  if (state === 'allocated' && node !== undefined) return { node };
  return undefined;
}

export function isAt(piece: Piece, place: Place): boolean {
  const at = placeOf(piece);
  if (at === undefined) return false;
  return 'node' in place ? 'node' in at && at.node === place.node : 'group' in at && at.group === place.group;
}

/** The node it stands at has failed it: it is to go elsewhere, and is promised there until another has it. */
export function hasFailedHere({ state, node, failed = [] }: Piece): boolean {
  return state === 'allocated' && failed.some((each) => each.node === node);
}
