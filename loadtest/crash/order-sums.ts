import type { OrderBody } from '../../gateway/protocol/order-bodies.ts';
import { HELD, LEFT, NEVER, type PieceInfo, piecesOf, readOrder } from '../orders/asking.ts';
import { inLanes } from '../verify/lanes.ts';
import type { PlannedLine } from '../verify/rush-plan.ts';
import { answered } from './asking.ts';
import type { Finding } from './findings.ts';
import type { OrderEntry, OrderLog } from './order-log.ts';
import type { Wire } from './wire.ts';

// Every open order as the server has it against what its client knows: units are conserved, what left is what the staff sent
// off, and what it still wants is what stock must hold for it.

export interface OrderSums {
  readonly differences: readonly { readonly finding: Finding; readonly words: string }[];
  /** Units that stock must hold for orders, at nodes and of no certain node. */
  readonly promised: readonly PlannedLine[];
  /** Units of it that the warehouse has booked as gone before anybody else said so. */
  readonly ahead: readonly { readonly sku: string; readonly node: string; readonly units: number }[];
  /** Nothing of these is promised any more. */
  readonly over: readonly OrderEntry[];
}

const LANES = 8;

export async function readOrders(wire: Wire, log: OrderLog): Promise<OrderSums> {
  const sums = {
    differences: [] as { finding: Finding; words: string }[],
    promised: [] as PlannedLine[],
    ahead: [] as { sku: string; node: string; units: number }[],
    over: [] as OrderEntry[],
  };
  await inLanes([...log.open], LANES, async (entry) => {
    if (entry.id === undefined) return;
    const { id } = entry;
    const order = await answered(() => readOrder(wire, id));
    const add = (finding: Finding, words: string): void =>
      void sums.differences.push({ finding, words: `${entry.channelOrderId} (${id}): ${words}` });
    if (typeof order === 'string') return add('ackedLost', `reading it was answered ${order}`);
    judge(order, entry, log, add);
    const pieces = piecesOf(order);
    for (const { sku, units, state, node, group } of pieces) {
      if (HELD.includes(state) && node !== undefined) sums.promised.push({ sku, units, node });
      if (state === 'unplaced' && group !== undefined) sums.promised.push({ sku, units, group });
    }
    for (const { sku, node, shipped, booked } of log.leavings(id)) {
      if (booked > shipped) sums.ahead.push({ sku, node, units: booked - shipped });
    }
    if (pieces.every(({ state }) => LEFT.includes(state) || NEVER.includes(state))) sums.over.push(entry);
  });
  return sums;
}

function judge(
  body: OrderBody,
  entry: OrderEntry,
  log: OrderLog,
  add: (finding: Finding, words: string) => void,
): void {
  const { order, status } = body;
  const pieces = piecesOf(body);
  const unitsOf = (sku: string, states?: readonly string[]): number =>
    sum(pieces.filter((piece) => piece.sku === sku && (states?.includes(piece.state) ?? true)));
  const skus = new Set([...entry.units.keys(), ...order.lines.map(({ sku }) => sku)]);
  for (const sku of skus) {
    const [is, should] = [unitsOf(sku), entry.units.get(sku) ?? 0];
    if (is !== should) add('doubleEffects', `${is} of ${sku}, ordered were ${should}`);
    const [left, sent] = [unitsOf(sku, LEFT), sum(sentOf(log, order.id, sku))];
    if (left !== sent) add(left < sent ? 'ackedLost' : 'doubleEffects', `${left} of ${sku} left, staff sent ${sent}`);
  }
  if (pieces.some(({ state }) => state === 'asked')) add('leftHeld', 'stock was asked and has not answered');
  if (order.holds.some(({ kind }) => kind === 'manual') !== entry.held) {
    add('ackedLost', `by hand it was ${entry.held ? '' : 'not '}held`);
  }
  if (entry.cancelled === 'done' && pieces.some((piece) => isWanted(order, piece))) {
    add('ackedLost', `it was cancelled, and is ${status}`);
  }
}

/** What a node has packed is not taken back: it leaves, or a person sees to it. */
function isWanted({ works }: OrderBody['order'], { state, work }: PieceInfo): boolean {
  const packed = works.some((one) => one.work === work && one.state === 'packed');
  return !packed && !LEFT.includes(state) && !NEVER.includes(state);
}

const sentOf = (log: OrderLog, order: string, sku: string) =>
  log.leavings(order).flatMap((one) => (one.sku === sku ? [{ units: one.shipped }] : []));

const sum = (list: readonly { readonly units: number }[]): number =>
  list.reduce((total, { units }) => total + units, 0);
