import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isMessageRefusal, parseClientMessage } from './parse.ts';

const SAID = ['connect', 'subscribe', 'unsubscribe', 'hb', 'malformed-json', 'unknown-type', 'malformed-command'];

test('no text makes the parser throw, and what it takes has a known type', () => {
  const nearly = fc.record(
    {
      type: fc.constantFrom('connect', 'subscribe', 'unsubscribe', 'hb', 'x'),
      id: fc.oneof(fc.nat(), fc.jsonValue()),
      ch: fc.constantFrom('stock', 'ops', 'x'),
      keys: fc.oneof(fc.array(fc.string()), fc.jsonValue()),
      near: fc.jsonValue(),
      since: fc.oneof(fc.dictionary(fc.string(), fc.tuple(fc.string(), fc.nat())), fc.jsonValue()),
      conflateMs: fc.jsonValue(),
      token: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  const texts = fc.oneof(
    fc.string(),
    fc.json(),
    nearly.map((fields) => JSON.stringify(fields)),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const parsed = parseClientMessage(text);
      const said = isMessageRefusal(parsed) ? parsed.refused : parsed.type;
      expect(SAID).toContain(said);
    }),
    { numRuns: 1_000 },
  );
});

test('[WS2] a subscribe is taken with all it may carry; unknown fields are ignored, doubled keys counted once', () => {
  const text = JSON.stringify({
    type: 'subscribe',
    id: 3,
    ch: 'stock',
    keys: ['A', 'B', 'A'],
    sale: 'web',
    conflateMs: 500,
    near: { lat: 41.6, lon: -93.6, km: 12.5, alt: 3 },
    since: { A: ['e1', 4] },
    colour: 'red',
  });
  expect(parseClientMessage(text)).toEqual({
    type: 'subscribe',
    id: 3,
    ch: 'stock',
    keys: ['A', 'B'],
    sale: 'web',
    conflateMs: 500,
    near: { lat: 41.6, lon: -93.6, km: 12.5 },
    since: Object.assign(Object.create(null), { A: ['e1', 4] }),
  });
});

test('a key named __proto__ is a key like any other', () => {
  const parsed = parseClientMessage(
    '{"type":"subscribe","id":1,"ch":"stock","keys":["__proto__"],"since":{"__proto__":["e",1]}}',
  );
  expect(parsed).toMatchObject({ keys: ['__proto__'] });
  expect(Reflect.getOwnPropertyDescriptor((parsed as { since: object }).since, '__proto__')?.value).toEqual(['e', 1]);
});

test.each([
  ['{"type":"subscribe","id":1.5,"ch":"stock","keys":["A"]}', 'id'],
  ['{"type":"subscribe","id":1,"ch":"work","keys":["A"]}', 'ch'],
  ['{"type":"subscribe","id":1,"ch":"stock","keys":["A",2]}', 'keys'],
  ['{"type":"subscribe","id":1,"ch":"ops","keys":["later"]}', 'ops'],
  ['{"type":"subscribe","id":1,"ch":"stock","keys":["A"],"conflateMs":-1}', 'conflateMs'],
  ['{"type":"subscribe","id":1,"ch":"stock","keys":["A"],"near":{"lat":91,"lon":0}}', 'near'],
  ['{"type":"subscribe","id":1,"ch":"stock","keys":["A"],"near":{"lat":9,"lon":0,"km":0}}', 'km'],
  ['{"type":"subscribe","id":1,"ch":"stock","keys":["A"],"near":{"lat":9,"lon":0,"km":30000}}', 'km'],
  ['{"type":"subscribe","id":1,"ch":"stock","keys":["A"],"since":{"A":["e"]}}', 'since'],
  ['{"type":"connect","id":1,"token":""}', 'token'],
])('%s names %s', (text, word) => {
  expect(parseClientMessage(text)).toMatchObject({
    refused: 'malformed-command',
    message: expect.stringContaining(word),
  });
});
