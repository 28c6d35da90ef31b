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
export function code(): void {}
`;

test('interfaces and types are found with what is said above them and their fields', () => {
  const [outer, choice, word, ...others] = declarationsIn(SOURCE);
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
});
