import type { SourcingStep } from '../../contract/sourcing.ts';
import type { NeededSku } from './view.ts';

// What a plan assigns to nodes: a sku whose units may be split, or skus that stay together as one piece.

export interface Item {
  /** Indexes of its skus. */
  readonly skus: readonly number[];
  /** Units to assign, or 1 piece. */
  readonly need: number;
  readonly isPiece: boolean;
}

/** Lines of one sku count as one; skus of departments that stay together are one piece (SourcingStep.constraints). */
export function itemsOf(skus: readonly NeededSku[], { constraints }: SourcingStep): readonly Item[] {
  const pieces = piecesOf(skus, constraints?.keepTogether ?? []);
  return pieces.map((indexes) => {
    const isKept = constraints?.keepTogether?.some((set) => set.includes(skus[indexes[0]!]!.department ?? '')) === true;
    const isPiece = isKept || constraints?.wholeLines === true;
    return { skus: indexes, isPiece, need: isPiece ? 1 : skus[indexes[0]!]!.units };
  });
}

/** Two sets of departments that share a sku's are one. */
function piecesOf(
  skus: readonly NeededSku[],
  keepTogether: readonly (readonly string[])[],
): readonly (readonly number[])[] {
  let pieces = skus.map((_, index) => [index]);
  for (const departments of keepTogether) {
    const belongs = (piece: readonly number[]): boolean =>
      piece.some((index) => departments.includes(skus[index]!.department ?? ''));
    const joined = pieces.filter(belongs).flat();
    if (joined.length > 0) pieces = [...pieces.filter((piece) => !belongs(piece)), joined];
  }
  return pieces.map((piece) => piece.toSorted((a, b) => a - b)).toSorted((a, b) => a[0]! - b[0]!);
}

/** Of the item what one node has: units, or pieces (0 or 1). */
export function capacityOf(item: Item, skus: readonly NeededSku[], available: readonly number[]): number {
  if (!item.isPiece) return Math.min(item.need, available[item.skus[0]!]!);
  return item.skus.every((index) => available[index]! >= skus[index]!.units) ? 1 : 0;
}
