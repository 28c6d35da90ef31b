import type { GroupId, ReservationId } from '../contract/ids.ts';
import {
  HOLD_MS_MAX,
  type ExtendRequest,
  type MoveRequest,
  type Place,
  type Reservation,
} from '../contract/reservation.ts';
import type { Chance } from './chance.ts';
import { GROUPS, NODES, SKUS } from './retailer.ts';

// What clients do with what they hold: ask for more time (rule RS4), move units elsewhere (rule RS7).

export type HeldOne = Pick<Reservation, 'id' | 'client' | 'lines'>;

export function draftExtend(chance: Chance, { id, client }: HeldOne): ExtendRequest {
  const holdMs = chance.pick([1_000, 60_000, 120_000, 900_000, 3_600_000, HOLD_MS_MAX, HOLD_MS_MAX + 1]);
  return { id, client, holdMs };
}

/** Mostly units it holds, from where it was told they are. */
export function draftMove(chance: Chance, { id, client, lines }: HeldOne, key: string): MoveRequest {
  const line = chance.pick(lines);
  const from: Place = 'node' in line ? { node: line.node } : { group: line.group };
  const units = chance.yes(0.5) ? {} : { units: chance.below(line.units + 1) + (chance.yes(0.8) ? 1 : 0) };
  const sku = chance.yes(0.95) ? line.sku : chance.pick(SKUS);
  return { key, id, client, sku, from: chance.yes(0.95) ? from : somewhere(chance), to: somewhere(chance), ...units };
}

/** Under the same key to another place. */
export function otherMove(chance: Chance, request: MoveRequest): MoveRequest {
  return { ...request, to: somewhere(chance) };
}

function somewhere(chance: Chance): Place {
  return chance.yes(0.5) ? { node: chance.pick(NODES) } : { group: chance.pick(Object.keys(GROUPS)) as GroupId };
}

export const shardOfId = (id: ReservationId): number => Number(/^r(\d+)-/.exec(id)?.[1]);
