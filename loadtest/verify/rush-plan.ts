import { type Random, seeded } from '../random.ts';
import {
  DAY,
  HOT_START,
  HOUR,
  type HotRow,
  type HotSize,
  hotNode,
  hotSku,
  RUSH_STREAM,
  rushSku,
  TILL,
  WMS,
} from './hot-rows.ts';

// The rush: shoppers fight over a few units while tills and receipts change what is there. What each will try is
// planned from the seed; what happens is written down by rush-client.ts and judged by rush-audit.ts.

export interface PlannedLine {
  readonly sku: string;
  readonly units: number;
  readonly node?: string;
  readonly group?: string;
}

export interface PlannedTry {
  readonly key: string;
  readonly channel: string;
  readonly lines: readonly PlannedLine[];
  readonly holdMs: number;
  readonly partial: boolean;
  /** `keep`: to the end of the run. `release`: given back after `releaseAfterMs`. `expire`: short, left to itself. */
  readonly fate: 'keep' | 'release' | 'expire';
  readonly releaseAfterMs: number;
  /** The same request sent again at the same time: both must get the same answer. */
  readonly twice: boolean;
  /** The same key with other content afterwards: it must be refused. */
  readonly reuse: boolean;
}

export interface RushPlan {
  /** Tries of a wave run side by side; between waves the short holds run out. */
  readonly waves: readonly (readonly PlannedTry[])[];
  /** One after the other at the end: here every answer can be decided from the log alone. */
  readonly sequential: readonly PlannedTry[];
  /** Movements of rush skus, sent while the waves run. */
  readonly feed: readonly HotRow[];
}

/** Group name → indices of its nodes; groups overlap, which is where naive sums oversell (rule AV2). */
export function hotGroups(nodes: number): Readonly<Record<string, readonly number[]>> {
  const half = Math.ceil(nodes / 2);
  const all = Array.from({ length: nodes }, (_, i) => i);
  return { 'hot-all': all, 'hot-east': all.slice(0, half), 'hot-west': all.slice(half - 1) };
}

/** Channel of sale → its group. */
export const HOT_CHANNELS = { 'hot-web': 'hot-all', 'hot-app': 'hot-east' } as const;

/** How many try, and how long they take over it. */
export interface RushSize {
  /** Tries of each wave. */
  readonly waves: readonly number[];
  readonly sequential: number;
  /** Longest of the short holds, in ms; the shortest is a second, the least the engine takes. */
  readonly shortMsMax: number;
  readonly releaseMsMax: number;
}

export const RUSH_FULL: RushSize = { waves: [400, 400, 200], sequential: 100, shortMsMax: 1_600, releaseMsMax: 400 };
export const RUSH_SMALL: RushSize = { waves: [90, 60], sequential: 24, shortMsMax: 1_150, releaseMsMax: 100 };

/** Hold that outlives the run, in ms. */
const HOLD_LONG_MS = HOUR;

export function rushPlan(size: HotSize, rush: RushSize, seed: number): RushPlan {
  const chance = seeded(seed ^ 0xca57);
  let number = 0;
  const make = (count: number): readonly PlannedTry[] =>
    Array.from({ length: count }, () => oneTry(size, rush, `try-${seed}-${number++}`, chance));
  return { waves: rush.waves.map(make), sequential: make(rush.sequential), feed: rushFeed(size, chance) };
}

function oneTry(size: HotSize, rush: RushSize, key: string, chance: Random): PlannedTry {
  const channel = chance.chance(0.8) ? 'hot-web' : 'hot-app';
  const count = chance.chance(0.25) ? chance.between(2, 3) : 1;
  const fate = chance.pick(['keep', 'release', 'release', 'expire', 'expire', 'expire'] as const);
  return {
    key,
    channel,
    lines: Array.from({ length: count }, () => oneLine(size, channel, chance)),
    holdMs: fate === 'expire' ? chance.between(1_000, rush.shortMsMax) : HOLD_LONG_MS,
    partial: chance.chance(0.08),
    fate,
    releaseAfterMs: chance.between(0, rush.releaseMsMax),
    twice: chance.chance(0.15),
    reuse: chance.chance(0.06),
  };
}

/** Nearly always a rush sku; now and then one of the busy positions, whose stock moves under the hold. */
function oneLine(size: HotSize, channel: keyof typeof HOT_CHANNELS, chance: Random): PlannedLine {
  const sku = chance.chance(0.92) ? rushSku(chance.below(size.rushSkus)) : hotSku(chance.below(size.skus));
  const units = chance.between(1, 6);
  const groups = hotGroups(size.nodes);
  if (chance.chance(0.45)) {
    return { sku, units, group: chance.pick(channel === 'hot-web' ? Object.keys(groups) : ['hot-east', 'hot-all']) };
  }
  return { sku, units, node: hotNode(chance.pick(groups[HOT_CHANNELS[channel]] ?? [])) };
}

/** Only the odd rush skus move: on the even ones every unit can be accounted for to the last. */
function rushFeed(size: HotSize, chance: Random): readonly HotRow[] {
  const from = HOT_START + size.days * DAY + 2 * HOUR;
  const rows: HotRow[] = [];
  for (let sku = 1; sku < size.rushSkus; sku += 2) {
    for (let node = 0; node < size.nodes; node++) {
      for (let i = 0; i < 6; i++) {
        const isReceipt = chance.chance(0.6);
        rows.push({
          source: isReceipt ? WMS : TILL,
          id: `rush-${rushSku(sku)}-${hotNode(node)}-${i}`,
          kind: 'delta',
          sku: rushSku(sku),
          node: hotNode(node),
          at: from + chance.below(HOUR),
          stream: RUSH_STREAM,
          quantity: isReceipt ? chance.between(1, 4) : -chance.between(1, 2),
          reason: isReceipt ? 'receipt' : 'sale',
        });
      }
    }
  }
  return rows;
}
