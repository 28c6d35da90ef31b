// MurmurHash3 x86 128 over UTF-16 code units, with 32-bit integer arithmetic only: pure, equal on every machine.
// Identity of events and keys rests on it (SPEC.md FD1, RS2): 128 bits, so 10^12 ids collide with a chance of 10^-15.

/** Four 32-bit words, most significant first. */
export type Digest = readonly [number, number, number, number];

const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;

const rotl = (x: number, by: number): number => (x << by) | (x >>> (32 - by));

function mix(h: number): number {
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Two code units of the text at `i`, as one 32-bit word; 0 past the end (the length is mixed in at the close). */
function word(text: string, i: number): number {
  const low = i < text.length ? text.charCodeAt(i) : 0;
  const high = i + 1 < text.length ? text.charCodeAt(i + 1) : 0;
  return low | (high << 16);
}

export function digest(text: string): Digest {
  let h1 = 0;
  let h2 = 0;
  let h3 = 0;
  let h4 = 0;
  for (let i = 0; i < text.length; i += 8) {
    h1 ^= Math.imul(rotl(Math.imul(word(text, i), C1), 15), C2);
    h1 = (Math.imul(rotl(h1, 19) + h2, 5) + 0x561ccd1b) | 0;
    h2 ^= Math.imul(rotl(Math.imul(word(text, i + 2), C2), 16), C3);
    h2 = (Math.imul(rotl(h2, 17) + h3, 5) + 0x0bcaa747) | 0;
    h3 ^= Math.imul(rotl(Math.imul(word(text, i + 4), C3), 17), C4);
    h3 = (Math.imul(rotl(h3, 15) + h4, 5) + 0x96cd1c35) | 0;
    h4 ^= Math.imul(rotl(Math.imul(word(text, i + 6), C4), 18), C1);
    h4 = (Math.imul(rotl(h4, 13) + h1, 5) + 0x32ac3b17) | 0;
  }
  h1 ^= text.length;
  h2 ^= text.length;
  h3 ^= text.length;
  h4 ^= text.length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  h1 = mix(h1);
  h2 = mix(h2);
  h3 = mix(h3);
  h4 = mix(h4);
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  return [h1 >>> 0, h2 >>> 0, h3 >>> 0, h4 >>> 0];
}

/** 32 hex digits. */
export function digestHex(text: string): string {
  const [a, b, c, d] = digest(text);
  return hex(a) + hex(b) + hex(c) + hex(d);
}

/** Each byte as two hex digits: several times quicker than a number's own toString, and every key asks. */
const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** The low 32 bits as 8 hex digits. */
export function hex(part: number): string {
  return (
    (BYTES[part >>> 24] as string) +
    (BYTES[(part >>> 16) & 255] as string) +
    (BYTES[(part >>> 8) & 255] as string) +
    (BYTES[part & 255] as string)
  );
}

/** Which of `shards` owns a name: FNV-1a with a final mix, so that numbered names spread evenly. */
export function shardOf(name: string, shards: number): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193);
  return (mix(h) >>> 0) % shards;
}
