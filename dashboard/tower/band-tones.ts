import type { Band } from '../../gateway/protocol/wire.ts';

/** Status colour of a band; always beside its words or number. */
export const BAND_TONES: Readonly<Record<Band, 'good' | 'warn' | 'bad'>> = {
  'in-stock': 'good',
  'low-stock': 'warn',
  'out-of-stock': 'bad',
  'back-order': 'warn',
  'pre-order': 'warn',
};
