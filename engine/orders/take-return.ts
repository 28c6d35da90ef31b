import type { NodeId } from '../contract/ids.ts';
import type { OrderReturn, Piece } from '../contract/order.ts';
import type { OrderFact, PieceChange } from '../contract/order-fact.ts';
import { askSteps, stockShardOf, type Ask } from './ask-step.ts';
import { evolveFile, type FileFact, type OrderFile } from './order-file.ts';
import { become, takePieces } from './pieces.ts';
import type { World } from './world.ts';

// What has left comes back (rule OR11): received at any node, graded, good units on the shelf there, damaged ones out of sale.

type Named = readonly { readonly line: string; readonly units: number }[];
type Grades = NonNullable<OrderReturn['grades']>;

interface Came {
  readonly id: string;
  readonly node: NodeId;
  readonly by: string;
  readonly reason?: string;
}

/** Received without having been announced: a channel's refund says that units came back. */
export function takeReturn(
  file: OrderFile,
  { lines, ...came }: Came & { readonly lines: Named },
  world: World,
): { readonly file: OrderFile; readonly facts: readonly OrderFact[] } {
  const known = joinLines(lines).flatMap(({ line, units }) => {
    const own = Math.min(units, returnable(file, line));
    return own > 0 ? [{ line, units: own }] : [];
  });
  if (known.length === 0) return { file, facts: [] };
  const about = { at: world.at, order: file.order.id, by: came.by };
  const requested: FileFact = { fact: 'ReturnRequested', ...about, id: came.id, lines: known };
  const begun = evolveFile(file, requested);
  const received = receiveReturn(
    begun,
    came,
    known.map((each) => ({ ...each, grade: 'good' })),
    world,
  );
  const after = received.reduce((now: OrderFile, fact) => evolveFile(now, fact as FileFact), begun);
  return { file: after, facts: [requested, ...received] };
}

/** A channel may name a line twice. */
function joinLines(lines: Named): Named {
  return [...Map.groupBy(lines, ({ line }) => line)].map(([line, same]) => {
    return { line, units: same.reduce((sum, { units }) => sum + units, 0) };
  });
}

const CAN_RETURN = ({ state }: Piece): boolean => state === 'shipped' || state === 'delivered' || state === 'collected';

/** Units of a line that have left and that no open return is about. */
export function returnable({ order }: OrderFile, name: string, but?: string): number {
  const left = order.lines.find(({ line }) => line === name)?.pieces.filter(CAN_RETURN) ?? [];
  const open = order.returns.filter(({ state, id }) => state === 'requested' && id !== but);
  const announced = open.flatMap(({ lines }) => lines).filter(({ line }) => line === name);
  const sum = (each: readonly { readonly units: number }[]): number =>
    each.reduce((units, one) => units + one.units, 0);
  return sum(left) - sum(announced);
}

export function receiveReturn(
  file: OrderFile,
  { id, node, by, reason }: Came,
  grades: Grades,
  world: World,
): OrderFact[] {
  const { order } = file;
  const about = { at: world.at, order: order.id, by, ...(reason !== undefined && { reason }) };
  const pieces = returnedPieces(file, grades, node);
  const received: FileFact = { fact: 'ReturnReceived', ...about, id, node, grades };
  const changed: FileFact = { fact: 'PiecesChanged', ...about, what: 'returned', pieces };
  const asks = grades.flatMap((grade) => backAsks(file, { id, node }, grade, world));
  return [received, changed, ...askSteps(file, asks, world)];
}

function returnedPieces({ order }: OrderFile, grades: Grades, node: NodeId): PieceChange[] {
  const units = new Map<string, number>();
  for (const grade of grades) units.set(grade.line, (units.get(grade.line) ?? 0) + grade.units);
  return order.lines.flatMap((line) =>
    takePieces(line, units.get(line.line) ?? 0, CAN_RETURN, (piece) => become('returned', piece, { node })),
  );
}

function backAsks(
  { order }: OrderFile,
  { id, node }: Pick<Came, 'id' | 'node'>,
  { line, units, grade }: Grades[number],
  world: World,
): Ask[] {
  const sku = order.lines.find((each) => each.line === line)?.sku;
  if (sku === undefined || units === 0) return [];
  const shard = stockShardOf(world, sku);
  const back = { do: 'take-back', channel: order.channel, sku, node, units, movementRef: id } as const;
  const unfit = { do: 'declare-short', as: 'damaged', sku, node, units } as const;
  return [
    { shard, what: back, why: 'returned' },
    ...(grade === 'damaged' ? [{ shard, what: unfit, why: 'returned' }] : []),
  ];
}
