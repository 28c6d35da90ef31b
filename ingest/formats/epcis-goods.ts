import type { FormatContext } from '../source.ts';
import { classOf } from './epc.ts';
import type { Json, Refusal } from './epcis-event.ts';
import { UNITS } from './epcis-steps.ts';
import { shown } from './text.ts';

/** Units per item code over all lists of an event, signed for a transformation; what is no goods is left out. */
export function goodsOf(event: Json, context: FormatContext): Map<string, number> | Refusal {
  const goods = new Map<string, number>();
  for (const { instances, classes, sign } of LISTS) {
    for (const epc of listOf(event[instances])) {
      if (typeof epc === 'string') add(goods, skuOf(epc, context), sign);
    }
    for (const element of listOf(event[classes])) {
      const { epcClass, quantity, uom } = element as Json;
      if (typeof epcClass !== 'string') continue;
      const sku = skuOf(epcClass, context);
      if (sku === undefined) continue;
      const units = unitsOf(quantity, uom);
      if (typeof units !== 'number') return units;
      add(goods, sku, sign * units);
    }
  }
  return goods;
}

const LISTS = [
  { instances: 'epcList', classes: 'quantityList', sign: 1 },
  { instances: 'childEPCs', classes: 'childQuantityList', sign: 1 },
  { instances: 'inputEPCList', classes: 'inputQuantityList', sign: -1 },
  { instances: 'outputEPCList', classes: 'outputQuantityList', sign: 1 },
] as const;

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function add(goods: Map<string, number>, sku: string | undefined, units: number): void {
  if (sku === undefined) return;
  // Decimal kilograms add up to noise in the last binary digits; stock is counted to a thousandth at most.
  goods.set(sku, Math.round(((goods.get(sku) ?? 0) + units) * 1_000_000) / 1_000_000);
}

/** The first code of the class that is a known item; without item master, or when none is, the likeliest. */
function skuOf(epc: string, { hasItem }: FormatContext): string | undefined {
  const codes = classOf(epc);
  if (codes === 'no-goods') return undefined;
  return codes.find((code) => hasItem?.(code) === true) ?? codes[0];
}

function unitsOf(quantity: unknown, uom: unknown): number | Refusal {
  if (typeof quantity !== 'number' || !Number.isFinite(quantity) || quantity < 0) {
    return { code: 'malformed-quantity', message: `a quantity must be a number >= 0, got ${shown(quantity)}` };
  }
  const factor = uom === undefined ? 1 : typeof uom === 'string' ? UNITS.get(uom) : undefined;
  if (factor === undefined) {
    return { code: 'unknown-unit', message: `uom must be one of ${[...UNITS.keys()].join(', ')}, got ${shown(uom)}` };
  }
  return quantity * factor;
}
