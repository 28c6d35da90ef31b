import type { DeltaReason, UnavailableState } from '../../engine/contract/stock-event.ts';

// GS1's Core Business Vocabulary in terms of stock. What is not listed moves no stock and is ignored.

/** Steps that move goods into or out of the place they happen at. */
export const MOVING_STEPS: ReadonlyMap<string, { readonly sign: 1 | -1; readonly reason: DeltaReason }> = new Map([
  ['receiving', { sign: 1, reason: 'receipt' }],
  ['shipping', { sign: -1, reason: 'shipment' }],
  ['void_shipping', { sign: 1, reason: 'shipment' }],
  ['retail_selling', { sign: -1, reason: 'sale' }],
  ['destroying', { sign: -1, reason: 'damage' }],
]);

/** Steps that look at goods where they are; with a disposition below they change its state. */
export const LOOKING_STEPS: ReadonlySet<string> = new Set([
  'inspecting',
  'packing',
  'unpacking',
  'repackaging',
  'picking',
  'holding',
  'storing',
  'stocking',
  'staging_outbound',
  'repairing',
]);

/** Steps that say how many there are. */
export const COUNTING_STEPS: ReadonlySet<string> = new Set(['stock_taking', 'cycle_counting']);

/** Dispositions in which goods must not be sold. Others (in_progress, in_transit, active …) say nothing about that. */
export const UNSELLABLE: ReadonlyMap<string, UnavailableState> = new Map([
  ['damaged', 'damaged'],
  ['needs_replacement', 'quality-hold'],
  ['non_sellable_other', 'quality-hold'],
  ['non_conformant', 'quality-hold'],
  ['unavailable', 'quality-hold'],
  ['expired', 'quality-hold'],
  ['recalled', 'quality-hold'],
  ['no_pedigree_match', 'quality-hold'],
  ['mismatch_instance', 'suspect'],
  ['mismatch_class', 'suspect'],
  ['mismatch_quantity', 'suspect'],
  ['stolen', 'suspect'],
  ['unknown', 'suspect'],
]);

/** `receiving` from either of its spellings: the short name, or GS1's web vocabulary. Older URNs fail the schema. */
export function vocabularyName(value: unknown): string {
  if (typeof value !== 'string') return '';
  const named = /(?:BizStep-|Disp-)([a-z_]+)$/.exec(value);
  return named?.[1] ?? value;
}

/**
 * Factor to the unit a sku is sold in, by UN/CEFACT code. Weights are sold by the kilogram, volumes by the litre,
 * lengths by the metre; without a code the quantity counts pieces.
 */
export const UNITS: ReadonlyMap<string, number> = new Map([
  ['KGM', 1],
  ['GRM', 0.001],
  ['LTR', 1],
  ['MLT', 0.001],
  ['MTR', 1],
  ['CMT', 0.01],
  ['C62', 1],
  ['H87', 1],
  ['EA', 1],
]);
