import fc from 'fast-check';

/** A piece of a text that gives way to a token. */
export interface Cut {
  /** Where it begins, as a share of the text. */
  readonly at: number;
  /** Characters that go. */
  readonly length: number;
  readonly token: string;
}

export function cutsOf(tokens: readonly string[]): fc.Arbitrary<Cut[]> {
  const cut = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat(40),
    token: fc.constantFrom(...tokens),
  });
  return fc.array(cut, { minLength: 1, maxLength: 6 });
}

export function withTokens(bytes: Uint8Array, cuts: readonly Cut[]): Uint8Array {
  let text = Buffer.from(bytes).toString('utf8');
  for (const { at, length, token } of cuts) {
    const from = Math.floor(at * text.length);
    text = text.slice(0, from) + token + text.slice(from + length);
  }
  return Buffer.from(text);
}
