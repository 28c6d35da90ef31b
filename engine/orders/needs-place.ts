import type { Order, OrderLine, Piece } from '../contract/order.ts';
import { hasFailedHere } from './pieces.ts';

// Which units look for a node (rule OR5).

/** Failures of the same units before a person must look, when the rules do not say. */
const ATTEMPTS_MAX = 5;

/** Units that sourcing has to find a node for, now or when stock has answered. */
export function needsPlace({ lines }: Order): boolean {
  return lines.some(
    (line) => line.at === undefined && line.pieces.some((piece) => isAsked(piece) || isPlaceless(piece)),
  );
}

const isAsked = ({ state }: Piece): boolean => state === 'asked';

export function isPlaceless(piece: Piece): boolean {
  return piece.state === 'unplaced' || hasFailedHere(piece);
}

/** What failed too often is a person's. */
export function hasGivenUp({ failed = [] }: Piece, attemptsMax = ATTEMPTS_MAX): boolean {
  return failed.length >= attemptsMax;
}

export function placelessOf(line: Pick<OrderLine, 'pieces'>, attemptsMax?: number): Piece[] {
  return line.pieces.filter((piece) => isPlaceless(piece) && !hasGivenUp(piece, attemptsMax));
}
