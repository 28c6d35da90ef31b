import { setTimeout as wait } from 'node:timers/promises';
import type { OrderBody } from '../../gateway/protocol/order-bodies.ts';
import type { NodeSplit, StaffStock } from '../../gateway/protocol/stock-bodies.ts';
import { HELD, LEFT, NEVER, piecesOf } from '../orders/asking.ts';
import type { Door } from './door.ts';
import { inLanes } from './lanes.ts';
import type { PlannedLine } from './rush-plan.ts';
import { World } from './rush-world.ts';
import { placeOf, type ShopLog } from './shop-client.ts';
import { type PlannedOrder, SHOP_CHANNEL, type ShopPlan } from './shop-plan.ts';

// When the dust has settled: every order has come to its end or stands in a named queue, each of its units is somewhere, and
// what stock holds for all of them is what they want. Judged from the shop's messages and the staff's acts.

export interface ShopVerdict {
  readonly orders: number;
  /** Of all orders: ordered = left + cancelled + refused + open. */
  readonly units: { ordered: number; left: number; cancelled: number; refused: number; open: number };
  readonly wrong: readonly string[];
  readonly oversold: readonly string[];
}

const READERS = 12;
/** Steps that are under way are over well within this, in ms. */
const SETTLE_MS_MAX = 10_000;
const POLL_MS = 100;

export async function judgeShop(door: Door, plan: ShopPlan, log: ShopLog): Promise<ShopVerdict> {
  const until = performance.now() + SETTLE_MS_MAX;
  for (;;) {
    const verdict = await judgeNow(door, plan, log);
    if (verdict.wrong.length + verdict.oversold.length === 0 || performance.now() >= until) return verdict;
    await wait(POLL_MS);
  }
}

async function judgeNow(door: Door, plan: ShopPlan, log: ShopLog): Promise<ShopVerdict> {
  const units = { ordered: 0, left: 0, cancelled: 0, refused: 0, open: 0 };
  const wrong = [...log.wrong];
  const promised: PlannedLine[] = [];
  await inLanes(plan.orders, READERS, async (planned) => {
    const reply = await door.call('GET', `/v1/orders/${log.ids.get(planned.id)}`);
    if (reply.status !== 200) return void wrong.push(`order ${planned.id}: reading it was answered ${reply.status}`);
    const body = reply.body as OrderBody;
    wrong.push(...judgeOrder(planned, body, log).map((says) => `order ${planned.id} (${body.order.id}): ${says}`));
    for (const { state, sku, units: count, node, group } of piecesOf(body)) {
      units.ordered += count;
      if (LEFT.includes(state)) units.left += count;
      else if (state === 'cancelled' || state === 'refused') units[state] += count;
      else units.open += count;
      if (HELD.includes(state) && node !== undefined) promised.push({ sku, units: count, node });
      if (state === 'unplaced' && group !== undefined) promised.push({ sku, units: count, group });
    }
  });
  const ordered = plan.orders.flatMap(({ lines }) => lines).reduce((sum, line) => sum + line.ordered, 0);
  const { left, cancelled, refused, open } = units;
  if (ordered !== left + cancelled + refused + open) {
    wrong.push(
      `${ordered} units were ordered, ${left} left, ${cancelled} were cancelled, ${refused} refused, ${open} are open`,
    );
  }
  const stocks = await inLanes(plan.skus, READERS, (sku) => read(door, sku));
  for (const stock of stocks) wrong.push(...judgeStock(stock, { plan, log, promised }));
  return { orders: plan.orders.length, units, wrong, oversold: oversold(stocks, plan, promised) };
}

