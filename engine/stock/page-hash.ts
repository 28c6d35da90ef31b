import { hex } from '../contract/digest.ts';

// A 128-bit digest over many 32-bit words: four lanes of multiply and rotate, mixed into each other at the end.
// It tells states apart that a bug made differ; it is no defence against somebody who forges a state.

/** Four lanes, and how many words went in. */
export type HashState = Int32Array;

const ROUND_A = 0x9e3779b1;
const ROUND_B = 0x85ebca77;

export function startHash(): HashState {
  return Int32Array.of(0x239b961b, 0x38b34ae5, 0x561ccd1b, 0x0bcaa747, 0);
}

export function hashWords(hash: HashState, words: Int32Array): void {
  let a = hash[0] as number;
  let b = hash[1] as number;
  let c = hash[2] as number;
  let d = hash[3] as number;
  const whole = words.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    a = round(a, words[i] as number);
    b = round(b, words[i + 1] as number);
    c = round(c, words[i + 2] as number);
    d = round(d, words[i + 3] as number);
  }
  for (let i = whole; i < words.length; i++) a = round(a, words[i] as number);
  hash[0] = a;
  hash[1] = b;
  hash[2] = c;
  hash[3] = d;
  // Lengths separate pages: a word moved from one page's end to the next one's start is another state.
  hash[4] = round(hash[4] as number, words.length);
}

function round(lane: number, word: number): number {
  const mixed = (lane + Math.imul(word, ROUND_B)) | 0;
  return Math.imul((mixed << 13) | (mixed >>> 19), ROUND_A);
}

/** 32 hex digits. */
export function finishHash(hash: HashState): string {
  const lanes = [0, 1, 2, 3].map((lane) => round(hash[lane] as number, hash[4] as number));
  for (let turn = 0; turn < 8; turn++) {
    const lane = turn & 3;
    lanes[lane] = avalanche(round(lanes[lane] as number, lanes[(lane + 3) & 3] as number));
  }
  return lanes.map(hex).join('');
}

function avalanche(lane: number): number {
  let h = lane ^ (lane >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}
