import type { EventWeight, PlaceWeight, StockQuery } from '../contract/query.ts';
import type { CompleteEvent, SnapshotEvent } from '../contract/stock-event.ts';
import { changeBy } from './brakes.ts';
import { identityOf } from './event-identity.ts';
import { judgeEvent } from './feeds.ts';
import type { StockState } from './stock-state.ts';
import { zeroedOf } from './zeroings.ts';

// What events would do to a node as far as this shard knows it (rule FD12). A read: main adds the shards up and decides.

type Weigh = Extract<StockQuery, { ask: 'weigh' }>;

export function weigh(
  state: StockState,
  { places, events }: Weigh,
  atMs: number,
): { readonly places: PlaceWeight[]; readonly events: EventWeight[] } {
  return {
    places: places.map(({ source, node }) => {
      const { filled, zeroings } = state.nodes.at(state.nodes.names.find(node));
      return { filled, zeroed: zeroedOf(zeroings, state.sources.find(source), atMs) };
    }),
    events: events.map((event) => weightOf(state, event, atMs)),
  };
}

/** Nothing for what is refused anyway: it is told why, not that it waits. */
function weightOf(state: StockState, event: SnapshotEvent | CompleteEvent, atMs: number): EventWeight {
  const judged = judgeEvent(state, { event }, () => identityOf(event), atMs);
  if (judged.status !== 'accepted') return { zeroes: 0, moved: 0 };
  let [zeroes, moved] = [0, 0];
  for (const position of positionsUnder(state, event)) {
    const change = changeBy(state, event, position, judged.units.units);
    if (change.zeroes) zeroes++;
    moved = Math.max(moved, change.moved);
  }
  return { zeroes, moved };
}

function* positionsUnder(state: StockState, event: SnapshotEvent | CompleteEvent): Generator<number> {
  const { positions, nodes, skus } = state;
  const node = nodes.names.find(event.node);
  if (event.kind === 'snapshot') {
    const position = positions.find(skus.names.find(event.sku), node);
    if (position !== 0) yield position;
    return;
  }
  for (let position = nodes.at(node).first; position !== 0; position = positions.nextOfNode.get(position))
    yield position;
}
