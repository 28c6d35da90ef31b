import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ChainIndex } from './chain-index.ts';
import { DueQueue } from './due-queue.ts';
import { PAGE_BYTES } from './columns.ts';
import { Pages } from './pages.ts';
import { Rows } from './rows.ts';
import { TextHeap } from './text-heap.ts';

describe('pages', () => {
  test('an image holds every page as it was at its beginning, whatever is written meanwhile', () => {
    const writes = fc.array(fc.tuple(fc.nat(40_000), fc.integer({ min: 1, max: 99 })), { maxLength: 60 });
    fc.assert(
      fc.property(writes, writes, fc.constantFrom(10, 30_000), fc.nat(5), (before, during, startRows, stepsFirst) => {
        const pages = new Pages();
        const column = pages.f64();
        column.ensure(startRows);
        const write = ([row, value]: [number, number]) => {
          column.ensure(row + 1);
          column.set(row, value);
        };
        before.forEach(write);
        const rows = column.rows;
        const expected = Array.from({ length: rows }, (_, row) => column.get(row));
        const image = pages.begin(new Uint8Array(0));
        const taken: { page: number; bytes: Uint8Array }[] = [];
        const step = () => {
          const page = image.next();
          if (page !== undefined) taken.push(page);
        };
        for (let i = 0; i < stepsFirst; i++) step();
        for (const one of during) {
          write(one);
          step();
        }
        while (taken.length < image.pageCount) step();
        expect(image.next()).toBeUndefined();
        expect(taken.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBe(rows * 8);
        expect(taken.every(({ bytes }) => bytes.length <= PAGE_BYTES)).toBe(true);
        const restored = new Pages();
        const copy = restored.f64();
        restored.restore([rows], taken);
        expect(Array.from({ length: rows }, (_, row) => copy.get(row))).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });
});

describe('chain index', () => {
  test('finds every row that was put in and none that was taken out, while it splits bucket by bucket', () => {
    const steps = fc.array(fc.tuple(fc.boolean(), fc.nat(400)), { minLength: 200, maxLength: 900 });
    fc.assert(
      fc.property(steps, fc.constantFrom(1, 7, 65_537), (actions, spread) => {
        const pages = new Pages();
        const [key, next] = [pages.u32(), pages.u32()];
        const rows = new Rows(next, [key, next]);
        const hashOf = (name: number): number => Math.imul(name, spread);
        const index = new ChainIndex(pages, next, (row) => hashOf(key.get(row)));
        const model = new Map<number, number>();
        const find = (name: number): number => {
          let row = index.first(hashOf(name));
          while (row !== 0 && key.get(row) !== name) row = next.get(row);
          return row;
        };
        for (const [adds, name] of actions) {
          const known = model.get(name);
          if (adds && known === undefined) {
            const row = rows.alloc();
            key.set(row, name);
            index.insert(row, hashOf(name));
            model.set(name, row);
          } else if (!adds && known !== undefined) {
            index.remove(known, hashOf(name));
            rows.release(known);
            model.delete(name);
          }
        }
        for (let name = 0; name <= 400; name++) expect(find(name)).toBe(model.get(name) ?? 0);
        expect(rows.used).toBe(model.size);
      }),
      { numRuns: 60 },
    );
  });
});

describe('text heap', () => {
  test('gives back every text as it was put in, and uses freed blocks again', () => {
    const texts = fc.array(fc.string({ unit: 'binary', maxLength: 90 }), { maxLength: 20 });
    fc.assert(
      fc.property(texts, texts, (first, second) => {
        const heap = new TextHeap(new Pages());
        const freed = first.map((text) => heap.put(text));
        const kept = second.map((text) => heap.put(text));
        const [size] = heap.save();
        for (const text of freed) heap.free(text);
        const again = first.map((text) => heap.put(text));
        expect(heap.save()[0]).toBe(size);
        expect(kept.map((text) => heap.get(text))).toEqual(second);
        expect(again.map((text) => heap.get(text))).toEqual(first);
      }),
      { numRuns: 200 },
    );
  });
});

describe('due queue', () => {
  test('gives the earliest that still counts', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100)), fc.nat(100), (times, gone) => {
        const queue = new DueQueue<number>((a, b) => a < b);
        for (const time of times) queue.push(time);
        const left = times.filter((time) => time !== gone).sort((a, b) => a - b);
        expect(queue.reach((time) => time <= 50).sort((a, b) => a - b)).toEqual(
          times.filter((time) => time <= 50).sort((a, b) => a - b),
        );
        expect(queue.peek((time) => time !== gone)).toBe(left[0]);
      }),
    );
  });
});
