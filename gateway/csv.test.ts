import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvLine } from './csv.ts';

test('numbers stay numbers, texts are quoted where they must be', () => {
  expect(csvLine(['a', -3, undefined, 'b,c', 'say "no"', 'two\nlines'])).toBe(
    'a,-3,,"b,c","say ""no""","two\nlines"\r\n',
  );
});

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '  =1'])('%j is no formula', (text) => {
  expect(csvLine([text])).toMatch(/^"?'/);
});

test('no text begins a cell with what a spreadsheet runs', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const cell = csvLine([text]).replace(/^"/, '').trimStart();
      expect(cell).not.toMatch(/^[=+\-@]/);
    }),
  );
});
