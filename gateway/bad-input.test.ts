import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NodeId, SourceId } from '../engine/contract/ids.ts';
import type { FeedFormat, NodeRef, SourceRef } from '../engine/contract/reference.ts';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from './test-server.ts';

// Bad input of every format, over HTTP: the answer says what and where, a dead letter keeps it, a correction is
// replayed, and nothing else is disturbed. Sockets and bodies that misbehave: hostile.test.ts.

const NODE = 'N-1' as NodeId;

interface Case {
  readonly format: FeedFormat;
  readonly what: string;
  readonly bad: string;
  readonly code: string;
  readonly place: string;
  readonly corrected: string;
  /** Of the sku below, once the correction was replayed. */
  readonly sku: string;
  readonly onHand: number;
}

const AT = '2024-03-05T10:00:00Z';
const row = (over: object) =>
  JSON.stringify({ kind: 'snapshot', id: 'j1', at: AT, sku: 'J', node: NODE, quantity: 4, ...over });
const csv = (quantity: string) => `kind,id,at,sku,node,quantity\nsnapshot,c1,${AT},C,${NODE},${quantity}\n`;
const receipt = (end: string) =>
  `<POSLog><Transaction><RetailStoreID>${NODE}</RetailStoreID><WorkstationID>1</WorkstationID>` +
  `<SequenceNumber>7</SequenceNumber><BusinessDayDate>2024-03-05</BusinessDayDate><RetailTransaction>` +
  `<ReceiptDateTime>${AT}</ReceiptDateTime><LineItem><SequenceNumber>1</SequenceNumber>` +
  `<Sale ItemType="Stock"><ItemID>P</ItemID><Quantity>2</Quantity></Sale></LineItem></RetailTransaction>${end}`;
const receiving = (event: object) =>
  JSON.stringify({
    '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'],
    type: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: AT,
    epcisBody: {
      eventList: [
        {
          type: 'ObjectEvent',
          eventTime: AT,
          eventTimeZoneOffset: '+00:00',
          bizStep: 'receiving',
          quantityList: [{ epcClass: 'https://id.gs1.org/01/04012345123456', quantity: 5 }],
          readPoint: { id: `https://example.com/${NODE}` },
          ...event,
        },
      ],
    },
  });
const advice = (segments: number, node = NODE as string) =>
  `ISA*00**00**ZZ*A*ZZ*B*240305*0400*U*00401*000000001*0*P*:~GS*IB*A*B*20240305*0400*1*X*004010~ST*846*0001~` +
  `BIA*00*DD*1*20240305*0400~N1*WH**92*${node}~LIN**SK*X~QTY*17*6*EA~SE*${segments}*0001~GE*1*1~IEA*1*000000001~`;
const level = (name: string) =>
  JSON.stringify({
    data: {
      inventoryLevel: {
        updatedAt: AT,
        item: { id: 'gid://shopify/InventoryItem/43', sku: 'S' },
        location: { id: 'gid://shopify/Location/9' },
        quantities: [{ name, quantity: 8, updatedAt: AT }],
      },
    },
  });

