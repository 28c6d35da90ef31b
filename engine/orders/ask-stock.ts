import type { OrderLine } from '../contract/order.ts';
import type { OrderFact, StepUnits } from '../contract/order-fact.ts';
import type { Place, ReserveLine } from '../contract/reservation.ts';
import { shardOfReservation } from '../contract/ids.ts';
import { askSteps, freeUnits, placeText, stockShardOf, type Ask } from './ask-step.ts';
import type { OrderFile } from './order-file.ts';
import type { World } from './world.ts';

// Placing (rule OR2): a cart's reservation becomes the order's units; what it did not hold is asked for, of the channel's
// group, or of the one node a line is bound to.

/** Lines of one step at most: an allocation has 200. */
const STEP_LINES_MAX = 100;

export function askStock(file: OrderFile, world: World): OrderFact[] {
  const { order, reservation, steps } = file;
  // Until it is answered it is not known what is left to ask for, nor may a later step overtake it.
  if (steps.some(({ what }) => what.do === 'allocate-held') || isHeldLater(file, world)) return [];
  const open = order.lines.filter((line) => freeUnits(file, line) > 0);
  if (open.length === 0) return [];
  if (reservation !== undefined) {
    const of = open.map((line) => ({ line: line.line, units: freeUnits(file, line) }));
    const what = { do: 'allocate-held', id: reservation, client: order.client, movementRef: order.id } as const;
    return askSteps(file, [{ shard: shardOfReservation(reservation) ?? 0, what, of, why: 'reserved' }], world);
  }
  const byShard = Map.groupBy(open, ({ sku }) => stockShardOf(world, sku));
  return askSteps(
    file,
    [...byShard].map(([shard, lines]) => allocateStep(file, shard, lines.slice(0, STEP_LINES_MAX))),
    world,
  );
}

/** Units of the cart's hold are being moved: until they are they belong to nobody else. */
function isHeldLater({ reservation, heldAfter = 0 }: OrderFile, { at }: World): boolean {
  return reservation !== undefined && at < heldAfter;
}

function allocateStep(file: OrderFile, shard: number, lines: readonly OrderLine[]): Ask {
  const { order } = file;
  const of: StepUnits[] = lines.map((line) => ({ line: line.line, units: freeUnits(file, line) }));
  const asked = joinAlike(
    lines.map((line, index) => ({ sku: line.sku, units: of[index]!.units, ...boundPlace(file, line) })),
  );
  const what = { do: 'allocate', channel: order.channel, lines: asked, partial: false, movementRef: order.id } as const;
  return { shard, what, of, why: file.lostHold === true ? 'reservation-lost' : 'placed' };
}

/** Stock counts lines of the same sku and place as one; so a no names one of these. */
function joinAlike(lines: readonly ReserveLine[]): ReserveLine[] {
  const joined = new Map<string, ReserveLine>();
  for (const line of lines) {
    const key = `${line.sku} ${placeText(line)}`;
    const before = joined.get(key);
    joined.set(key, before === undefined ? line : { ...before, units: before.units + line.units });
  }
  return [...joined.values()];
}

/** Where a line's units are asked for first. */
export function boundPlace({ order }: Pick<OrderFile, 'order'>, { at }: OrderLine): Place {
  return at === undefined ? { group: order.group } : { node: at };
}
