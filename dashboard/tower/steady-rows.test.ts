import { expect, test } from 'vitest';
import { steadyRows } from './steady-rows.ts';

const row = (id: string, units: number) => ({ id, units });
const still = (id: string, units: number) => ({ row: row(id, units), gone: false });
const keyOf = ({ id }: { id: string }) => id;

test('rows keep their places and take the newest figures; new ones wait', () => {
  const shown = [still('a', 1), still('b', 2)];
  expect(steadyRows(shown, [row('c', 9), row('b', 5), row('a', 1)], keyOf)).toEqual([still('a', 1), still('b', 5)]);
});

test('a row that left stays where it was, marked as gone, and comes back as itself', () => {
  const gone = steadyRows([still('a', 1), still('b', 2)], [row('b', 2)], keyOf);
  expect(gone).toEqual([{ row: row('a', 1), gone: true }, still('b', 2)]);
  expect(steadyRows(gone, [row('a', 3), row('b', 2)], keyOf)).toEqual([still('a', 3), still('b', 2)]);
});
