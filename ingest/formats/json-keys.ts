// JSON is parsed after a look at its nesting, and used after a look at its keys.
//
// Keys that would reach into the language itself are refused wherever they stand (`__proto__`, `constructor`, `prototype`).

const FORBIDDEN = ['__proto__', 'constructor', 'prototype'];
/** Deeper nesting than this is no stock message; it is refused rather than walked. */
const DEPTH_MAX = 64;

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

export type ParsedJson = { readonly value: unknown } | { readonly code: string; readonly message: string };

/** Parses JSON of strangers: nesting that would make a million lists of a megabyte is refused before it is built. */
export function parseJson(text: string): ParsedJson {
  if (text.length > SHORT_CHARS && nestsTooDeep(text)) {
    return { code: 'broken-json', message: `nested deeper than ${DEPTH_MAX}; no message needs that` };
  }
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    return { code: 'broken-json', message: `not JSON: ${says.slice(0, 160)}` };
  }
}

/** Below this length nesting costs nothing worth a look. */
const SHORT_CHARS = 4096;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** `[` and `{`, `]` and `}` differ in one bit from each other. */
const OPEN = 0x5b;
const CLOSE = 0x5d;
const WITHOUT_BRACE_BIT = ~0x20;

function nestsTooDeep(text: string): boolean {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (inText) {
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) inText = false;
    } else if (code === QUOTE) inText = true;
    else if ((code & WITHOUT_BRACE_BIT) === OPEN) {
      depth += 1;
      if (depth > DEPTH_MAX) return true;
    } else if ((code & WITHOUT_BRACE_BIT) === CLOSE) depth -= 1;
  }
  return false;
}
