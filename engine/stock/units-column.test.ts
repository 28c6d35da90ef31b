import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Pages } from './pages.ts';
import { SparseColumns } from './sparse-columns.ts';
import { UnitsColumn } from './units-column.ts';

const units = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  fc.constantFrom(-(2 ** 31), 2 ** 31, 2 ** 31 - 1, -(2 ** 31) - 1, 0.5, 9e15),
);
const writes = fc.array(fc.record({ row: fc.integer({ min: 1, max: 6 }), units }), { maxLength: 60, size: 'max' });

test('a units column keeps every number it is given, also those that do not fit, and over a save', () => {
  fc.assert(
    fc.property(writes, (steps) => {
      const column = new UnitsColumn(new Pages());
      column.column.ensure(7);
      const model = new Map<number, number>();
      for (const step of steps) {
        column.set(step.row, step.units);
        model.set(step.row, step.units);
      }
      const copy = new UnitsColumn(new Pages());
      copy.column.ensure(7);
      for (let row = 1; row <= 6; row++) copy.column.set(row, column.column.get(row));
      copy.load(column.save());
      for (const [row, expected] of model) expect([column.get(row), copy.get(row)]).toEqual([expected, expected]);
    }),
  );
});

test('sparse numbers read like columns, and a row whose numbers are all 0 takes no place', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(writes, fc.boolean()), { maxLength: 4, size: 'max' }), (runs) => {
      const sparse = new SparseColumns(new Pages());
      const [a, b] = [sparse.f64(), sparse.u32()];
      sparse.seal();
      sparse.link.ensure(7);
      const model = { a: new Map<number, number>(), b: new Map<number, number>() };
      for (const [steps, isA] of runs) {
        for (const { row, units: value } of steps) {
          const fits = isA ? value : Math.abs(value | 0);
          (isA ? a : b).set(row, fits);
          (isA ? model.a : model.b).set(row, fits);
        }
      }
      const used = [1, 2, 3, 4, 5, 6].filter((row) => (model.a.get(row) ?? 0) !== 0 || (model.b.get(row) ?? 0) !== 0);
      for (let row = 1; row <= 6; row++)
        expect([a.get(row), b.get(row)]).toEqual([model.a.get(row) ?? 0, model.b.get(row) ?? 0]);
      expect(sparse.save()[2]).toBe(used.length);
    }),
  );
});
