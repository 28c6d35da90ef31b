import type { Minor } from './shop-order.ts';

/** Of an order as its channel says it, or as we hold it: what it takes to add it up. */
interface Priced {
  readonly lines: readonly {
    readonly units: number;
    readonly unitMinor: Minor;
    readonly discountMinor?: Minor;
    readonly taxMinor?: Minor;
  }[];
  readonly charges?: readonly { readonly kind: string; readonly amountMinor: Minor; readonly taxMinor?: Minor }[];
  readonly taxesIncluded?: true;
}

export interface OrderTotals {
  /** Price of all units before discounts. */
  readonly goodsMinor: Minor;
  /** Taken off, of lines and of the whole order; ordinarily >= 0. */
  readonly discountMinor: Minor;
  readonly taxMinor: Minor;
  /** Shipping, fees and the like. */
  readonly chargesMinor: Minor;
  /** What the customer pays: goods − discount + charges, + tax where prices do not hold it already. */
  readonly totalMinor: Minor;
}

/** An order as it was ordered in all: what was cancelled since is still in it, what is given back stands in its refunds. Rule CS5. */
export function orderTotals({ lines, charges = [], taxesIncluded }: Priced): OrderTotals {
  const isDiscount = ({ kind }: { readonly kind: string }): boolean => kind === 'discount';
  const goodsMinor = sum(lines.map(({ units, unitMinor }) => units * unitMinor));
  const ofLines = sum(lines.map(({ discountMinor = 0 }) => discountMinor));
  const discountMinor = ofLines - sum(charges.filter(isDiscount).map(({ amountMinor }) => amountMinor));
  const chargesMinor = sum(charges.filter((each) => !isDiscount(each)).map(({ amountMinor }) => amountMinor));
  const taxMinor = sum([...lines, ...charges].map(({ taxMinor: own = 0 }) => own));
  const onTop = taxesIncluded === true ? 0 : taxMinor;
  return {
    goodsMinor,
    discountMinor,
    taxMinor,
    chargesMinor,
    totalMinor: goodsMinor - discountMinor + chargesMinor + onTop,
  };
}

const sum = (amounts: readonly Minor[]): Minor => amounts.reduce((total, amount) => total + amount, 0);
