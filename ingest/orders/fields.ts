import { isRefusal, parseSku } from '../../engine/contract/ids.ts';
import type { IdRefusal, NodeId, Sku } from '../../engine/contract/ids.ts';
import type { TimeRefusal } from '../formats/local-time.ts';
import { shown } from '../formats/text.ts';

// Fields of strangers' messages. An order has many and each may be wrong: whoever reads one throws a Fault, and `tryRead`
// turns it into the refusal of that one part. No Fault leaves a format.

export type Json = Readonly<Record<string, unknown>>;

export interface Refusal {
  readonly code: string;
  readonly message: string;
}

class Fault extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

export function tryRead<T extends object>(read: () => T): T | Refusal {
  try {
    return read();
  } catch (error) {
    if (error instanceof Fault) return error.refusal;
    throw error;
  }
}

export function fail(code: string, message: string): never {
  throw new Fault({ code, message });
}

/** A value that was parsed elsewhere, or its refusal as a fault. */
export function must<T extends string | number>(value: T | IdRefusal | TimeRefusal): T {
  if (typeof value === 'object') throw new Fault(value);
  return value;
}

/** Times of orders, in ms: 1970 to the year 5138. Beyond it is a mistake, and a number too large to count with. */
const TIME_MAX = 1e14;

export function timeOf(value: number | TimeRefusal): number {
  const time = Math.floor(must(value));
  if (time >= 0 && time <= TIME_MAX) return time;
  return fail('malformed-time', `a time must lie between 1970 and 5138, got ${time} ms`);
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectOf(json: Json, field: string): Json | undefined {
  const value = json[field];
  if (value === undefined || value === null) return undefined;
  return isObject(value) ? value : fail('malformed-field', `${field} must be an object, got ${shown(value)}`);
}

/** Objects of a list; absent or null is an empty list. */
export function listOf(json: Json, field: string): readonly Json[] {
  const value = json[field] ?? [];
  if (!Array.isArray(value)) return fail('malformed-field', `${field} must be a list, got ${shown(value)}`);
  return value.map((member: unknown, index) =>
    isObject(member) ? member : fail('malformed-field', `${field}[${index}] must be an object, got ${shown(member)}`),
  );
}

/** Longest text taken from a message; a longer one is cut: names and notes are for people. */
const TEXT_CHARS_MAX = 500;

/** Text without the white space around it; undefined where there is none. */
export function textOf(json: Json, field: string): string | undefined {
  const value = json[field];
  if (typeof value !== 'string') return undefined;
  // Cut first: nothing is gained by looking at a megabyte.
  const text = value.slice(0, TEXT_CHARS_MAX).toWellFormed().trim();
  return text === '' ? undefined : text;
}

/** An id as text: channels write theirs as numbers or as text. */
export function idOf(json: Json, field: string): string | undefined {
  const value = json[field];
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  return typeof value === 'string' && /^[!-~\u00a1-\uffff]{1,128}$/u.test(value) ? value : undefined;
}

export function mustId(json: Json, field: string): string {
  return (
    idOf(json, field) ?? fail('malformed-id', `${field} must be a number or a short text, got ${shown(json[field])}`)
  );
}

export function skuOf(value: string | undefined): Sku {
  const sku = parseSku(value);
  return isRefusal(sku) ? fail(sku.code, sku.message) : sku;
}

/** As many units as the engine takes in one line. */
export const UNITS_MAX = 1_000_000;

export function unitsOf(json: Json, field: string, least = 0): number {
  const value = json[field];
  if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= UNITS_MAX)
    return value as number;
  return fail('malformed-units', `${field} must be a whole number from ${least} to ${UNITS_MAX}, got ${shown(value)}`);
}

/** The node behind a channel's code of a place; undefined where none of ours stands behind it. */
export function nodeBehind(
  code: string | undefined,
  {
    source,
    nodes,
  }: {
    readonly source: { readonly nodeCodes?: Readonly<Record<string, NodeId>> };
    readonly nodes: ReadonlyMap<string, unknown>;
  },
): NodeId | undefined {
  if (code === undefined) return undefined;
  const codes = source.nodeCodes;
  if (codes !== undefined && Object.hasOwn(codes, code)) return codes[code];
  return nodes.has(code) ? (code as NodeId) : undefined;
}

/** Without the fields that are undefined: an absent field has no key. */
export function present<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
