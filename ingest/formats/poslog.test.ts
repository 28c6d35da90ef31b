import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

import type { FormatResult } from '../source.ts';
import { readPoslog } from './poslog.ts';
import { bytesOf, testContext } from './test-context.ts';

const read = (xml: string): FormatResult => readPoslog(bytesOf(xml), testContext({ format: 'poslog' }));

const line = (sku: string, quantity: string, more = '', element = 'Sale'): string =>
  `<LineItem ${more}><SequenceNumber>1</SequenceNumber><${element} ItemType="Stock"><ItemID>${sku}</ItemID><Quantity>${quantity}</Quantity></${element}></LineItem>`;

const receipt = (inside: string, { status = '', flags = '', sequence = '77', extra = '' } = {}): string =>
  `<Transaction ${flags}><RetailStoreID>9</RetailStoreID><WorkstationID>34</WorkstationID>` +
  `<SequenceNumber>${sequence}</SequenceNumber><BusinessDayDate>2026-11-24</BusinessDayDate>` +
  `<EndDateTime>2026-11-24T10:05:00</EndDateTime>${extra}<RetailTransaction ${status}>${inside}</RetailTransaction></Transaction>`;

const poslog = (...transactions: readonly string[]): string =>
  `<POSLog xmlns="http://www.nrf-arts.org/IXRetail/namespace/">${transactions.join('')}</POSLog>`;

const AT = Date.UTC(2026, 10, 24, 15, 5);

test('the real sample: one weighed apple is sold, the sign-on is ignored', () => {
  const bytes = readFileSync(new URL('./fixtures/poslog/kjbreil-poslog/SMALL.xml', import.meta.url));
  const { events, ignored, refused, warnings } = readPoslog(bytes, testContext({ format: 'poslog' }));
  expect(events.map(({ event, place }) => ({ event, place }))).toEqual([
    {
      place: 'transaction 2, line 1',
      event: {
        kind: 'delta',
        source: 'test-source',
        id: '9-34-161-2017-09-30#1',
        at: Date.UTC(2017, 9, 1, 6, 2, 54),
        stream: '9-34',
        seq: 161,
        ref: '9-34-161-2017-09-30',
        sku: '00000000067591',
        node: 'S-09',
        quantity: -0.42,
        reason: 'sale',
      },
    },
  ]);
  expect({ ignored, refused, warnings }).toEqual({ ignored: 1, refused: [], warnings: [] });
});

test('a sale takes, a return brings, a negative sale is a return, nothing said is one', () => {
  const { events } = read(
    poslog(
      receipt(line('A', '3')),
      receipt(line('A', '2', '', 'Return')),
      receipt(line('A', '-1')),
      receipt('<LineItem><Sale><POSIdentity><POSItemID>B</POSItemID></POSIdentity></Sale></LineItem>'),
    ),
  );
  expect(events.map(({ event }) => (event.kind === 'delta' ? [event.sku, event.quantity, event.reason] : []))).toEqual([
    ['A', -3, 'sale'],
    ['A', 2, 'return'],
    ['A', 1, 'return'],
    ['B', -1, 'sale'],
  ]);
});

test('what never left the shelf is ignored and counted', () => {
  const { events, ignored, refused } = read(
    poslog(
      receipt(line('A', '1', 'VoidFlag="true"')),
      receipt(line('A', '1'), { flags: 'TrainingModeFlag="true"' }),
      receipt(line('A', '1'), { flags: 'CancelFlag="1"' }),
      receipt(line('A', '1'), { status: 'TransactionStatus="Suspended"' }),
      receipt(line('A', '1'), { status: 'TransactionStatus="Voided"' }),
      receipt(line('A', '0')),
      receipt('<LineItem><Sale ItemType="Service"><ItemID>S</ItemID></Sale></LineItem>'),
      '<Transaction><ControlTransaction/></Transaction>',
    ),
  );
  expect({ events, ignored, refused }).toEqual({ events: [], ignored: 8, refused: [] });
});

test('a post-void annuls the linked receipt line by line, under its own id', () => {
  const link =
    '<TransactionLink ReasonCode="PostVoid"><SequenceNumber>70</SequenceNumber><BusinessDayDate>2026-11-23</BusinessDayDate></TransactionLink>';
  const { events } = read(poslog(receipt(link + line('A', '3'), { status: 'TransactionStatus="PostVoided"' })));
  expect(events.map(({ event }) => event)).toMatchObject([
    { kind: 'void', id: '9-34-77-2026-11-24#1', voids: '9-34-70-2026-11-23#1', sku: 'A', node: 'S-09', at: AT },
  ]);
});

