import { seeded } from '../random.ts';
import { DAY, HOT_FULL, HOT_SMALL, HOT_START, HOUR, type HotRow, type HotSize, hotNode, rushSku } from './hot-rows.ts';
import { hotSafety } from './hot-reference.ts';
import { hotSet, rushOpenings } from './hot-set.ts';
import { hotMessages, jsonMessage, type Message } from './message.ts';
import type { Order } from './orders.ts';
import type { PassPlan } from './pass.ts';
import type { StockBounds } from './rush-world.ts';
import { HOT_CHANNELS, hotGroups, RUSH_FULL, RUSH_SMALL, type RushPlan, rushPlan } from './rush-plan.ts';
import { SHOP_FULL, SHOP_SMALL, type ShopPlan, shopPlan, type ShopSize } from './shop-plan.ts';
import { shuffled } from './shuffle.ts';

// From a seed to what each pass sends.

export const PASSES = ['plain', 'shuffled', 'crash'] as const;
export type PassName = (typeof PASSES)[number];

export interface Material {
  readonly size: HotSize;
  readonly rush: RushPlan;
  /** Every row of the hot set, the shoppers' stock included: the oracle's file. */
  readonly rows: readonly HotRow[];
  readonly openings: readonly Message[];
  readonly hot: readonly Message[];
  readonly rushFeed: readonly Message[];
  readonly shopSize: ShopSize;
  readonly shop: ShopPlan;
}

export function material(small: boolean, seed: number): Material {
  const size = small ? HOT_SMALL : HOT_FULL;
  const shopSize = small ? SHOP_SMALL : SHOP_FULL;
  const arrivals = hotSet(size, seed);
  const openings = rushOpenings(size, seed);
  const rush = rushPlan(size, small ? RUSH_SMALL : RUSH_FULL, seed);
  const openAt = HOT_START + size.days * DAY + HOUR;
  return {
    size,
    rush,
    rows: [...arrivals.map((arrival) => arrival.row), ...openings, ...rush.feed],
    openings: [jsonMessage('hot-wms', openings, openAt)],
    hot: hotMessages(arrivals),
    rushFeed: rush.feed.map((row) => jsonMessage(row.source, [row], row.at)),
    shopSize,
    shop: shopPlan(shopSize, seed, Date.now()),
  };
}

export function passPlan(
  name: PassName,
  made: Material,
  stream: { readonly messages: readonly Message[]; readonly orders: readonly Order[] },
  options: { readonly referenceDir: string; readonly seed: number; readonly root?: string },
): PassPlan {
  const { size, rush } = made;
  const doubled = (list: readonly Message[]): readonly Message[] =>
    name === 'shuffled' ? shuffled(list, options.seed) : list;
  const groups = Object.entries(hotGroups(size.nodes)).map(([id, nodes]) => [id, nodes.map(hotNode)] as const);
  return {
    name,
    referenceDir: options.referenceDir,
    openings: doubled(made.openings),
    messages: doubled(stream.messages),
    orders: stream.orders,
    rush:
      name === 'shuffled'
        ? { ...rush, waves: rush.waves.map((wave) => wave.map((one) => ({ ...one, twice: true }))) }
        : rush,
    rushFeed: doubled(made.rushFeed),
    shop: name === 'shuffled' ? outOfOrder(made.shop, options.seed) : made.shop,
    auditing: {
      during: boundsOf(made, 'during'),
      afterwards: boundsOf(made, 'afterwards'),
      groups: new Map(groups),
      channels: new Map(Object.entries(HOT_CHANNELS)),
      sagaSlackMs: name === 'crash' ? SAGA_SLACK_CRASH_MS : SAGA_SLACK_MS,
    },
    steady: new Set(
      Array.from({ length: size.rushSkus }, (_, i) => i)
        .filter((i) => i % 2 === 0)
        .map(rushSku),
    ),
    killAfter: name === 'crash' ? killMoments(made, stream.messages.length, options.seed) : [],
    ...(options.root === undefined ? {} : { root: options.root }),
  };
}

/** Every message about an order twice, and those of one order in any order (rule OR1). */
function outOfOrder(shop: ShopPlan, seed: number): ShopPlan {
  const chance = seeded(seed ^ 0x5407);
  const mixed = <T>(list: readonly T[]): readonly T[] =>
    list
      .map((one) => ({ one, at: chance.next() }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ one }) => one);
  const orders = shop.orders.map((order) => ({ ...order, messages: mixed([...order.messages, ...order.messages]) }));
  return { ...shop, orders };
}

/** How long the coordinator may take to end the parts of a hold over several skus, in ms: two hops and a tick, on a busy machine. */
const SAGA_SLACK_MS = 4_000;
/** The same with a restart in between. */
const SAGA_SLACK_CRASH_MS = 20_000;
const KILLS = 3;

/** One kill while the shoppers are at it, the others anywhere. */
function killMoments(made: Material, messages: number, seed: number): readonly number[] {
  const chance = seeded(seed ^ 0x4111);
  const tries = made.rush.waves.flat().length;
  const all = messages + tries;
  const early = chance.between(Math.ceil(tries * 0.2), Math.ceil(tries * 0.8));
  const others = Array.from({ length: KILLS - 1 }, () => chance.between(Math.ceil(all * 0.05), Math.ceil(all * 0.9)));
  return [early, ...others].toSorted((a, b) => a - b);
}

/** On-hand less safety of the contested skus: what was there, give or take what moves while they are fought over. */
function boundsOf(made: Material, when: 'during' | 'afterwards'): ReadonlyMap<string, StockBounds> {
  const bounds = new Map<string, { low: Map<string, number>; high: Map<string, number> }>();
  const safety = new Map(Array.from({ length: made.size.nodes }, (_, i) => [hotNode(i), hotSafety(i)]));
  const add = (map: Map<string, number>, row: HotRow): void => {
    map.set(row.node, (map.get(row.node) ?? -(safety.get(row.node) ?? 0)) + (row.quantity ?? 0));
  };
  for (const row of [...made.rows.filter((one) => one.id.startsWith('open-RUSH-')), ...made.rush.feed]) {
    const ofSku = bounds.get(row.sku ?? '') ?? { low: new Map<string, number>(), high: new Map<string, number>() };
    bounds.set(row.sku ?? '', ofSku);
    const moves = row.kind === 'delta' && when === 'during';
    if (!moves || (row.quantity ?? 0) < 0) add(ofSku.low, row);
    if (!moves || (row.quantity ?? 0) > 0) add(ofSku.high, row);
  }
  return bounds;
}
