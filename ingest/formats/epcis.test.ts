import { expect, test } from 'vitest';

import type { NodeId } from '../../engine/contract/ids.ts';
import type { FormatResult } from '../source.ts';
import { classOf, placeCodes } from './epc.ts';
import { readEpcis } from './epcis.ts';
import { bytesOf, testContext } from './test-context.ts';

const context = testContext({
  format: 'epcis',
  nodeCodes: { 'urn:epc:id:sgln:0614141.00777.0': 'DC-BERLIN' as NodeId, '4012345000016': 'S-09' as NodeId },
});
const read = (document: unknown): FormatResult => readEpcis(bytesOf(JSON.stringify(document)), context);

const EVENT = {
  type: 'ObjectEvent',
  eventID: 'urn:uuid:1',
  eventTime: '2026-11-24T10:00:00.000+01:00',
  eventTimeZoneOffset: '+01:00',
  action: 'OBSERVE',
  bizStep: 'receiving',
  disposition: 'in_progress',
  quantityList: [{ epcClass: 'urn:epc:class:lgtin:4012345.012345.998877', quantity: 5 }],
  readPoint: { id: 'urn:epc:id:sgln:0614141.00777.0' },
};
const event = (over: object = {}): object => ({ ...EVENT, ...over });
const documentOf = (...events: readonly object[]): object => ({
  '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'],
  type: 'EPCISDocument',
  schemaVersion: '2.0',
  creationDate: '2026-11-24T10:00:00.000Z',
  epcisBody: { eventList: events },
});
const meaningOf = (over: object): unknown[] => {
  const { events, refused } = read(documentOf(event(over)));
  return [...events.map(({ event: one }) => one), ...refused.map(({ code }) => code)];
};

test('receiving is a receipt at the node of the read point, fulfilling its purchase order', () => {
  const bizTransactionList = [
    { type: 'desadv', bizTransaction: 'urn:epcglobal:cbv:bt:0614141073467:1152' },
    { type: 'po', bizTransaction: 'http://transaction.acme.com/po/12345678' },
  ];
  expect(meaningOf({ bizTransactionList, recordTime: '2026-11-24T11:00:00.000+01:00' })).toEqual([
    {
      kind: 'delta',
      source: 'test-source',
      id: 'urn:uuid:1',
      at: Date.UTC(2026, 10, 24, 9),
      postedAt: Date.UTC(2026, 10, 24, 10),
      sku: '04012345123456',
      node: 'DC-BERLIN',
      quantity: 5,
      reason: 'receipt',
      ref: '12345678',
      inboundRef: '12345678',
    },
  ]);
});

test('the steps, as their table says', () => {
  for (const [bizStep, expected] of [
    ['shipping', { kind: 'delta', quantity: -5, reason: 'shipment' }],
    ['void_shipping', { kind: 'delta', quantity: 5, reason: 'shipment' }],
    ['retail_selling', { kind: 'delta', quantity: -5, reason: 'sale' }],
    ['destroying', { kind: 'delta', quantity: -5, reason: 'damage' }],
    ['cycle_counting', { kind: 'snapshot', quantity: 5, covers: 'count', carries: 'on-hand' }],
    ['stock_taking', { kind: 'snapshot', quantity: 5 }],
    ['https://ref.gs1.org/cbv/BizStep-shipping', { kind: 'delta', quantity: -5 }],
  ] as const) {
    expect({ bizStep, is: meaningOf({ bizStep }) }).toMatchObject({ bizStep, is: [expected] });
  }
  for (const bizStep of [
    'loading',
    'departing',
    'inspecting',
    'sensor_reporting',
    'https://acme.example/step/dancing',
  ]) {
    expect({ bizStep, is: meaningOf({ bizStep }) }).toEqual({ bizStep, is: [] });
  }
});

