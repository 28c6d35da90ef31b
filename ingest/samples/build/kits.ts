import type { ItemRef, KitComponent, KitRef } from '../../../engine/contract/reference.ts';
import { skuOf } from './items.ts';

// Kits of the demo retailer (rule AV9): what is sold often enough that their numbers move while one watches. They are ours,
// the sample has none, and no till of it sells one.

/** Above every product id of the sample, which have eight digits. */
const KIT_IDS_FROM = 9_000_000_001;

interface Made {
  readonly name: string;
  readonly priceMinor: number;
  /** Product ids of the sample and pieces of each. */
  readonly of: readonly (readonly [productId: string, units: number])[];
}

const MADE: readonly Made[] = [
  {
    // A gallon of milk, a dozen eggs, a loaf of bread.
    name: 'M&F Breakfast Box',
    priceMinor: 499,
    of: [
      ['1029743', 1],
      ['981760', 1],
      ['883404', 1],
    ],
  },
  {
    // Two packs of buns, a pack of cheese, twelve cans.
    name: 'M&F Cook-Out Pack',
    priceMinor: 879,
    of: [
      ['826249', 2],
      ['1096036', 1],
      ['5569230', 1],
    ],
  },
  {
    name: 'M&F Fruit Bowl, 3 bananas and strawberries',
    priceMinor: 549,
    of: [
      ['1082185', 3],
      ['1127831', 1],
    ],
  },
];

const skuAt = (index: number) => skuOf(String(KIT_IDS_FROM + index));

/** They stand behind the items of the sample. */
export const KIT_ITEMS: readonly ItemRef[] = MADE.map(({ name, priceMinor }, index) => ({
  sku: skuAt(index),
  name,
  scale: 0,
  department: 'Kits',
  priceMinor,
  currency: 'USD',
  enabled: true,
}));

export const KITS: readonly KitRef[] = MADE.map(({ of }, index) => ({
  sku: skuAt(index),
  components: of.map(([productId, units]): KitComponent => ({ sku: skuOf(productId), units })),
}));