const CASES: readonly Case[] = [
  {
    format: 'poslog',
    what: 'broken XML',
    bad: receipt('</POSLog>'),
    code: 'broken-xml',
    place: 'whole body',
    corrected: receipt('</Transaction></POSLog>'),
    sku: 'P',
    onHand: -2,
  },
  {
    format: 'epcis',
    what: 'EPCIS that fails the schema',
    bad: receiving({}),
    code: 'schema-violated',
    place: 'event[0]',
    corrected: receiving({ action: 'OBSERVE' }),
    sku: '04012345123456',
    onHand: 5,
  },
  {
    format: 'x12',
    what: 'X12 with a wrong count',
    bad: advice(9),
    code: 'wrong-count',
    place: 'segment 3 (ST)',
    corrected: advice(6),
    sku: 'X',
    onHand: 6,
  },
  {
    format: 'x12',
    what: 'X12 cut off',
    bad: advice(6).slice(0, -30),
    code: 'truncated-interchange',
    place: 'interchange 1',
    corrected: advice(6),
    sku: 'X',
    onHand: 6,
  },
  {
    format: 'x12',
    what: 'an unknown node',
    bad: advice(6, 'NOWHERE'),
    code: 'unknown-node',
    place: 'segment 6 (LIN)',
    corrected: advice(6),
    sku: 'X',
    onHand: 6,
  },
  {
    format: 'json',
    what: 'an absurd quantity',
    bad: row({ quantity: 1e15 }),
    code: 'malformed-quantity',
    place: 'line 1',
    corrected: row({}),
    sku: 'J',
    onHand: 4,
  },
  {
    format: 'json',
    what: 'a time in seconds',
    bad: row({ at: 1_709_632_800 }),
    code: 'malformed-time',
    place: 'line 1',
    corrected: row({}),
    sku: 'J',
    onHand: 4,
  },
  {
    format: 'json',
    what: 'a row that stops half way',
    bad: row({}).slice(0, 60),
    code: 'broken-json',
    place: 'line 1',
    corrected: row({}),
    sku: 'J',
    onHand: 4,
  },
  {
    format: 'csv',
    what: 'a quantity in words',
    bad: csv('many'),
    code: 'malformed-quantity',
    place: 'line 2',
    corrected: csv('7'),
    sku: 'C',
    onHand: 7,
  },
  {
    format: 'shopify-inventory',
    what: 'a number that was netted',
    bad: level('available'),
    code: 'netted-number',
    place: 'level[0]',
    corrected: level('on_hand'),
    sku: 'S',
    onHand: 8,
  },
];

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  const formats = [...new Set(CASES.map(({ format }) => format))];
  await server.engine.apply({ of: 'sources', rows: formats.map(sourceOf) });
  await server.engine.apply({ of: 'nodes', rows: formats.map(nodeOf) });
});
afterAll(() => server.stop());

describe.each(CASES)('$format: $what', ({ format, bad, code, place, corrected, sku, onHand: units }) => {
  test('is answered with place and reason, waits as a letter, and counts once corrected', async () => {
    const answer = await post(`/v1/feeds/${format}`, bad);
    expect(answer).toMatchObject({
      status: 422,
      body: { recorded: 0, refusedCount: 1, refused: [{ code, place, message: expect.stringMatching(/.{10}/) }] },
    });
    const path = `/v1/dead-letters/${(answer.body['refused'] as { letter: string }[])[0]!.letter}`;
    expect((await server.call(path, { key: ADMIN_KEY })).body).toMatchObject({ state: 'open', code, source: format });
    expect(await post(`${path}/replay`, '')).toMatchObject({ status: 422, body: { refused: [{ code }] } });
    await answersAsEver();

    const replayed = await post(`${path}/replay`, corrected);
    expect(replayed).toMatchObject({ status: 200, body: { refusedCount: 0 } });
    expect((await server.call(path, { key: ADMIN_KEY })).body).toMatchObject({ state: 'replayed', closedBy: 'admin' });
    expect((await server.call(`/v1/stock/${sku}`, { key: ADMIN_KEY })).body).toMatchObject({
      nodes: [{ node: `N-${format}`, onHand: units }],
    });
  });
});

const post = (path: string, body: string) =>
  server.call(path, { method: 'POST', key: ADMIN_KEY, ...(body === '' ? {} : { body }) });

async function answersAsEver(): Promise<void> {
  const at = Date.now();
  expect((await server.feed([onHand('ALIVE', at % 1_000, at)])).status).toBe(200);
  expect((await server.call('/v1/stock/ALIVE')).body).toMatchObject({ d: { units: at % 1_000 } });
}

/** Every source knows its own node as N-1. */
function sourceOf(format: FeedFormat): SourceRef {
  const node = `N-${format}` as NodeId;
  return {
    id: format as string as SourceId,
    name: format,
    kind: 'wms',
    format,
    grants: [{ nodes: [node], kinds: ['snapshot', 'complete', 'delta', 'inbound', 'move', 'void', 'heartbeat'] }],
    unknownSku: 'create',
    lateMs: 86_400_000,
    freshMs: 600_000,
    timeZone: 'America/Chicago',
    strict: true,
    nodeCodes: { [NODE]: node, [`https://example.com/${NODE}`]: node, '9': node },
  };
}

function nodeOf(format: FeedFormat): NodeRef {
  return {
    id: `N-${format}` as NodeId,
    kind: 'store',
    name: format,
    lat: 41,
    lon: -93,
    timeZone: 'America/Chicago',
    postcode: '50309',
    capabilities: ['ship'],
    hours: [],
    owner: format as string as SourceId,
    safety: 0,
    enabled: true,
  };
}
