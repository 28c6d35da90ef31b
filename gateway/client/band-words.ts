import type { Band } from '../protocol/wire.ts';

export const BAND_WORDS: Readonly<Record<Band, string>> = {
  'in-stock': 'In stock',
  'low-stock': 'Low stock',
  'out-of-stock': 'Out of stock',
  'back-order': 'On back-order',
  'pre-order': 'Pre-order',
};

/** Units of the sku's scale as people say them: 1250 at scale 3 -> "1.25", in German "1,25". */
export function unitsInWords(units: number, scale: number, lang = 'en-US'): string {
  return (units / 10 ** scale).toLocaleString(lang, { maximumFractionDigits: scale });
}
