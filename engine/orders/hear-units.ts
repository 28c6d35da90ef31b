import type { Piece } from '../contract/order.ts';
import type { OrderFact, PieceChange } from '../contract/order-fact.ts';
import type { StockToOrder } from '../contract/stock-port.ts';
import { askSteps } from './ask-step.ts';
import { evolveFile, type OrderFile } from './order-file.ts';
import { become, takePieces } from './pieces.ts';
import type { World } from './world.ts';

type Came = Extract<StockToOrder, { do: 'units-came' }>;

/** Backordered units have come (rule OR9): they are promised, and look for a node. What is no longer wanted goes back. */
export function hearUnits(file: OrderFile, { shard, sku, serving, units }: Came, world: World): OrderFact[] {
  if (serving <= (file.served[`${shard} ${sku}`] ?? 0)) return [];
  const { id, group } = file.order;
  const pieces = waitingFirst(file, sku, units);
  const came = {
    fact: 'PiecesChanged',
    at: world.at,
    order: id,
    what: 'came',
    pieces,
    served: { shard, sku, serving },
  } as const;
  const surplus = units - pieces.reduce((sum, piece) => sum + piece.units, 0);
  if (surplus === 0) return [came];
  const what = { do: 'reduce-allocated', lines: [{ sku, units: surplus, group }] } as const;
  return [came, ...askSteps(evolveFile(file, came), [{ shard, what, why: 'no-longer-wanted' }], world)];
}

/** Those that wait, then those whose waiting stock was asked for and has not told us of yet: it may serve them before. */
function waitingFirst({ order, steps }: OrderFile, sku: Came['sku'], units: number): PieceChange[] {
  const awaited = steps.filter(({ what }) => what.do === 'await-units' && what.sku === sku).flatMap(({ of }) => of);
  let open = units;
  const take = (state: Piece['state'], most: (line: string) => number): PieceChange[] =>
    order.lines
      .filter((line) => line.sku === sku && line.kit !== true)
      .flatMap((line) => {
        const changes = takePieces(
          line,
          Math.min(open, most(line.line)),
          (piece) => piece.state === state,
          ({ failed }) =>
            become('unplaced', { units: 0, state, ...(failed !== undefined && { failed }) }, { group: order.group }),
        );
        open -= changes.reduce((sum, change) => sum + change.units, 0);
        return changes;
      });
  const waiting = take('backordered', () => Infinity);
  const early = take('asked', (line) => awaited.reduce((sum, each) => sum + (each.line === line ? each.units : 0), 0));
  return [...waiting, ...early];
}
