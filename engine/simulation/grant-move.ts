import type { MovedUnits } from '../contract/stock-fact.ts';
import { refuse, type MoveRefusal, type Refused } from '../contract/outcome.ts';
import { MOVES_MAX, type MoveRequest, type Place, type ReserveLine } from '../contract/reservation.ts';
import { placeRoom } from './grant.ts';
import { type Held, isAt } from './held-model.ts';
import { DEMAND_GROUPS_MAX, demandGroups } from './pool-model.ts';
import type { Promised } from './promised.ts';
import { leavesOf } from './room.ts';
import type { StockModel } from './stock-model.ts';

// Rule RS7 by its sentences: what a move of held units must be given, or why not.

type Asked = Pick<MoveRequest, 'sku' | 'from' | 'to' | 'units'>;

export function moveOf(
  model: StockModel,
  held: Held,
  asked: Asked,
  { channel, made }: { readonly channel: string; readonly made: number },
): MovedUnits | Refused<MoveRefusal> {
  const { sku, from, to } = asked;
  const misnamed = misnamedPlace(model, to, channel);
  if (misnamed !== undefined) return misnamed;
  const there = held.lines.flatMap((line, index) => (line.sku === sku && isAt(line, from) ? [{ line, index }] : []));
  const found = there.find(({ line }) => line.units >= (asked.units ?? 1)) ?? there[0];
  if (found === undefined) return refuse('unknown-line', { field: 'from' });
  const { line, index } = found;
  const { units = line.units } = asked;
  if (units < 1 || units > line.units) return refuse('units-out-of-bounds', { field: 'units', units: line.units });
  if (made >= MOVES_MAX) return refuse('too-many-moves', { field: 'id' });

  const promise = held.promised[index] as Promised;
  const returned = Math.min(units, promise.drawn);
  const back: Promised = { ...promise, units: -units, drawn: -returned };
  const wanted: ReserveLine = { sku, units, ...to };
  const promises = [...model.live(sku), back, ...model.promised([wanted], channel)];
  if ('group' in to && demandGroups(model, sku, promises) > DEMAND_GROUPS_MAX)
    return refuse('too-many-demand-groups', { field: 'to' });
  const leaves = leavesOf(model, sku, [...model.live(sku), back]);
  const room = Math.max(0, placeRoom(leaves, model, wanted, channel));
  if (room < units) return refuse('units-exceed-available', { field: 'units', units: room });
  const drawn = Math.min(units, leaves.pools.get(channel) ?? 0);
  return { line: index, sku, from, units, to, ...(returned > 0 && { returned }), ...(drawn > 0 && { drawn }) };
}

function misnamedPlace(model: StockModel, to: Place, channel: string): Refused<MoveRefusal> | undefined {
  if ('group' in to) return model.groups.has(to.group) ? undefined : refuse('unknown-group', { field: 'to.group' });
  if (!model.nodes.has(to.node)) return refuse('unknown-node', { field: 'to.node' });
  return model.nodesOf(channel).includes(to.node) ? undefined : refuse('node-not-in-channel', { field: 'to.node' });
}
