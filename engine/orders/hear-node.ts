import type { NodePortReply } from '../contract/node-port.ts';
import { workOrderId, type NodeId, type WorkOrderId } from '../contract/ids.ts';
import type { Order, OrderLine, Piece, PieceState } from '../contract/order.ts';
import type { OrderFact, PieceChange } from '../contract/order-fact.ts';
import type { LineUnits } from '../contract/stock-port.ts';
import type { WorkEvent, WorkLine, WorkOrder, WorkState } from '../contract/work-order.ts';
import { askSteps, stockShardOf, type Ask } from './ask-step.ts';
import type { OrderFile } from './order-file.ts';
import { become, failedAt, takePieces, unitsIn } from './pieces.ts';
import type { World } from './world.ts';

// What a node says of a work order (rule OR8). Pieces follow from the work order as it is, not from the single event, so that
// one that came late or twice changes nothing more.

type Reply<Name extends NodePortReply['do']> = Extract<NodePortReply, { do: Name }>;

export function hearOffer(file: OrderFile, { work, outcome }: Reply<'offer-answered'>, world: World): OrderFact[] {
  const known = file.order.works.find((each) => each.work === work);
  if (known?.state !== 'offered') return [];
  if (outcome.status === 'queued') return hearWork(file, 'queued', outcome.work, world);
  const { node, from } = known;
  const lines = from === undefined ? file.order.lines : [];
  // What is on its way there has nowhere else to go: a person must look.
  const pieces = lines.flatMap((line) =>
    takePieces(
      line,
      Infinity,
      (piece) => piece.work === work,
      (piece) => failing(piece, node, outcome.code),
    ),
  );
  return [{ fact: 'WorkHeard', at: world.at, order: file.order.id, work, op: 'refused', reason: outcome.code, pieces }];
}

export function hearPullBack(
  file: OrderFile,
  { work, ask, outcome }: Reply<'pull-back-answered'>,
  world: World,
): OrderFact[] {
  const pull = file.pulls.find((each) => each.work === work && each.ask === ask);
  if (pull?.state !== 'asked') return [];
  if (outcome.status === 'pulled-back') return hearWork(file, 'pull-back', outcome.work, world);
  const about = { at: world.at, order: file.order.id, work, reason: outcome.code };
  return [{ fact: 'WorkHeard', op: 'pull-back', pieces: [], ...about }];
}

export function hearWork(file: OrderFile, op: WorkEvent | 'queued', now: WorkOrder, world: World): OrderFact[] {
  const known = file.order.works.find(({ work }) => work === now.id);
  const isOpenPull = op === 'pull-back' && file.pulls.some(({ work, state }) => work === now.id && state === 'asked');
  if (known === undefined || (now.version <= known.version && !isOpenPull)) return [];
  const onward = onwardOf(file, now);
  const moved = now.lines.map((line) => moveLine(file, line, { op, now, onward }));
  const pieces = moved.flatMap((each) => each.pieces);
  const about = { at: world.at, order: file.order.id };
  const heard: OrderFact = { fact: 'WorkHeard', ...about, work: now.id, op, ...saying(now), now, pieces };
  const asks = askSteps(file, stockAsks(file, { moved, now, onward }, world), world);
  const comes = onward !== undefined && moved.some(({ left }) => left > 0);
  const offered = comes ? [{ fact: 'WorkOffered', ...about, ...onward, from: now.node, pieces: [] } as const] : [];
  return [heard, ...offered, ...asks];
}

/** The work order of the node where it is handed over, when that is another one. */
interface Onward {
  readonly node: NodeId;
  readonly work: WorkOrderId;
}

function onwardOf({ order }: OrderFile, { node, state }: WorkOrder): Onward | undefined {
  const { method, pickupNode, works, id } = order;
  const isElsewhere = method === 'ship-to-store' && pickupNode !== undefined && pickupNode !== node;
  const hasLeft = state === 'shipped' || state === 'delivered';
  return isElsewhere && hasLeft ? { node: pickupNode, work: workOrderId(id, works.length + 1) } : undefined;
}

function saying({ by, reason }: WorkOrder): { by?: string; reason?: string } {
  return { ...(by !== undefined && { by }), ...(reason !== undefined && { reason }) };
}

interface Moved {
  readonly line: WorkLine;
  readonly pieces: readonly PieceChange[];
  /** Units that could not be supplied, and that left, with this. */
  readonly short: number;
  readonly left: number;
  /** Units that were on their way here and have come. */
  readonly came: number;
}

interface Said {
  readonly op: WorkEvent | 'queued';
  readonly now: WorkOrder;
  readonly onward: Onward | undefined;
}

function moveLine(file: OrderFile, line: WorkLine, { op, now, onward }: Said): Moved {
  const own = file.order.lines.find((each) => each.line === line.orderLine) as OrderLine;
  const isOfWork = ({ work }: Piece): boolean => work === now.id;
  const kept = unitsIn(own.pieces, isOfWork);
  const supplied = isLost(now.state) ? 0 : (line.picked ?? line.units);
  const short = Math.max(0, kept - supplied);
  const why = line.short ?? now.reason ?? op;
  const lost = takePieces(own, short, isOfWork, (piece) => lostPiece(file, piece, op, now, why));
  const gone = new Map(lost.map(({ from, units }) => [from, units]));
  const state = onward === undefined ? STATE_OF[now.state] : 'in-transit';
  const at = onward ?? { node: now.node, work: now.id };
  const rest = own.pieces.flatMap((piece, from): PieceChange[] => {
    const units = piece.units - (gone.get(from) ?? 0);
    const changes = isOfWork(piece) && units > 0 && state !== undefined && piece.state !== state;
    return changes ? [{ line: own.line, from, units, to: become(state, piece, at) }] : [];
  });
  const sumOf = (which: (piece: Piece) => boolean): number =>
    rest.reduce((sum, { from, units }) => sum + (which(own.pieces[from] as Piece) ? units : 0), 0);
  const left = sumOf(isHere);
  return {
    line,
    pieces: [...lost, ...rest],
    short,
    left: state !== undefined && state !== 'ready' ? left : 0,
    came: state === 'ready' ? sumOf(isComing) : 0,
  };
}