function judgeOrder({ lines }: PlannedOrder, body: OrderBody, log: ShopLog): readonly string[] {
  const { order, status } = body;
  const found: string[] = [];
  for (const { line, sku, ordered, wanted } of lines) {
    const pieces = order.lines.find((one) => one.line === line)?.pieces ?? [];
    const sum = (is: (state: string) => boolean): number =>
      pieces.reduce((total, piece) => total + (is(piece.state) ? piece.units : 0), 0);
    const [all, left, cancelled, refused] = [() => true, isLeft, isState('cancelled'), isState('refused')].map(sum) as [
      number,
      number,
      number,
      number,
    ];
    const open = all - left - cancelled - refused;
    const name = `${line}, ${sku}`;
    if (all !== ordered) found.push(`${name}: ${all} units, the shop has ordered ${ordered}`);
    if (cancelled > ordered - wanted)
      found.push(`${name}: ${cancelled} were cancelled, the shop wants ${wanted} of ${ordered}`);
    if (open > Math.max(0, wanted - left) && order.queue === undefined) {
      found.push(`${name}: ${open} open and ${left} left, the shop wants ${wanted}`);
    }
  }
  for (const sku of new Set(lines.map((line) => line.sku))) {
    const left = piecesOf(body).reduce((sum, one) => sum + (one.sku === sku && isLeft(one.state) ? one.units : 0), 0);
    const sent = sumOf(log.sent, (key) => key.startsWith(`${order.id} ${sku} `));
    if (left !== sent) found.push(`${left} of ${sku} left, the staff sent off ${sent}`);
  }
  const isOver = piecesOf(body).every(({ state }) => LEFT.includes(state) || NEVER.includes(state));
  if (!isOver && order.queue === undefined) found.push(`it is ${status}, has not ended and stands in no queue`);
  return found;
}

const isLeft = (state: string): boolean => LEFT.includes(state);
const isState =
  (name: string) =>
  (state: string): boolean =>
    state === name;

async function read(door: Door, sku: string): Promise<StaffStock> {
  const reply = await door.call('GET', `/v1/stock/${sku}`);
  if (reply.status === 200) return reply.body as StaffStock;
  if (reply.status === 404) return { sku, nodes: [], channels: [] } as unknown as StaffStock;
  throw new Error(`GET /v1/stock/${sku} answered ${reply.status}`);
}

interface Sums {
  readonly plan: ShopPlan;
  readonly log: ShopLog;
  readonly promised: readonly PlannedLine[];
}

/** Every term of a position (rules AV1, FD8), from receipts, acts and orders; only what was not found is the server's word. */
function judgeStock({ sku, nodes, channels }: StaffStock, { plan, log, promised }: Sums): readonly string[] {
  const found: string[] = [];
  const of = (lines: readonly PlannedLine[]): number => lines.reduce((sum, { units }) => sum + units, 0);
  for (const node of plan.nodes) {
    const split: Partial<NodeSplit> = nodes.find((one) => one.node === node) ?? {};
    const received = of(plan.receipts.filter((one) => one.sku === sku && one.node === node));
    const [sent, booked] = [log.sent, log.booked].map((sums) =>
      sumOf(sums, (key) => key.endsWith(` ${sku} ${node}`)),
    ) as [number, number];
    const damaged = log.damaged.get(placeOf(sku, node)) ?? 0;
    const suspect = split.states?.['suspect'] ?? 0;
    const allocated = of(promised.filter((line) => line.sku === sku && line.node === node));
    const should = {
      onHand: received - booked,
      departed: sent - booked,
      allocated,
      reserved: 0,
      unavailable: damaged + suspect,
      available: Math.max(0, received - sent - damaged - suspect - allocated - (split.safety ?? 0)),
    };
    for (const [term, units] of Object.entries(should)) {
      const is = split[term as keyof typeof should] ?? 0;
      if (is !== units) found.push(`${sku} at ${node}: ${term} ${is}, the log says ${units}`);
    }
  }
  const unplaced = channels.find(({ channel }) => channel === SHOP_CHANNEL)?.unplaced ?? 0;
  const waiting = of(promised.filter((line) => line.sku === sku && line.group !== undefined));
  if (unplaced !== waiting) found.push(`${sku}: unplaced ${unplaced}, orders want ${waiting}`);
  return found;
}

const sumOf = (sums: ReadonlyMap<string, number>, isMeant: (key: string) => boolean): number =>
  [...sums].reduce((sum, [key, units]) => sum + (isMeant(key) ? units : 0), 0);

/** All that is promised fits on what is there. What staff found missing or broken was there when it was promised. */
function oversold(
  stocks: readonly StaffStock[],
  { nodes }: ShopPlan,
  promised: readonly PlannedLine[],
): readonly string[] {
  const bounds = new Map(
    stocks.map((stock) => {
      const there = new Map(stock.nodes.map(({ node, onHand, departed }) => [node, onHand - departed]));
      return [stock.sku, { low: there, high: there }] as const;
    }),
  );
  const groups = new Map([['shop-all', nodes]]);
  const world = new World({ groups, channels: new Map([[SHOP_CHANNEL, 'shop-all']]) }, bounds, [], 'high');
  return promised.flatMap((line) => world.firstTooMuch(SHOP_CHANNEL, [line]) ?? []);
}
