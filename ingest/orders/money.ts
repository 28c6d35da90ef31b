import type { Minor } from '../../engine/contract/shop-order.ts';
import { shown } from '../formats/text.ts';
import { fail } from './fields.ts';
import type { Json } from './fields.ts';

// Money as channels write it ("19.99") to whole minor units of its currency (rule CS5). Digits are moved, never multiplied
// as floating point: 19.99 * 100 is 1998.9999999999998.

/** Currencies of ISO 4217 whose minor unit is not a hundredth: how many decimals they have. */
const DECIMALS: ReadonlyMap<string, number> = new Map([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0] as const),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3] as const),
  ...'CLF UYW'.split(' ').map((code) => [code, 4] as const),
]);

export function decimalsOf(currency: string): number {
  return DECIMALS.get(currency) ?? 2;
}

export function currencyOf(json: Json, field: string): string {
  const value = json[field];
  if (typeof value === 'string' && /^[A-Z]{3}$/.test(value)) return value;
  return fail('malformed-currency', `${field} must be a code of ISO 4217 like USD, got ${shown(value)}`);
}

const AMOUNT = /^([+-]?)(\d{1,12})(?:\.(\d{0,12}))?$/;

/**
 * An amount in minor units; finer decimals than the currency has are rounded, halves away from zero. A JSON number is read
 * by the digits it was written with, as far as they are shown plainly.
 *
 *   ("19.99", USD) -> 1999    ("1.125", USD) -> 113    ("500", JPY) -> 500    ("0.0005", KWD) -> 1
 */
export function toMinor(value: unknown, currency: string, field = 'amount'): Minor {
  const text = typeof value === 'number' ? String(value) : value;
  const match = typeof text === 'string' && text.length <= 40 ? AMOUNT.exec(text.trim()) : null;
  if (match === null)
    return fail('malformed-money', `${field} must be a decimal amount like "19.99", got ${shown(value)}`);
  const decimals = decimalsOf(currency);
  const fraction = match[3] ?? '';
  const kept = Number((match[2] as string) + fraction.slice(0, decimals).padEnd(decimals, '0'));
  const minor = kept + (Number(fraction[decimals] ?? 0) >= 5 ? 1 : 0);
  if (minor > MINOR_MAX)
    return fail('malformed-money', `${field} is beyond what one amount may be, got ${shown(value)}`);
  return match[1] === '-' && minor !== 0 ? -minor : minor;
}

/** As much as the engine takes in one amount. */
const MINOR_MAX = 10_000_000_000;

/** What a line costs before discounts. */
export function lineValue(units: number, unitMinor: Minor): Minor {
  const value = units * unitMinor;
  return Math.abs(value) <= MINOR_MAX
    ? value
    : fail('malformed-money', `a line of ${units} × ${unitMinor} is beyond what one amount may be`);
}

/** As toMinor, and 0 where the message says nothing. */
export function minorOf(json: Json, field: string, currency: string): Minor {
  const value = json[field];
  return value === undefined || value === null || value === '' ? 0 : toMinor(value, currency, field);
}

/**
 * An amount spread over lines by their weights, so that the parts add up to the cent: each gets its share rounded down, and
 * the cents left go one by one to the largest remainders, of equal ones to the first.
 *
 *   (10, [1, 1, 1]) -> [4, 3, 3]    (5, [200, 100]) -> [3, 2]
 */
export function allocate(amount: Minor, weights: readonly number[]): readonly Minor[] {
  const sum = weights.reduce((total, weight) => total + BigInt(weight), 0n);
  if (sum === 0n) return weights.map((_, index) => (index === 0 ? amount : 0));
  const parts = weights.map((weight, index) => {
    const exact = BigInt(amount) * BigInt(weight);
    return { index, share: Number(exact / sum), rest: exact % sum };
  });
  let left = amount - parts.reduce((total, { share }) => total + share, 0);
  for (const part of parts.toSorted((a, b) => (a.rest === b.rest ? a.index - b.index : a.rest > b.rest ? -1 : 1))) {
    if (left === 0) break;
    part.share += 1;
    left -= 1;
  }
  return parts.map(({ share }) => share);
}

/**
 * Tax of the whole order on its lines. Shops round the sum once and each line as well, so the two may differ by cents: the
 * sum counts, and the lines share it as they had it, or by value where they show none.
 *
 *   (225, [113, 23, 90], …) -> [112, 23, 90]    (10, [0, 0], [200, 300]) -> [4, 6]
 */
export function shareTax(sum: Minor, taxes: readonly Minor[], values: readonly Minor[]): readonly Minor[] {
  const shown = taxes.reduce((total, tax) => total + tax, 0);
  if (sum < 0 || sum === shown) return taxes;
  return allocate(
    sum,
    (shown > 0 ? taxes : values).map((weight) => Math.max(0, weight)),
  );
}
