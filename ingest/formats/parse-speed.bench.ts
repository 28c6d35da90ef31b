import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

import { digest } from '../../engine/contract/digest.ts';
import type { FeedFormat } from '../../engine/contract/reference.ts';
import { FORMATS } from './formats.ts';
import { bytesOf, testContext } from './test-context.ts';

// CPU time of parsing alone, per event. `node ingest/formats/parse-speed.bench.ts` on a quiet machine.

export interface Speed {
  readonly what: string;
  readonly bytes: number;
  readonly events: number;
  /** CPU µs per event, user and system. */
  readonly micros: number;
  /** Of the events of one reading, so that nobody optimises the work away. */
  readonly digest: string;
}

const EVENTS = 200;
const times = <T>(make: (index: number) => T): T[] => Array.from({ length: EVENTS }, (_, index) => make(index));

const jsonRow = (at: string) => (index: number) =>
  `{"kind":"delta","id":"T1-${index}#1","at":${at},"sku":"0040000${index}","node":"S-09","quantity":-1,"reason":"sale"}`;
const receipt = (index: number): string =>
  `<Transaction><RetailStoreID>9</RetailStoreID><WorkstationID>34</WorkstationID><SequenceNumber>${index}</SequenceNumber><BusinessDayDate>2026-11-24</BusinessDayDate><EndDateTime>2026-11-24T10:05:00</EndDateTime><RetailTransaction><ReceiptDateTime>2026-11-24T10:05:00</ReceiptDateTime><LineItem EntryMethod="Scanned"><SequenceNumber>1</SequenceNumber><Sale ItemType="Stock"><POSIdentity POSIDType="GTIN"><POSItemID>0040000${index}</POSItemID></POSIdentity><ItemID>0040000${index}</ItemID><Description>An item</Description><RegularSalesUnitPrice>2.99</RegularSalesUnitPrice><ExtendedAmount>2.99</ExtendedAmount><Quantity>1</Quantity></Sale></LineItem></RetailTransaction></Transaction>`;
const epcisEvent = (index: number): object => ({
  type: 'ObjectEvent',
  eventID: `urn:uuid:${index}`,
  eventTime: '2026-11-24T10:00:00.000Z',
  eventTimeZoneOffset: '+00:00',
  action: 'OBSERVE',
  bizStep: 'receiving',
  quantityList: [{ epcClass: 'https://id.gs1.org/01/04012345987652', quantity: 5 }],
  readPoint: { id: 'urn:epc:id:sgln:0614141.00777.0' },
});
const x12 = (lines: readonly string[]): string =>
  [
    'ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *261124*1005*U*00401*000000007*0*P*>',
    'GS*IB*SENDER*ONHAND*20261124*1005*7*X*004010',
    'ST*846*0001',
    'BIA*00*SI*INV-1*20261124*0600',
    'N1*WH**92*9',
    ...lines,
    `SE*${lines.length + 4}*0001`,
    'GE*1*7',
    'IEA*1*000000007',
  ].join('~\n');

const BODIES: readonly { readonly what: string; readonly format: FeedFormat; readonly text: string }[] = [
  { what: 'json, times in ms', format: 'json', text: times(jsonRow('1795486000000')).join('\n') },
  { what: 'json, local times', format: 'json', text: times(jsonRow('"2026-11-24T10:05:00"')).join('\n') },
  {
    what: 'csv',
    format: 'csv',
    text: `kind,id,at,sku,node,quantity,reason\n${times((index) => `delta,T1-${index}#1,2026-11-24T10:05:00,0040000${index},9,-1,sale`).join('\n')}\n`,
  },
  {
    what: 'x12, 846',
    format: 'x12',
    text: x12(times((index) => `LIN*${index}*UK*0040000${index}~\nQTY*17*40*EA`).flatMap((pair) => pair.split('~\n'))),
  },
  {
    what: 'epcis',
    format: 'epcis',
    text: JSON.stringify({
      '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'],
      type: 'EPCISDocument',
      schemaVersion: '2.0',
      creationDate: '2026-11-24T10:00:00.000Z',
      epcisBody: { eventList: times(epcisEvent) },
    }),
  },
  { what: 'poslog', format: 'poslog', text: `<POSLog>${times(receipt).join('')}</POSLog>` },
];

export function measure(rounds: number): readonly Speed[] {
  return BODIES.map(({ what, format, text }) => {
    const bytes = bytesOf(text);
    const context = testContext({ format });
    const { events } = FORMATS[format](bytes, context);
    // As many rounds again to warm up.
    for (let round = 0; round < rounds; round += 1) FORMATS[format](bytes, context);
    const before = process.cpuUsage();
    for (let round = 0; round < rounds; round += 1) FORMATS[format](bytes, context);
    const { user, system } = process.cpuUsage(before);
    const seen = JSON.stringify(events.map(({ event }) => event));
    const name = digest(seen).map((word) => (word >>> 0).toString(16).padStart(8, '0'));
    return {
      what,
      bytes: bytes.length,
      events: events.length,
      micros: (user + system) / (rounds * events.length),
      digest: name.join(''),
    };
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`);
  for (const { what, bytes, events, micros, digest: seen } of measure(500)) {
    console.log(
      `${what.padEnd(20)} ${String(bytes).padStart(7)} bytes ${events} events ${micros.toFixed(2).padStart(6)} µs/event  ${seen}`,
    );
  }
}
