import type { StaffStock } from '../../gateway/protocol/stock-bodies.ts';
import { inLanes } from '../verify/lanes.ts';
import type { PlannedLine } from '../verify/rush-plan.ts';
import { World } from '../verify/rush-world.ts';
import { type ClientLog, reservationOf } from './client-log.ts';
import type { Finding } from './findings.ts';
import { CONTESTED_SKUS, GEOGRAPHY, MOVING_SKUS, NODES } from './retailer.ts';
import type { Wire } from './wire.ts';

// The sums of the client's log against the server's numbers: on-hand counts every event once, reserved is what was
// acknowledged and not given back, and all of it fits on what is there.

export interface Difference {
  readonly finding: Finding;
  readonly words: string;
}

const LANES = 8;

export async function compareStock(wire: Wire, log: ClientLog): Promise<readonly Difference[]> {
  const skus = [...MOVING_SKUS, ...CONTESTED_SKUS];
  const stocks = await inLanes(skus, LANES, async (sku) => {
    const reply = await wire.ask('GET', `/v1/stock/${sku}`);
    return reply?.status === 200 ? (reply.body as StaffStock) : undefined;
  });
  const held = log.heldAt(Date.now()).map((entry) => reservationOf(entry).lines);
  const lines = held.flat();
  const differences = stocks.flatMap((stock) => (stock === undefined ? [] : ofSku(stock, log, lines)));
  if (stocks.includes(undefined)) {
    differences.push({ finding: 'unexpected', words: 'a sku was not answered' });
  }
  return [...differences, ...oversold(stocks, held)];
}

function ofSku(stock: StaffStock, log: ClientLog, held: readonly PlannedLine[]): Difference[] {
  const differences: Difference[] = [];
  const wanted = (what: string, is: number, should: number): void => {
    if (is !== should) differences.push({ finding: 'doubleEffects', words: `${what} is ${is}, by the log ${should}` });
  };
  const lines = held.filter((line) => line.sku === stock.sku);
  for (const node of NODES) {
    const split = stock.nodes.find((one) => one.node === node);
    const place = `of ${stock.sku} at ${node}`;
    wanted(`on-hand ${place}`, split?.onHand ?? 0, log.onHand(stock.sku, node));
    wanted(`reserved ${place}`, split?.reserved ?? 0, sum(lines.filter((line) => line.node === node)));
    if ((split?.short ?? 0) > 0) differences.push({ finding: 'oversold', words: `${split?.short} short ${place}` });
  }
  // Every group shares a node with the channel's.
  const unplaced = stock.channels[0]?.unplaced ?? 0;
  wanted(`unplaced of ${stock.sku}`, unplaced, sum(lines.filter((line) => line.group !== undefined)));
  return differences;
}

const sum = (lines: readonly PlannedLine[]): number => lines.reduce((units, line) => units + line.units, 0);

/** Feeds never take a contested unit away: what is held must fit on what is there, whatever the order it came in. */
function oversold(
  stocks: readonly (StaffStock | undefined)[],
  held: readonly (readonly PlannedLine[])[],
): readonly Difference[] {
  const bounds = new Map(
    stocks.flatMap((stock) => {
      if (stock === undefined || !CONTESTED_SKUS.includes(stock.sku)) return [];
      const there = new Map(stock.nodes.map(({ node, onHand }) => [node, onHand]));
      return [[stock.sku, { low: there, high: there }] as const];
    }),
  );
  const world = new World(GEOGRAPHY, bounds, [], 'high');
  return held.flatMap((lines) => {
    const tooMuch = world.firstTooMuch('crash-web', lines);
    return tooMuch === undefined ? [] : [{ finding: 'oversold' as const, words: tooMuch }];
  });
}
