// Keys that would reach into the language itself are refused wherever they stand (`__proto__`, `constructor`, `prototype`).

const FORBIDDEN = ['__proto__', 'constructor', 'prototype'];
/** Deeper nesting than this is no stock message; it is refused rather than walked. */
export const DEPTH_MAX = 64;

/** Whether a text could hold a forbidden key at all: a cheap scan that spares nearly every body the walk. */
export function mayHoldForbiddenKey(text: string): boolean {
  // A key may be written with \u escapes, so a text that has any must be walked.
  return text.includes('\\u') || FORBIDDEN.some((key) => text.includes(key));
}

/** The forbidden key in a parsed value, or `too-deep`; undefined when it is clean. */
export function forbiddenIn(value: unknown, depth = 0): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth >= DEPTH_MAX) return 'too-deep';
  for (const [key, member] of Object.entries(value)) {
    if (FORBIDDEN.includes(key)) return key;
    const inside = forbiddenIn(member, depth + 1);
    if (inside !== undefined) return inside;
  }
  return undefined;
}
