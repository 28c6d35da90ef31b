import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Fact } from '../../contract/fact.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { readFact, writeFact } from './fact-bytes.ts';
import { facts, number, text } from './test-models.ts';

test('every fact is read as it was written, whatever its texts and numbers', () => {
  const writer = new ByteWriter();
  fc.assert(
    fc.property(facts, (fact) => {
      writeFact(writer, fact);
      expect(readFact(writer.take())).toStrictEqual(fact);
    }),
    { numRuns: 2_000 },
  );
});

test('a journal of before, whose facts are all JSON, is read as it is', () => {
  fc.assert(
    fc.property(facts, (fact) => {
      expect(readFact(Buffer.from(JSON.stringify(fact)))).toStrictEqual(JSON.parse(JSON.stringify(fact)));
    }),
  );
});

test('a layout of a later version is refused by name, not guessed at', () => {
  expect(() => readFact(Uint8Array.of(99, ...new Uint8Array(40)))).toThrow('begins with byte 99');
});

// The bytes are what journals hold: a change here is a new layout with a new number.
test('the bytes of a sale', () => {
  const writer = new ByteWriter();
  const head = { source: 'pos', id: '7-1', at: 1_700_000_000_000, sku: 'tea', node: 'S-1' };
  const event = { kind: 'delta', ...head, quantity: -1, reason: 'sale', seq: 300 };
  writeFact(writer, { fact: 'StockRecorded', at: 1_700_000_000_001, event, units: -1 } as Fact);
  expect(Buffer.from(writer.take()).toString('hex')).toBe(
    [
      '01',
      '00108056febc7842', // journal time
      '06706f73', // pos
      '06372d31', // 7-1
      '00008056febc7842', // source time
      '06746561', // tea
      '06532d31', // S-1
      '31', // -1
      '0873616c65', // sale
      '08', // it has a seq
      'ff0000000000c07240', // 300
      '31', // -1 unit
      '00', // nothing is carried
    ].join(''),
  );
});

test('texts, names and numbers one after the other, through a writer that grows and is used again', () => {
  const writer = new ByteWriter();
  const reader = new ByteReader();
  const values = fc.array(fc.oneof(fc.record({ text }), fc.record({ number }), fc.record({ count: fc.maxSafeNat() })), {
    maxLength: 300,
    size: 'max',
  });
  fc.assert(
    fc.property(values, (list: readonly { text?: string; number?: number; count?: number }[]) => {
      for (const value of list) {
        if (value.text !== undefined) writer.text(value.text);
        else if (value.number !== undefined) writer.number(value.number);
        else writer.count(value.count ?? 0);
      }
      reader.open(writer.take());
      const read = list.map((value, i) => {
        if (value.text !== undefined) return { text: i % 2 === 0 ? reader.name() : reader.text() };
        return value.number === undefined ? { count: reader.count() } : { number: reader.number() };
      });
      expect(read).toEqual(list);
      expect(reader.isAtEnd).toBe(true);
    }),
    { numRuns: 50 },
  );
});