const isComing = ({ state }: Piece): boolean => state === 'in-transit';
const isHere = ({ state }: Piece): boolean => state === 'released' || state === 'ready';
const isLost = (state: WorkState): boolean => state === 'rejected' || state === 'pulled-back';

/** What pieces are while their work order is so; undefined: as they were, on their way through the node. */
const STATE_OF: Record<WorkState, PieceState | undefined> = {
  queued: undefined,
  accepted: undefined,
  picking: undefined,
  picked: undefined,
  packed: undefined,
  'ready-for-pickup': 'ready',
  shipped: 'shipped',
  delivered: 'delivered',
  collected: 'collected',
  rejected: undefined,
  'pulled-back': undefined,
};

/** Back to the order: the node has failed these units, unless it was the customer or the order itself that did not want them. */
function lostPiece(
  file: OrderFile,
  piece: Piece,
  op: WorkEvent | 'queued',
  { node, id }: WorkOrder,
  why: string,
): PieceChange['to'] {
  const pull = file.pulls.findLast(({ work }) => work === id);
  const isUnwanted = op === 'pickup-timeout' || (op === 'pull-back' && pull?.aim === 'cancel');
  return isUnwanted
    ? become('allocated', piece, { node })
    : failing(piece, node, op === 'accept-timeout' ? 'not-accepted' : why);
}

function failing(piece: Piece, node: WorkOrder['node'], why: string): PieceChange['to'] {
  return { ...become('allocated', piece, { node }), ...failedAt(piece, node, why) };
}

interface AllMoved {
  readonly moved: readonly Moved[];
  readonly now: WorkOrder;
  readonly onward: Onward | undefined;
}

function stockAsks({ order }: OrderFile, { moved, now, onward }: AllMoved, world: World): Ask[] {
  const gone = onward === undefined ? shipAsks(moved, now, world) : sendAsks(order, { moved, now, onward }, world);
  const came = moved.filter((each) => each.came > 0).map((each) => cameAsk(order, each, now, world));
  return [...gone, ...came, ...moved.flatMap((each) => shortAsk(each, now, world))];
}

function shipAsks(moved: readonly Moved[], { node, state, at }: WorkOrder, world: World): Ask[] {
  const left = moved.filter((each) => each.left > 0);
  const byShard = Map.groupBy(left, ({ line }) => stockShardOf(world, line.sku));
  const as = state === 'collected' ? 'collected' : 'shipped';
  return [...byShard].map(([shard, ofShard]) => {
    const lines = joinSkus(ofShard.map(({ line, left: units }) => ({ sku: line.sku, units, node })));
    return { shard, what: { do: 'ship-allocated', as, lines, happenedAt: at }, why: as };
  });
}

/** How long it takes to the node that hands it over when no day was promised, in ms: only what others see of it. */
const TRANSIT_MS = 2 * 86_400_000;

/** They stay the order's, at the node they go to. */
function sendAsks(
  { id, channel }: Order,
  { moved, now, onward }: AllMoved & { readonly onward: Onward },
  world: World,
): Ask[] {
  const left = moved.filter((each) => each.left > 0);
  const lines = joinSkus(left.map(({ line, left: units }) => ({ sku: line.sku, units, node: now.node })));
  const about = { do: 'transfer', of: 'allocated', keep: true, channel, from: now.node, to: onward.node } as const;
  const when = { dueAt: Math.max(now.dueAt ?? 0, now.at + TRANSIT_MS), happenedAt: now.at, movementRef: id };
  return lines.map(({ sku, units }) => {
    return { shard: stockShardOf(world, sku), what: { ...about, ...when, sku, units }, why: 'shipped' };
  });
}

function cameAsk({ id, channel }: Order, { line: { sku }, came: units }: Moved, now: WorkOrder, world: World): Ask {
  const about = { do: 'take-back', channel, movementRef: id, happenedAt: now.at } as const;
  return { shard: stockShardOf(world, sku), what: { ...about, sku, node: now.node, units }, why: 'received' };
}

function joinSkus(lines: readonly (LineUnits & { readonly node: WorkOrder['node'] })[]): LineUnits[] {
  return [...Map.groupBy(lines, ({ sku }) => sku).values()].map((same) => {
    return { ...(same[0] as (typeof lines)[number]), units: same.reduce((sum, { units }) => sum + units, 0) };
  });
}

/** A reason may say something of stock, too (rule OR8). */
function shortAsk({ line, short }: Moved, { node, reason, state }: WorkOrder, world: World): Ask[] {
  const as = line.short ?? (state === 'rejected' ? reason : undefined);
  if (short === 0 || (as !== 'not-found' && as !== 'damaged')) return [];
  const what = { do: 'declare-short', as, sku: line.sku, node, units: short } as const;
  return [{ shard: stockShardOf(world, line.sku), what, why: as }];
}
