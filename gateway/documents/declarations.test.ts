import { expect, test } from 'vitest';
import { declarationsIn } from './declarations.ts';

const SOURCE = `import type { Band } from './wire.ts';
// A line about the file.

export const LIMIT = 3;

/** What it is. */
export interface Outer<State> extends Entry<State> {
  readonly plain: string;
  /** Said of the list; with a brace {. */
  readonly list: readonly {
    /**
     * Two lines,
     * one sentence.
     */
    readonly inner?: number;
    readonly 'not-a-name': 'a: b';
  }[];
}

type Choice =
  | { readonly is: 'a' }
  | {
      /** Deep. */
      readonly is: 'b';
    };
export type Word = 'x' | 'y';
type Both = {
  readonly is: string;
} & Word;
export function code(): void {}
`;

test('interfaces and types are found with what is said above them and their fields', () => {
  const [outer, choice, word, both, ...others] = declarationsIn(SOURCE);
  expect(others).toEqual([]);
  expect(outer).toMatchObject({ name: 'Outer', isGeneric: true, about: 'What it is.' });
  expect(outer!.text).not.toContain('/*');
  expect(Object.fromEntries(outer!.fields)).toEqual({
    list: 'Said of the list; with a brace {.',
    'list.inner': 'Two lines, one sentence.',
  });
  expect(choice).toMatchObject({ name: 'Choice', isGeneric: false, about: '' });
  expect([...choice!.fields]).toEqual([['is', 'Deep.']]);
  expect(word).toMatchObject({ name: 'Word', text: "type Word = 'x' | 'y';" });
  expect(both!.text).toContain('& Word;');
});

test('words of constants and defaults of parameters are put in', () => {
  const source = `
export const KINDS = ['a', 'b'] as const;
export type Kind = (typeof KINDS)[number];
export const TABLE = {
  one: 1,
  'two-three': { inner: 2 },
} as const;
export type Row = keyof typeof TABLE;
export interface Event<Body = unknown> {
  readonly d: Body;
}
`;
  const [kind, row, event] = declarationsIn(source);
  expect(kind!.text).toBe("type Kind = 'a' | 'b';");
  expect(row!.text).toBe("type Row = 'one' | 'two-three';");
  expect(event).toMatchObject({ isGeneric: false, text: expect.stringContaining('readonly d: unknown;') });
});
