import type { Band } from '../contract/change.ts';

/** A band is kept as its index here; a sku nobody has spoken of is out of stock. */
export const BANDS = [
  'out-of-stock',
  'low-stock',
  'in-stock',
  'back-order',
  'pre-order',
] as const satisfies readonly Band[];

/**
 * Band after a change of ATS, with hysteresis (rule AV6); what is due is later-band.ts. lowAt 5, clearAt 8:
 *
 *   ats      0  │ 1 … 5 │ 6 … 8          │ 9 …
 *   band    out │ low   │ as it was;     │ in
 *               │       │ out becomes low│
 */
export function bandAfter(
  before: Band,
  ats: number,
  limits: { readonly lowAt: number; readonly clearAt: number },
): Band {
  if (ats <= 0) return 'out-of-stock';
  if (ats <= limits.lowAt) return 'low-stock';
  if (ats > limits.clearAt) return 'in-stock';
  return before === 'in-stock' ? 'in-stock' : 'low-stock';
}