test('a post-void without a link annuls itself', () => {
  const { events } = read(poslog(receipt(line('A', '3'), { status: 'TransactionStatus="PostVoided"' })));
  expect(events[0]?.event).toMatchObject({ id: '9-34-77-2026-11-24#1/void', voids: '9-34-77-2026-11-24#1' });
});

test('a post-void without lines is refused: its skus are not known', () => {
  const { refused } = read(poslog(receipt('', { status: 'TransactionStatus="PostVoided"' })));
  expect(refused).toMatchObject([{ code: 'void-without-lines', place: 'transaction 1' }]);
});

test('[FD2] the message date of an offline till is when its sales were booked', () => {
  const extra = '<POSLogDateTime TypeCode="Message">2026-11-24T10:40:00</POSLogDateTime>';
  const { events } = read(poslog(receipt(line('A', '1'), { extra })));
  expect(events[0]?.event).toMatchObject({ at: AT, postedAt: Date.UTC(2026, 10, 24, 15, 40) });
});

test('[FD9] a bad line is refused with its place, its neighbours count', () => {
  const { events, refused } = read(poslog(receipt(line('A', '1') + line('B', 'two')), receipt(line('C', '1'))));
  expect(events.map(({ event }) => ('sku' in event ? event.sku : ''))).toEqual(['A', 'C']);
  expect(refused).toMatchObject([{ code: 'malformed-quantity', place: 'transaction 1, line 1' }]);
});

test('[FD9] a receipt without its number is refused alone', () => {
  const { events, refused } = read(poslog(receipt(line('A', '1'), { sequence: '' }), receipt(line('C', '1'))));
  expect(events).toHaveLength(1);
  expect(refused).toMatchObject([{ code: 'incomplete-transaction', place: 'transaction 1' }]);
});

test('where two codes stand, the one that is an item counts', () => {
  const xml = poslog(
    receipt('<LineItem><Sale><POSIdentity><POSItemID>B</POSItemID></POSIdentity><ItemID>A</ItemID></Sale></LineItem>'),
  );
  const context = testContext({ format: 'poslog' });
  const skuOf = (known: string): unknown =>
    readPoslog(bytesOf(xml), { ...context, hasItem: (sku) => sku === known }).events[0]?.event;
  expect(skuOf('B')).toMatchObject({ sku: 'B' });
  expect(skuOf('A')).toMatchObject({ sku: 'A' });
  expect(skuOf('nothing')).toMatchObject({ sku: 'A' });
});

test('a vendor extension inside a line is not mistaken for the line', () => {
  const vendor = '<x:Sale xmlns:x="urn:x"><x:ItemID>WRONG</x:ItemID></x:Sale>';
  const { events } = read(poslog(receipt(`<LineItem>${vendor}<Sale><ItemID>A</ItemID></Sale></LineItem>`)));
  expect(events[0]?.event).toMatchObject({ sku: 'A' });
});

test('hostile and broken XML is refused as a whole', () => {
  const bomb = '<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><POSLog>&b;</POSLog>';
  for (const [xml, code] of [
    [bomb, 'doctype-refused'],
    ['<!DOCTYPE POSLog SYSTEM "file:///etc/passwd"><POSLog/>', 'doctype-refused'],
    [poslog(receipt(line('A', '1'))).slice(0, -20), 'broken-xml'],
    [poslog('&unknown;'), 'broken-xml'],
    ['<POSLog><Transaction></POSLog>', 'broken-xml'],
    ['<Orders/>', 'not-a-poslog'],
    [`<POSLog>${'<a>'.repeat(40)}${'</a>'.repeat(40)}</POSLog>`, 'xml-out-of-bounds'],
    [`<POSLog ${Array.from({ length: 65 }, (_, index) => `a${index}="1"`).join(' ')}/>`, 'xml-out-of-bounds'],
    ['not xml at all', 'broken-xml'],
  ] as const) {
    const { events, refused } = read(xml);
    expect({ xml, events, codes: refused.map((part) => part.code) }).toEqual({ xml, events: [], codes: [code] });
  }
});

test('an empty body and an empty log say nothing', () => {
  for (const xml of ['', '  \n', '<POSLog/>', '\ufeff<POSLog></POSLog>']) {
    expect(read(xml)).toEqual({ events: [], refused: [], ignored: 0, warnings: [] });
  }
});
