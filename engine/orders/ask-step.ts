import { shardOf } from '../contract/digest.ts';
import type { Sku } from '../contract/ids.ts';
import type { OrderFact, StepUnits } from '../contract/order-fact.ts';
import type { Piece } from '../contract/order.ts';
import type { Place } from '../contract/reservation.ts';
import type { AllocationStep } from '../contract/stock-port.ts';
import type { AllocationId } from '../contract/ids.ts';
import type { AskedStep, OrderFile } from './order-file.ts';
import { isAt, unitsIn } from './pieces.ts';
import type { World } from './world.ts';

type StepAsked = Extract<OrderFact, { fact: 'StepAsked' }>;
/** A step without what all steps of the order have. */
type Bare<S> = S extends AllocationStep ? Omit<S, 'allocation' | 'step' | 'replyTo'> : never;
type BareStep = Bare<AllocationStep>;

export interface Ask {
  readonly shard: number;
  readonly what: BareStep;
  readonly of?: readonly StepUnits[];
  readonly why: string;
}

/** Steps as facts, numbered on: a stock shard refuses one that is older than what it knows. */
export function askSteps(file: OrderFile, asks: readonly Ask[], { settings, at }: World): StepAsked[] {
  const { id } = file.order;
  return asks.map(({ shard, what, of = [], why }, index) => {
    const step = file.stepCount + index + 1;
    const allocation = id as string as AllocationId;
    const whole = { ...what, allocation, step, replyTo: settings.shard } as AllocationStep;
    return { fact: 'StepAsked', at, order: id, step, shard, what: whole, of, why };
  });
}

export function stockShardOf({ settings }: World, sku: Sku): number {
  return shardOf(sku, settings.stockShards);
}

/** Steps whose answer changes pieces: until it is there these units are locked. */
export function isOpenPlacing({ what }: AskedStep): boolean {
  return ['allocate', 'allocate-held', 'await-units', 'move-allocated'].includes(what.do);
}

/** Units of the line that stand at the place (absent: that are only asked for) and that no step has locked. */
export function freeUnits(file: OrderFile, line: OrderFile['order']['lines'][number], place?: Place): number {
  const there = unitsIn(line.pieces, (piece: Piece) =>
    place === undefined ? piece.state === 'asked' : isAt(piece, place),
  );
  return there - lockedUnits(file, line.line, place);
}

function lockedUnits({ steps }: OrderFile, line: string, place: Place | undefined): number {
  const locking = steps.filter((step) => isOpenPlacing(step) && isOf(step.what, place));
  return locking.reduce(
    (sum, { of }) => sum + of.reduce((units, each) => units + (each.line === line ? each.units : 0), 0),
    0,
  );
}

function isOf(what: AllocationStep, place: Place | undefined): boolean {
  if (what.do !== 'move-allocated') return place === undefined;
  return place !== undefined && placeText(what.from) === placeText(place);
}

export const placeText = (place: Place): string => ('node' in place ? `node ${place.node}` : `group ${place.group}`);
