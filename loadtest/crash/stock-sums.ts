import type { StaffStock } from '../../gateway/protocol/stock-bodies.ts';
import { inLanes } from '../verify/lanes.ts';
import type { PlannedLine } from '../verify/rush-plan.ts';
import { World } from '../verify/rush-world.ts';
import { type ClientLog, reservationOf } from './client-log.ts';
import type { Finding } from './findings.ts';
import { type OrderSums, readOrders } from './order-sums.ts';
import { GEOGRAPHY, MOVING_SKUS, NODES, SKUS } from './retailer.ts';
import type { Wire } from './wire.ts';

// The sums of the client's log against the server's numbers: on-hand counts every event once, reserved is what was
// acknowledged and not given back, allocated what open orders want, departed what left, and all of it fits on what is there.

export interface Difference {
  readonly finding: Finding;
  readonly words: string;
}

const LANES = 8;

export async function compareStock(wire: Wire, log: ClientLog): Promise<readonly Difference[]> {
  const orders = await readOrders(wire, log.orders);
  const stocks = await inLanes(SKUS, LANES, async (sku) => {
    const reply = await wire.ask('GET', `/v1/stock/${sku}`);
    return reply?.status === 200 ? (reply.body as StaffStock) : undefined;
  });
  const held = log.heldAt(Date.now()).map((entry) => reservationOf(entry).lines);
  const sums = { held: held.flat(), orders };
  const differences = stocks.flatMap((stock) => (stock === undefined ? [] : ofSku(stock, log, sums)));
  if (stocks.includes(undefined)) {
    differences.push({ finding: 'unexpected', words: 'a sku was not answered' });
  }
  const found = [...orders.differences, ...differences, ...oversold(stocks, held, orders)];
  if (found.length === 0) for (const entry of orders.over) log.orders.over(entry);
  return found;
}

interface Sums {
  readonly held: readonly PlannedLine[];
  readonly orders: OrderSums;
}

function ofSku(stock: StaffStock, log: ClientLog, { held, orders }: Sums): Difference[] {
  const differences: Difference[] = [];
  const wanted = (what: string, is: number, should: number, more: Finding = 'doubleEffects'): void => {
    if (is !== should) {
      differences.push({
        finding: is > should ? more : 'doubleEffects',
        words: `${what} is ${is}, by the log ${should}`,
      });
    }
  };
  const lines = held.filter((line) => line.sku === stock.sku);
  const promised = orders.promised.filter((line) => line.sku === stock.sku);
  for (const node of NODES) {
    const split = stock.nodes.find((one) => one.node === node);
    const place = `of ${stock.sku} at ${node}`;
    wanted(`on-hand ${place}`, split?.onHand ?? 0, log.onHand(stock.sku, node));
    wanted(`reserved ${place}`, split?.reserved ?? 0, sum(lines.filter((line) => line.node === node)));
    const ahead = sum(orders.ahead.filter((one) => one.sku === stock.sku && one.node === node));
    const allocated = sum(promised.filter((line) => line.node === node)) - ahead;
    wanted(`allocated ${place}`, split?.allocated ?? 0, allocated, 'leftHeld');
    wanted(`departed ${place}`, split?.departed ?? 0, log.orders.departed(stock.sku, node) + ahead);
    // What staff found missing or broken may have been promised: it is short until it moves away, which what is collected cannot.
    const short = (split?.short ?? 0) - (split?.unavailable ?? 0);
    if (short > 0) differences.push({ finding: 'oversold', words: `${short} short ${place}` });
  }
  // Every group shares a node with the channel's.
  const unplaced = stock.channels[0]?.unplaced ?? 0;
  const demands = [...lines, ...promised].filter((line) => line.group !== undefined);
  wanted(`unplaced of ${stock.sku}`, unplaced, sum(demands), demands.length === 0 ? 'leftHeld' : 'doubleEffects');
  return differences;
}

const sum = (lines: readonly { readonly units: number }[]): number =>
  lines.reduce((units, line) => units + line.units, 0);

/**
 * Feeds never take a contested unit away, nor an ordered one that had not left: what is held must fit on what is there,
 * whatever the order it came in. Units that staff found missing or broken were there when they were promised.
 */
function oversold(
  stocks: readonly (StaffStock | undefined)[],
  held: readonly (readonly PlannedLine[])[],
  { promised, ahead }: OrderSums,
): readonly Difference[] {
  const bounds = new Map(
    stocks.flatMap((stock) => {
      if (stock === undefined || MOVING_SKUS.includes(stock.sku)) return [];
      const booked = (node: string): number => sum(ahead.filter((one) => one.sku === stock.sku && one.node === node));
      const there = new Map(stock.nodes.map(({ node, onHand, departed }) => [node, onHand - departed + booked(node)]));
      return [[stock.sku, { low: there, high: there }] as const];
    }),
  );
  const world = new World(GEOGRAPHY, bounds, [], 'high');
  return [...held, promised].flatMap((lines) => {
    const tooMuch = world.firstTooMuch('crash-web', lines);
    return tooMuch === undefined ? [] : [{ finding: 'oversold' as const, words: tooMuch }];
  });
}
