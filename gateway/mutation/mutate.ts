import type { Chance } from './chance.ts';

/** Pieces that mean something to a parser somewhere. */
const TOKENS = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ',',
  ':',
  'null',
  'true',
  '-1',
  '0',
  '1e999',
  '9'.repeat(40),
  'NaN',
  '\\u0000',
  '\\ud800',
  '"__proto__":{"admin":true},',
  '"constructor":1,',
  '<!DOCTYPE a [<!ENTITY b "c">]>',
  '<![CDATA[',
  '&b;',
  '</',
  '~',
  '*',
  '=cmd()',
  '%00',
  '%2e%2e%2f',
  '../',
  '\r\n',
  '\n',
  '\u0000',
  '\ufeff',
  '🚀',
  ' '.repeat(300),
] as const;

/** What a value of JSON becomes. */
const VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  2 ** 53,
  '',
  ' ',
  'x'.repeat(200),
  '\u0000',
  '__proto__',
  [],
  {},
  [[[[]]]],
  ['A'],
  { type: 'connect' },
  '🚀',
  'S-1',
  '9'.repeat(30),
];

/** The text with one to four things wrong: half the time its bytes, half the time its parts. */
export function mutated(sample: string, chance: Chance): Buffer {
  let bytes: Buffer = Buffer.from(chance.oneIn(2) ? withOtherParts(sample, chance) : sample);
  const times = chance.whole(4);
  for (let time = 0; time < times; time++) bytes = withOtherBytes(bytes, chance);
  return bytes;
}

/** One value of the JSON is another, is gone, is twice there, or has another name; what is no JSON keeps its form. */
function withOtherParts(sample: string, chance: Chance): string {
  let root: unknown;
  try {
    root = JSON.parse(sample);
  } catch {
    return sample.replace(/[A-Za-z0-9._-]+/g, (word) => (chance.oneIn(12) ? chance.pick(TOKENS) : word));
  }
  const holders = holdersIn(root);
  if (holders.length === 0) return JSON.stringify(chance.pick(VALUES));
  const holder = chance.pick(holders);
  const name = chance.pick(Object.keys(holder));
  const value = holder[name];
  switch (chance.whole(4)) {
    case 0:
      delete holder[name];
      break;
    case 1:
      holder[`${name}${chance.pick(['', 's', ' ', '__proto__'])}x`] = value;
      break;
    case 2:
      holder[name] = [value, value];
      break;
    default:
      holder[name] = chance.pick(VALUES);
  }
  return JSON.stringify(root);
}

function holdersIn(root: unknown): Record<string, unknown>[] {
  if (typeof root !== 'object' || root === null) return [];
  const here = root as Record<string, unknown>;
  const inside = Object.values(here).flatMap(holdersIn);
  return Object.keys(here).length === 0 ? inside : [here, ...inside];
}

/** A bit flipped, a piece cut out, doubled or put elsewhere, a token put in, or the end missing. */
export function withOtherBytes(bytes: Buffer, chance: Chance): Buffer {
  const at = chance.whole(bytes.length + 1);
  const length = 1 + chance.whole(Math.max(1, Math.min(40, bytes.length - at)));
  const piece = bytes.subarray(at, at + length);
  const before = bytes.subarray(0, at);
  const after = bytes.subarray(at);
  switch (chance.whole(6)) {
    case 0: {
      const flipped = Buffer.from(bytes);
      if (at < flipped.length) flipped[at]! ^= 1 << chance.whole(8);
      return flipped;
    }
    case 1:
      return Buffer.concat([before, bytes.subarray(at + length)]);
    case 2:
      return Buffer.concat([before, piece, after]);
    case 3: {
      const to = chance.whole(bytes.length + 1);
      return Buffer.concat([bytes.subarray(0, to), piece, bytes.subarray(to)]);
    }
    case 4:
      return Buffer.concat([before, Buffer.from(chance.pick(TOKENS)), after]);
    default:
      return Buffer.from(before);
  }
}
