import { LETTER_BYTES_MAX } from '../../engine/contract/dead-letter.ts';

// Bytes to text, once, for every format: UTF-8 or nothing. A wrong guess about an encoding makes wrong ids in silence.

export type Text =
  | { readonly text: string }
  | { readonly code: 'wrong-encoding'; readonly message: string; readonly original: string };

/** Strict UTF-8; a byte order mark is dropped. */
export function readText(bytes: Uint8Array): Text {
  try {
    return { text: STRICT.decode(bytes) };
  } catch {
    return { code: 'wrong-encoding', message: `the body is not UTF-8${guess(bytes)}`, original: asBase64(bytes) };
  }
}

const STRICT = new TextDecoder('utf-8', { fatal: true });

function guess(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    return '; its first bytes are the mark of UTF-16: export it as UTF-8';
  }
  return '; export it as UTF-8';
}

/** Prefix of an original that is no text; what follows is base64. */
const BASE64_PREFIX = 'base64:';

function asBase64(bytes: Uint8Array): string {
  // Only what a dead letter can keep: whole groups of three bytes, so a cut original still decodes.
  const most = Math.floor((LETTER_BYTES_MAX - BASE64_PREFIX.length) / 4) * 3;
  const kept = bytes.subarray(0, most + 1);
  return BASE64_PREFIX + Buffer.from(kept).toString('base64');
}

/** The bytes an original stands for. */
export function originalBytes(original: string): Uint8Array {
  if (original.startsWith(BASE64_PREFIX)) return Buffer.from(original.slice(BASE64_PREFIX.length), 'base64');
  return Buffer.from(original, 'utf8');
}

/** Cuts an original to what a letter keeps, at a border between characters. */
export function cutOriginal(original: string): { readonly original: string; readonly truncated: boolean } {
  // Cheap test first: a UTF-16 code unit is at most three bytes of UTF-8.
  if (original.length * 3 <= LETTER_BYTES_MAX) return { original, truncated: false };
  const bytes = Buffer.from(original, 'utf8');
  if (bytes.length <= LETTER_BYTES_MAX) return { original, truncated: false };
  let end = LETTER_BYTES_MAX;
  while (end > 0 && isContinuation(bytes[end])) end -= 1;
  return { original: bytes.toString('utf8', 0, end), truncated: true };
}

/** An original while it is carried about: what a letter keeps, and one character more where something was cut. */
export function cutToKeep(original: string): string {
  const cut = cutOriginal(original);
  return cut.truncated ? `${cut.original}…` : original;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/** A value as an error shows it: short, and never by walking into it. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40));
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  return `${value as number | boolean | null}`;
}

/** A parsed value as JSON again; empty when it nests so deep that writing it would end the stack. */
export function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return '';
  }
}

/** Bytes as an original keeps them: text where they are UTF-8, else base64. */
export function asText(bytes: Uint8Array): string {
  const read = readText(bytes);
  return 'text' in read ? read.text : read.original;
}
