import { expect, test } from 'vitest';
import { isWhole, pickAct, withPicked, withShort, type Picks } from './picks.ts';
import { readScan, type ScanMeaning } from './read-scan.ts';
import { testWork } from './test-work.ts';

const picking = testWork({ state: 'picking' });
const other = testWork({ id: 'o1-2.1', order: 'o1-2', number: '#1002' });
const again = testWork({ id: 'o1-2.2', order: 'o1-2', number: '#1002' });

function scan(code: string, open = picking as typeof picking | undefined, picks: Picks = {}): ScanMeaning {
  return readScan(code, { works: [picking, other, again], open, picks });
}

test('a scanned item is one unit picked, whichever GTIN of it the scanner sends, until its line is full', () => {
  const first = scan('400010821853');
  expect(first).toEqual({ is: 'picked', sku: '00400010821853', picks: { 1: { picked: 1 } } });
  const second = scan('0400010821853', picking, (first as { picks: Picks }).picks);
  expect(second).toMatchObject({ is: 'picked', picks: { 1: { picked: 2 } } });
  expect(scan('00400010821853', picking, (second as { picks: Picks }).picks)).toEqual({
    is: 'full',
    sku: '00400010821853',
  });
  expect(scan('rye-1')).toEqual({ is: 'not-here' });
});

test('two lines of one item are filled one after the other', () => {
  const lines = [1, 2].map((line) => ({ line, orderLine: String(line), sku: 'X', units: 1 }));
  const work = testWork({ state: 'picking', lines });
  const meaning = readScan('X', { works: [work], open: work, picks: { 1: { picked: 1 } } });
  expect(meaning).toMatchObject({ is: 'picked', picks: { 1: { picked: 1 }, 2: { picked: 1 } } });
});

test('an order is opened by its number with and without its sign, by its id, and the next of the same when scanned again', () => {
  expect(scan('1002')).toEqual({ is: 'open', work: 'o1-2.1' });
  expect(scan('#1002', other)).toEqual({ is: 'open', work: 'o1-2.2' });
  expect(scan('O1-2', again)).toEqual({ is: 'open', work: 'o1-2.1' });
  expect(scan('o1-1.1', undefined)).toEqual({ is: 'open', work: 'o1-1.1' });
  expect(scan('1003', undefined)).toEqual({ is: 'not-here' });
});

test('an item of an order whose picking has not begun asks to begin it; any code at the counter is the customer’s', () => {
  expect(scan('RYE-1', testWork({ state: 'accepted' }))).toEqual({ is: 'start-first' });
  expect(scan('K7-22', testWork({ state: 'ready-for-pickup' }))).toEqual({ is: 'collect-code', code: 'K7-22' });
  expect(scan('RYE-1', testWork({ state: 'packed' }))).toEqual({ is: 'not-here' });
});

test('[OR8] a pick is whole when every unit is in hand or known to be missing', () => {
  const [milk] = picking.lines;
  let picks: Picks = { 2: { picked: 1 } };
  expect(isWhole(picking, picks)).toBe(false);
  picks = withShort(withPicked(picks, milk!, 1), 1, 'not-found');
  expect(isWhole(picking, picks)).toBe(true);
  expect(pickAct(picking, picks)).toEqual({
    act: 'pick',
    lines: [
      { line: 1, picked: 1, short: 'not-found' },
      { line: 2, picked: 1 },
    ],
  });
  // Found after all: nothing is missing any more. More than there are cannot be picked, nor less than none.
  expect(withPicked(picks, milk!, 9)[1]).toEqual({ picked: 2 });
  expect(withPicked(picks, milk!, -1)[1]).toEqual({ picked: 0, short: 'not-found' });
  expect(withShort(picks, 1, undefined)[1]).toEqual({ picked: 1 });
});