test('dispositions move units between states where they are looked at', () => {
  for (const [over, from, to] of [
    [{ bizStep: 'inspecting', disposition: 'damaged' }, 'sellable', 'damaged'],
    [{ bizStep: 'packing', disposition: 'needs_replacement' }, 'sellable', 'quality-hold'],
    [{ bizStep: 'storing', disposition: 'non_sellable_other' }, 'sellable', 'quality-hold'],
    [{ bizStep: 'inspecting', disposition: 'mismatch_quantity' }, 'sellable', 'suspect'],
    [{ bizStep: 'inspecting', persistentDisposition: { set: ['recalled'] } }, 'sellable', 'quality-hold'],
    [{ bizStep: 'inspecting', persistentDisposition: { unset: ['non_sellable_other'] } }, 'quality-hold', 'sellable'],
    [
      {
        bizStep: 'inspecting',
        disposition: 'damaged',
        persistentDisposition: { unset: ['expired'], set: ['damaged'] },
      },
      'quality-hold',
      'damaged',
    ],
  ] as const) {
    expect(meaningOf(over)).toMatchObject([{ kind: 'move', quantity: 5, from, to }]);
  }
});

test('goods received damaged are on hand and not for sale; shipped damaged they leave both', () => {
  expect(meaningOf({ disposition: 'damaged' })).toMatchObject([
    { kind: 'delta', id: 'urn:uuid:1', quantity: 5 },
    { kind: 'move', id: 'urn:uuid:1#damaged', quantity: 5, from: 'sellable', to: 'damaged' },
  ]);
  expect(meaningOf({ bizStep: 'shipping', disposition: 'damaged' })).toMatchObject([
    { kind: 'delta', quantity: -5 },
    { kind: 'move', quantity: 5, from: 'damaged', to: 'sellable' },
  ]);
});

test('an error declaration annuls everything the event meant, by the same ids', () => {
  const errorDeclaration = { declarationTime: '2026-11-25T10:00:00.000Z', reason: 'incorrect_data' };
  const original = meaningOf({ disposition: 'damaged' }) as { id: string }[];
  const voids = meaningOf({ disposition: 'damaged', errorDeclaration });
  expect(voids).toMatchObject(
    original.map(({ id }) => ({ kind: 'void', id: `${id}/void`, voids: id, at: Date.UTC(2026, 10, 25, 10) })),
  );
});

test('an event without id gets one of its content, which declaration and record time do not change', () => {
  const bare = { eventID: undefined };
  const [plain] = meaningOf(bare) as { id: string }[];
  const [voided] = meaningOf({
    ...bare,
    recordTime: '2026-11-26T10:00:00.000Z',
    errorDeclaration: { declarationTime: '2026-11-25T10:00:00.000Z' },
  }) as { voids: string }[];
  const [other] = meaningOf({ ...bare, disposition: 'active' }) as { id: string }[];
  expect(plain?.id).toMatch(/^digest-[0-9a-f]{32}$/);
  expect(voided?.voids).toBe(plain?.id);
  expect(other?.id).not.toBe(plain?.id);
});

test('instances count one each, classes their quantity, the same item once per event', () => {
  const epcList = [
    'urn:epc:id:sgtin:4012345.012345.1',
    'https://id.gs1.org/01/04012345123456/21/2',
    'urn:epc:id:sscc:0614141.1234567890',
  ];
  expect(meaningOf({ epcList })).toMatchObject([{ sku: '04012345123456', quantity: 7 }]);
  expect(meaningOf({ epcList: ['urn:epc:id:giai:4000001.111'], quantityList: undefined })).toEqual([]);
});

test('a transformation takes its inputs and makes its outputs', () => {
  const { events } = read(
    documentOf({
      type: 'TransformationEvent',
      eventID: 'urn:uuid:2',
      eventTime: EVENT.eventTime,
      eventTimeZoneOffset: '+01:00',
      inputQuantityList: [{ epcClass: 'urn:epc:class:lgtin:4012345.011111.1', quantity: 500, uom: 'GRM' }],
      outputEPCList: ['urn:epc:id:sgtin:4012345.077889.25', 'urn:epc:id:sgtin:4012345.077889.26'],
      bizLocation: { id: 'urn:epc:id:sgln:4012345.00001.0' },
    }),
  );
  expect(events.map(({ event: one }) => one)).toMatchObject([
    { sku: '04012345111118', quantity: -0.5, reason: 'other', node: 'S-09' },
    { sku: '04012345778892', quantity: 2, reason: 'other' },
  ]);
});

