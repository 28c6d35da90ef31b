import type { Random } from '../random.ts';
import type { PlannedLine } from '../verify/rush-plan.ts';
import { CHANNEL, CONTESTED_SKUS, GROUPS, NODES } from './retailer.ts';

export interface PlannedHold {
  readonly key: string;
  readonly channel: string;
  readonly lines: readonly PlannedLine[];
  readonly holdMs: number;
  readonly partial: boolean;
  /** It ends while somebody watches. */
  readonly short: boolean;
}

const SHORT = 6;
const LONG = 4;
const HOUR_MS = 3_600_000;

/** Holds of one shard and of several, at nodes and at groups; some of them will be refused. */
export function planHolds(chance: Random, name: string): readonly PlannedHold[] {
  return Array.from({ length: SHORT + LONG }, (_, i) => ({
    key: `${name}-${i}`,
    channel: CHANNEL,
    lines: Array.from({ length: chance.between(1, 3) }, () => line(chance)),
    holdMs: i < SHORT ? chance.between(1_000, 2_500) : chance.pick([HOUR_MS / 2, HOUR_MS, 4 * HOUR_MS]),
    partial: false,
    short: i < SHORT,
  }));
}

function line(chance: Random): PlannedLine {
  const sku = chance.pick(CONTESTED_SKUS);
  const units = chance.between(1, 2);
  return chance.chance(0.5)
    ? { sku, units, group: chance.pick(Object.keys(GROUPS)) }
    : { sku, units, node: chance.pick(NODES) };
}
