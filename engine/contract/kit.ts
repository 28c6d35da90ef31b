import type { Sku } from './ids.ts';
import type { KitComponent, KitRef } from './reference.ts';
import type { ReserveLine } from './reservation.ts';

// Kits (rule AV9): a sku without stock of its own that is sold as its components.

/** Components of one kit at most: each is asked of its shard. */
export const COMPONENTS_MAX = 16;
/** Kits at most: main keeps what is shown of those that somebody asked for. */
export const KITS_MAX = 10_000;
/** Definitions of one kit at most within an epoch: they are the high part of its revision. */
export const VERSIONS_MAX = 8_191;
/** Above any sum of revisions of a kit and its components: 16 times 6 * 10^10 facts of a shard. */
const VERSION_STEP = 2 ** 40;

/** A kit line as it was asked, with what one kit was then. */
export type KitLine = ReserveLine & { readonly components: readonly KitComponent[] };

/**
 * Grows with every change of a component, of the item and of the definition, and never repeats: each revision grows by
 * itself, so their sum does; another definition, whose sum may be less, is a step higher.
 */
export function kitRevision(version: number, revisions: readonly number[]): number {
  return version * VERSION_STEP + revisions.reduce((sum, revision) => sum + revision, 0);
}

export function isSameKit(a: readonly KitComponent[], b: readonly KitComponent[]): boolean {
  return a.length === b.length && a.every(({ sku, units }, i) => b[i]?.sku === sku && b[i]?.units === units);
}

/** Lines as they are held: each kit line as one line for each component, where it stood. */
export function explodeLines(
  lines: readonly ReserveLine[],
  kits: readonly Pick<KitRef, 'sku' | 'components'>[],
): { readonly lines: readonly ReserveLine[]; readonly origins: readonly number[] } {
  if (kits.length === 0) return { lines, origins: lines.map((_, index) => index) };
  const byName = new Map<Sku, readonly KitComponent[]>(kits.map(({ sku, components }) => [sku, components]));
  const exploded: ReserveLine[] = [];
  const origins: number[] = [];
  for (const [index, line] of lines.entries()) {
    for (const { sku, units } of byName.get(line.sku) ?? [{ sku: line.sku, units: 1 }]) {
      exploded.push({ ...line, sku, units: line.units * units });
      origins.push(index);
    }
  }
  return { lines: exploded, origins };
}

/** Whole kits that the units of the components make. */
export function wholeKits(components: readonly KitComponent[], unitsOf: (sku: Sku) => number): number {
  let kits = Infinity;
  for (const { sku, units } of components) kits = Math.min(kits, Math.floor(unitsOf(sku) / units));
  return kits === Infinity ? 0 : Math.max(0, kits);
}
