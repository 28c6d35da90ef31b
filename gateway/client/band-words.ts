import { AVAILABILITY, type Band } from '../protocol/wire.ts';

export interface BandWords {
  readonly text: string;
  /** The term of schema.org/ItemAvailability that means the same. */
  readonly schema: string;
}

function words(band: Band, text: string): BandWords {
  return { text, schema: `https://schema.org/${AVAILABILITY[band]}` };
}

export const BAND_WORDS: Readonly<Record<Band, BandWords>> = {
  'in-stock': words('in-stock', 'In stock'),
  'low-stock': words('low-stock', 'Low stock'),
  'out-of-stock': words('out-of-stock', 'Out of stock'),
  'back-order': words('back-order', 'On back-order'),
  'pre-order': words('pre-order', 'Pre-order'),
};

/** Units of the sku's scale as people say them: 1250 at scale 3 -> "1.25", 41 -> "41". */
export function unitsInWords(units: number, scale: number): string {
  return (units / 10 ** scale).toLocaleString('en-US', { maximumFractionDigits: scale });
}

/** 0.4 -> "0.4 km", 12.34 -> "12 km". */
export function kmInWords(km: number): string {
  return km < 10 ? `${km.toFixed(1)} km` : `${Math.round(km)} km`;
}
