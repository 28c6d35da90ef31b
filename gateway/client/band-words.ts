import type { Band } from '../protocol/wire.ts';

export interface BandWords {
  readonly text: string;
  /** The term of schema.org/ItemAvailability that means the same. */
  readonly schema: string;
}

export const BAND_WORDS: Readonly<Record<Band, BandWords>> = {
  'in-stock': { text: 'In stock', schema: 'https://schema.org/InStock' },
  'low-stock': { text: 'Low stock', schema: 'https://schema.org/LimitedAvailability' },
  'out-of-stock': { text: 'Out of stock', schema: 'https://schema.org/OutOfStock' },
};

/** Units of the sku's scale as people say them: 1250 at scale 3 -> "1.25", 41 -> "41". */
export function unitsInWords(units: number, scale: number): string {
  return (units / 10 ** scale).toLocaleString('en-US', { maximumFractionDigits: scale });
}

/** 0.4 -> "0.4 km", 12.34 -> "12 km". */
export function kmInWords(km: number): string {
  return km < 10 ? `${km.toFixed(1)} km` : `${Math.round(km)} km`;
}
