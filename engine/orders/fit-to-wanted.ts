import type { WorkOrderId } from '../contract/ids.ts';
import type { OrderLine, OrderWork, Piece, PieceState } from '../contract/order.ts';
import type { OrderFact, PieceChange } from '../contract/order-fact.ts';
import { askSteps, freeUnits, placeText, stockShardOf, type Ask } from './ask-step.ts';
import { wantedOf } from './goals.ts';
import type { OrderFile } from './order-file.ts';
import { become, hasFailedHere, placeOf, takePieces, unitsIn } from './pieces.ts';
import type { World } from './world.ts';

// Units that are no longer wanted are given back, as far as they have not left; units wanted again are asked for (rule OR1).

export function fitToWanted(file: OrderFile, world: World): OrderFact[] {
  const lines = file.order.lines.filter(({ kit }) => kit !== true);
  return [...cancelUnits(file, lines, world), ...wantAgain(file, lines, world)];
}

/** Units that are there to be had by the customer, or may be. */
function kept({ pieces, units }: OrderLine): number {
  return units - unitsIn(pieces, ({ state }) => state === 'cancelled' || state === 'refused');
}

function cancelUnits(file: OrderFile, lines: readonly OrderLine[], world: World): OrderFact[] {
  const given = lines.flatMap((line) => giveBack(file, line, world));
  if (given.length > 0) {
    const { order } = file;
    const pieces = given.map(({ change }) => change);
    const asks = given.flatMap(({ ask }) => ask ?? []);
    const cancelled = { fact: 'PiecesChanged', at: world.at, order: order.id, what: 'cancelled', pieces } as const;
    return [cancelled, ...askSteps(file, asks, world)];
  }
  return lines.flatMap((line) => pullBack(file, line, world)).slice(0, 1);
}

interface Given {
  readonly change: PieceChange;
  readonly ask?: Ask;
}

/** What can be given up at once, what is least certain first. */
function giveBack(file: OrderFile, line: OrderLine, world: World): Given[] {
  let open = kept(line) - wantedOf(file, line);
  const free = new Map<string, number>();
  const given: Given[] = [];
  for (const piece of line.pieces.toSorted((a, b) => certainty(a) - certainty(b))) {
    if (open <= 0) break;
    if (rank(piece.state) === -1) continue;
    const place = placeOf(piece);
    const key = place === undefined ? piece.state : placeText(place);
    const loose = free.get(key) ?? (piece.state === 'backordered' ? Infinity : freeUnits(file, line, place));
    const units = Math.min(open, piece.units, loose);
    free.set(key, loose - units);
    open -= Math.max(0, units);
    if (units <= 0) continue;
    const [change] = takePieces(
      line,
      units,
      (each) => each === piece,
      (each) => become('cancelled', each),
    );
    const ask = askBack(line, piece, units, world);
    if (change !== undefined) given.push(ask === undefined ? { change } : { change, ask });
  }
  return given;
}

const GIVEN_UP_FIRST: readonly PieceState[] = ['asked', 'backordered', 'unplaced', 'allocated'];
const rank = (state: PieceState): number => GIVEN_UP_FIRST.indexOf(state);

/** What its node has failed is no more certain than what has none. */
function certainty(piece: Piece): number {
  return rank(hasFailedHere(piece) ? 'unplaced' : piece.state);
}

function askBack({ sku }: OrderLine, piece: Piece, units: number, world: World): Ask | undefined {
  const shard = stockShardOf(world, sku);
  const place = placeOf(piece);
  if (place !== undefined) {
    return { shard, what: { do: 'reduce-allocated', lines: [{ sku, units, ...place }] }, why: 'no-longer-wanted' };
  }
  return piece.state === 'backordered'
    ? { shard, what: { do: 'stop-waiting', sku, units }, why: 'no-longer-wanted' }
    : undefined;
}

/** What a node works on has to be asked back first. */
function pullBack(file: OrderFile, line: OrderLine, { at }: World): OrderFact[] {
  const tooMuch = kept(line) - wantedOf(file, line) - lockedOf(file, line);
  if (tooMuch <= 0) return [];
  const works = new Set(
    line.pieces.filter(({ state }) => state === 'released' || state === 'ready').map(({ work }) => work),
  );
  const { order, pulls } = file;
  const pullable = order.works.filter(
    ({ work, state }) => works.has(work) && state !== 'offered' && mayAskBack(pulls, work, state),
  );
  return pullable.map(({ work }) => {
    return {
      fact: 'PullBackAsked',
      at,
      order: order.id,
      work,
      ask: pulls.length + 1,
      aim: 'cancel',
      reason: 'no-longer-wanted',
    };
  });
}

/** Once; and once more what was packed by then, as soon as it waits to be collected. */
function mayAskBack(pulls: OrderFile['pulls'], work: WorkOrderId, state: OrderWork['state']): boolean {
  const asked = pulls.filter((pull) => pull.work === work);
  if (state !== 'ready-for-pickup') return asked.length === 0;
  return asked.every((pull) => pull.state === 'refused') && asked.filter(({ aim }) => aim === 'cancel').length < 2;
}

/** Units whose step is not answered yet: they can be given back when it is. */
function lockedOf(file: OrderFile, line: OrderLine): number {
  const places = new Map(
    line.pieces.flatMap((piece) => {
      const place = placeOf(piece);
      return place === undefined ? [] : [[placeText(place), place] as const];
    }),
  );
  const asked = unitsIn(line.pieces, ({ state }) => state === 'asked');
  const atPlaces = [...places.values()].reduce((sum, place) => {
    const there = unitsIn(
      line.pieces,
      (piece) => placeText(placeOf(piece) ?? { node: '' as never }) === placeText(place),
    );
    return sum + there - freeUnits(file, line, place);
  }, 0);
  return asked - freeUnits(file, line) + atPlaces;
}

function wantAgain(file: OrderFile, lines: readonly OrderLine[], { at }: World): OrderFact[] {
  const pieces = lines.flatMap((line) => {
    const cancelled = unitsIn(line.pieces, ({ state }) => state === 'cancelled');
    const units = wantedOf(file, line) - (line.units - cancelled);
    return takePieces(
      line,
      units,
      ({ state }) => state === 'cancelled',
      () => ({ state: 'asked' }),
    );
  });
  return pieces.length === 0 ? [] : [{ fact: 'PiecesChanged', at, order: file.order.id, what: 'wanted', pieces }];
}
