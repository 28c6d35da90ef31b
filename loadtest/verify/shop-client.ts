import { setTimeout as wait } from 'node:timers/promises';
import { nextAct } from '../../ingest/samples/staff.ts';
import { actAtNode, type Asker, collectCode, leftOf, say, type WorkInfo, worksOf } from '../orders/asking.ts';
import { seeded } from '../random.ts';
import { codeOf } from './rush-client.ts';
import type { Door } from './door.ts';
import { inLanes } from './lanes.ts';
import { SHOP_WMS, type PlannedOrder, type Receipt, type ShopPlan } from './shop-plan.ts';

// The shop sends its orders, staff work them off at every node, and the warehouse books some of what left. All of it is
// written down: what left is known from the staff's own acts.

export interface ShopLog {
  /** The shop's id of an order → ours. */
  readonly ids: Map<string, string>;
  /** Order of ours, sku and node → units that the staff sent off; and that the warehouse has booked. */
  readonly sent: Map<string, number>;
  readonly booked: Map<string, number>;
  /** Units of a sku and node that staff said are not fit to sell. */
  readonly damaged: Map<string, number>;
  acts: number;
  readonly wrong: string[];
}

const SHOP_LANES = 4;
const TEMPER = { rejects: 0.1, shorts: 0.12 };
/** Share of what left that the warehouse books, under the order's id. */
const BOOKED = 0.5;
/** Looks in a row that find nothing to do before the staff go home, and between two, in ms. */
const IDLE_LOOKS = 3;
const LOOK_MS = 60;

export async function runShop(door: Door, plan: ShopPlan): Promise<ShopLog> {
  const log: ShopLog = { ids: new Map(), sent: new Map(), booked: new Map(), damaged: new Map(), acts: 0, wrong: [] };
  const asker: Asker = { ask: (method, path, options) => door.call(method, path, options) };
  await send(
    door,
    plan.receipts.map((receipt, i) => ({ id: `receipt-${i}`, reason: 'receipt', ...receipt })),
  );
  let over = false;
  const tokens = new Map<string, string>();
  const selling = inLanes(plan.orders, SHOP_LANES, (order) => sell(asker, order, { log, tokens })).finally(
    () => (over = true),
  );
  // Awaited below; until then a rejection is not unhandled.
  selling.catch(() => undefined);
  await Promise.all(
    plan.nodes.map((node, i) => new Staff({ door, asker, log, tokens, node, seed: plan.seed + i }).work(() => over)),
  );
  await selling;
  return log;
}

interface Selling {
  readonly log: ShopLog;
  readonly tokens: Map<string, string>;
}

async function sell(asker: Asker, { id, messages }: PlannedOrder, { log, tokens }: Selling): Promise<void> {
  for (const message of messages) {
    const said = await say(asker, message);
    if (said === undefined || said.is === 'strange') {
      log.wrong.push(`order ${id}: ${said === undefined ? 'not answered' : said.says}`);
      continue;
    }
    const known = log.ids.get(id) ?? said.id;
    if (known !== said.id) log.wrong.push(`order ${id}: was ${known}, is ${said.id}`);
    log.ids.set(id, known);
    if (said.is === 'taken') tokens.set(known, said.token);
  }
}

interface Movement extends Receipt {
  readonly id: string;
  readonly reason: 'receipt' | 'shipment';
  readonly movementRef?: string;
}

async function send(door: Door, movements: readonly Movement[]): Promise<void> {
  const rows = movements.map(({ units, ...row }) => ({ kind: 'delta', at: Date.now(), quantity: units, ...row }));
  const reply = await door.call('POST', `/v1/feeds/${SHOP_WMS}`, {
    body: rows.map((row) => JSON.stringify(row)).join('\n') + '\n',
    headers: { 'content-type': 'application/x-ndjson' },
  });
  if (reply.status !== 200) throw new Error(`the warehouse of the shop was answered ${reply.status} ${codeOf(reply)}`);
}

interface StaffTools extends Selling {
  readonly door: Door;
  readonly asker: Asker;
  readonly node: string;
  readonly seed: number;
}

/** The people of one node, one act at a time. */
class Staff {
  readonly #tools: StaffTools;
  readonly #draw: () => number;
  #keys = 0;

  constructor(tools: StaffTools) {
    this.#tools = tools;
    const chance = seeded(tools.seed ^ 0x57aff);
    this.#draw = () => chance.next();
  }

  /** Until nobody orders any more and nothing is left to do. */
  async work(isOver: () => boolean): Promise<void> {
    const { asker, node } = this.#tools;
    for (let idle = 0; idle < IDLE_LOOKS;) {
      const wasOver = isOver();
      const works = (await worksOf(asker, node)) ?? [];
      let did = 0;
      for (const one of works) did += Number(await this.#act(one));
      idle = did === 0 && wasOver ? idle + 1 : 0;
      if (did === 0) await wait(LOOK_MS);
    }
  }

  /** False: it is not their turn. */
  async #act(one: WorkInfo): Promise<boolean> {
    const { asker, log, node, tokens } = this.#tools;
    const token = tokens.get(one.order);
    const code =
      one.state === 'ready-for-pickup' && token !== undefined
        ? await collectCode(asker, { id: one.order, token })
        : undefined;
    const act = nextAct(one, { temper: TEMPER, draw: this.#draw, ...(code !== undefined && { code }) });
    if (act === undefined) return false;
    const key = `${node}-${this.#keys++}`;
    const said = await actAtNode(asker, { node, work: one.id, key, body: JSON.stringify(act) });
    if (said?.work === undefined) {
      // Cancelled under their hands.
      if (said?.code !== 'already-ended') log.wrong.push(`${one.id}: ${act.act} was answered ${said?.code}`);
      return true;
    }
    log.acts += 1;
    for (const { sku, units, picked = units, short } of said.work.lines) {
      if (act.act === 'pick' && short === 'damaged') add(log.damaged, placeOf(sku, node), units - picked);
    }
    if (act.act === 'ship' || act.act === 'collect') await this.#leave(said.work);
    return true;
  }

  async #leave(work: WorkInfo): Promise<void> {
    const { door, log } = this.#tools;
    const lines = leftOf(work);
    for (const { sku, node, units } of lines) add(log.sent, ofOrder(work.order, sku, node), units);
    if (this.#draw() >= BOOKED) return;
    for (const { sku, node, units } of lines) add(log.booked, ofOrder(work.order, sku, node), units);
    await send(
      door,
      lines.map(({ sku, node, units }, i) => {
        return { id: `${work.id}-${i}`, sku, node, units: -units, reason: 'shipment', movementRef: work.order };
      }),
    );
  }
}

const add = (sums: Map<string, number>, key: string, units: number): void =>
  void sums.set(key, (sums.get(key) ?? 0) + units);

export const placeOf = (sku: string, node: string): string => `${sku} ${node}`;
const ofOrder = (order: string, sku: string, node: string): string => `${order} ${sku} ${node}`;