test('[FD9] an event that fails the schema is refused alone, in an envelope of its own', () => {
  const { events, refused } = read(
    documentOf(event(), event({ eventID: 'urn:uuid:3', action: 'LOOK' }), event({ eventID: 'urn:uuid:4' })),
  );
  expect(events.map(({ place }) => place)).toEqual(['event[0]', 'event[2]']);
  expect(refused).toMatchObject([{ code: 'schema-violated', place: 'event[1]' }]);
  const original = JSON.parse(refused[0]?.original ?? '') as { epcisBody: { eventList: unknown[] } };
  expect(original.epcisBody.eventList).toHaveLength(1);
});

test('what is no EPCIS is refused whole', () => {
  for (const [text, code] of [
    ['{', 'broken-json'],
    ['[]', 'schema-violated'],
    ['{"type":"EPCISDocument"}', 'schema-violated'],
    [JSON.stringify({ ...documentOf(event()), schemaVersion: 2 }), 'schema-violated'],
    ['{"type":"Invoice"}', 'schema-violated'],
    [JSON.stringify(documentOf(event())).replace('"type"', '"__proto__":{},"type"'), 'forbidden-key'],
  ] as const) {
    const { events, refused } = readEpcis(bytesOf(text), context);
    expect({ text, events, codes: refused.map((part) => part.code) }).toEqual({ text, events: [], codes: [code] });
  }
});

test('an event alone and a query result are read as a document is', () => {
  const expected = read(documentOf(event())).events.map(({ event: one }) => one);
  const { epcisBody, ...head } = documentOf(event()) as { epcisBody: object };
  const query = {
    ...head,
    type: 'EPCISQueryDocument',
    epcisBody: { queryResults: { queryName: 'q', subscriptionID: 's', resultsBody: epcisBody } },
  };
  const context_ = { '@context': 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld' };
  expect(read(query).events.map(({ event: one }) => one)).toEqual(expected);
  expect(read({ ...context_, ...event() }).events.map(({ event: one }) => one)).toEqual(expected);
});

test('negative quantities, unknown units and missing places are refused', () => {
  expect(meaningOf({ quantityList: [{ ...EVENT.quantityList[0], quantity: -5 }] })).toEqual(['malformed-quantity']);
  expect(meaningOf({ quantityList: [{ epcClass: EVENT.quantityList[0]?.epcClass }] })).toEqual(['malformed-quantity']);
  expect(meaningOf({ quantityList: [{ ...EVENT.quantityList[0], uom: 'LBR' }] })).toEqual(['unknown-unit']);
  expect(meaningOf({ readPoint: undefined })).toEqual(['no-place']);
});

test('what an EPC stands for', () => {
  for (const [epc, codes] of [
    ['urn:epc:id:sgtin:0614141.107346.2017', ['10614141073464', 'urn:epc:id:sgtin:0614141.107346.2017']],
    [
      'https://id.gs1.org/01/04012345987652',
      ['04012345987652', '4012345987652', '4012345987652', 'https://id.gs1.org/01/04012345987652'],
    ],
    [
      'https://shop.example/a/b/01/4012345987652/21/7?x=1',
      ['04012345987652', '4012345987652', '4012345987652', 'https://shop.example/a/b/01/4012345987652/21/7?x=1'],
    ],
    ['urn:epc:id:sscc:0614141.1234567890', 'no-goods'],
    ['https://id.gs1.org/8004/4000001111', 'no-goods'],
    ['https://acme.example/items/8412345', ['8412345', 'https://acme.example/items/8412345']],
    ['urn:acme:sku:8412345', ['8412345', 'urn:acme:sku:8412345']],
    ['urn:epc:idpat:sgtin:4012345.*.*', ['urn:epc:idpat:sgtin:4012345.*.*']],
  ] as const) {
    expect({ epc, codes: classOf(epc) }).toEqual({ epc, codes });
  }
  expect(placeCodes('urn:epc:id:sgln:4012345.00001.0')).toEqual(['urn:epc:id:sgln:4012345.00001.0', '4012345000016']);
  expect(placeCodes('https://id.gs1.org/414/9506000134307')).toContain('9506000134307');
});
