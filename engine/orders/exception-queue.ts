import type { ExceptionQueue } from '../contract/order.ts';
import type { OrderFact } from '../contract/order-fact.ts';
import { wantedOf } from './goals.ts';
import { hasGivenUp, isPlaceless } from './needs-place.ts';
import type { OrderFile } from './order-file.ts';
import { hasLeft, isOver, piecesOf } from '../contract/order-status.ts';
import { unitsIn } from './pieces.ts';
import { rulesOf, type World } from './world.ts';

// Which queue of exceptions an order stands in: the one thing a person has to look at first. Derived, and told as facts.

interface Case {
  readonly queue: ExceptionQueue;
  readonly why: string;
}

export function queueFacts(file: OrderFile, world: World): OrderFact[] {
  const { order } = file;
  const now = caseOf(file, world);
  if (now?.queue === order.queue?.queue && now?.why === order.queue?.why) return [];
  const about = { at: world.at, order: order.id };
  return now === undefined ? [{ fact: 'QueueLeft', ...about }] : [{ fact: 'QueueEntered', ...about, ...now }];
}

function caseOf(file: OrderFile, world: World): Case | undefined {
  const { order, stuck, givenUp } = file;
  if (stuck !== undefined) return { queue: 'stuck', why: stuck };
  if (isOver(order)) return undefined;
  if (isTooLate(file)) return { queue: 'stuck', why: 'too-late-to-cancel' };
  if (isUnreceived(file)) return { queue: 'stuck', why: 'nobody-receives-it' };
  const [hold] = order.holds;
  if (hold !== undefined) return { queue: 'on-hold', why: hold.kind };
  const { attemptsMax } = rulesOf(world).live;
  const pieces = piecesOf(order);
  if (pieces.some((piece) => isPlaceless(piece) && hasGivenUp(piece, attemptsMax)))
    return { queue: 'rejected', why: 'too-many-attempts' };
  if (givenUp !== undefined) return { queue: 'unfillable', why: givenUp.why };
  const stray = order.lines.some(
    (line) => line.at !== undefined && line.pieces.some(isPlaceless) && file.steps.length === 0,
  );
  if (stray) return { queue: 'unfillable', why: 'bound-node-failed' };
  return lateAt(file) <= world.at ? { queue: 'late', why: 'promised-date-passed' } : undefined;
}

/** On its way to a node that is none any more. */
function isUnreceived({ order }: OrderFile): boolean {
  const refused = order.works.filter(({ from, state }) => from !== undefined && state === 'rejected');
  return refused.some(({ work: id }) =>
    piecesOf(order).some(({ state, work }) => state === 'in-transit' && work === id),
  );
}

/** No longer wanted, and the node has it packed. */
function isTooLate(file: OrderFile): boolean {
  return file.order.lines.some((line) => {
    const isRefused = file.pulls.some(
      ({ work, state }) => state === 'refused' && line.pieces.some((piece) => piece.work === work && !hasLeft(piece)),
    );
    const kept = line.units - unitsIn(line.pieces, ({ state }) => state === 'cancelled' || state === 'refused');
    return isRefused && kept > wantedOf(file, line);
  });
}

/** When the first promise that is still open is broken; Infinity: none is. */
export function lateAt({ order }: OrderFile): number {
  const open = piecesOf(order).filter(
    (piece) => !hasLeft(piece) && piece.state !== 'cancelled' && piece.state !== 'refused',
  );
  return Math.min(Infinity, ...open.flatMap(({ dueAt }) => dueAt ?? []));
}
