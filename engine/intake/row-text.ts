import { digest } from '../contract/digest.ts';

/** A row as JSON with its fields in one order, so that equal rows are equal texts. */
export function rowText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(rowText).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, each]) => `${JSON.stringify(name)}:${rowText(each)}`);
  return `{${fields.join(',')}}`;
}

/** 52 bits: what a file said of a row is compared with what it says now, a row at a time. */
export function textDigest(text: string): number {
  const [high, low] = digest(text);
  return high * 2 ** 20 + (low >>> 12);
}
