import { expect, test } from 'vitest';
import { HttpClient } from './http-client.ts';

interface Asked {
  readonly url: string;
  readonly init: RequestInit;
}

/** A client whose server answers always the same. */
function against(status: number, body: string) {
  const asked: Asked[] = [];
  const client = new HttpClient({
    base: 'https://stock.test',
    token: 'secret',
    fetch: async (url, init) => {
      asked.push({ url: String(url instanceof Request ? url.url : url), init: init ?? {} });
      return new Response(body, { status });
    },
  });
  return { client, asked };
}

test('a reservation carries key, body and idempotency key', async () => {
  const { client, asked } = against(201, '{"id":"r1-1"}');
  const body = { channel: 'web', lines: [{ sku: 'A', units: 2, node: 'S-1' }] };
  expect(await client.reserve(body, 'cart-1')).toEqual({ ok: true, value: { id: 'r1-1' } });
  expect(asked[0]).toMatchObject({
    url: 'https://stock.test/v1/reservations',
    init: {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { authorization: 'Bearer secret', 'idempotency-key': 'cart-1', 'content-type': 'application/json' },
    },
  });
});

test('a held reservation is extended and moved under its own path', async () => {
  const { client, asked } = against(200, '{"id":"r1-1"}');
  await client.extend('r1-1', { holdMs: 60_000 });
  const move = { sku: 'A', from: { group: 'stores' }, to: { node: 'S-1' }, units: 1 };
  expect(await client.move('r1-1', move, 'move-1')).toEqual({ ok: true, value: { id: 'r1-1' } });
  expect(asked).toMatchObject([
    { url: 'https://stock.test/v1/reservations/r1-1/extend', init: { method: 'POST', body: '{"holdMs":60000}' } },
    {
      url: 'https://stock.test/v1/reservations/r1-1/move',
      init: { body: JSON.stringify(move), headers: { 'idempotency-key': 'move-1' } },
    },
  ]);
});

test('a sku with odd characters stays one part of the path, a query leaves out what is not given', async () => {
  const { client, asked } = against(200, '{}');
  await client.stock('a/b?c', { channel: 'web' });
  await client.stockOfMany(['A', 'B'], 'web');
  expect(asked.map(({ url }) => url)).toEqual([
    'https://stock.test/v1/stock/a%2Fb%3Fc?channel=web',
    'https://stock.test/v1/stock?sku=A&sku=B&channel=web',
  ]);
});

test('a corrected letter goes as its own text, an unchanged one without a body', async () => {
  const { client, asked } = against(200, '{}');
  await client.replayLetter('l1', '<POSLog/>');
  await client.replayLetter('l1');
  expect(asked.map(({ init }) => init.body)).toEqual(['<POSLog/>', undefined]);
});

test('a letter that is refused again says why, though the server answers 422', async () => {
  const { client } = against(422, '{"recorded":0,"refused":[{"code":"unknown-node"}],"refusedCount":1}');
  expect(await client.replayLetter('l1', 'x')).toMatchObject({
    ok: true,
    value: { refused: [{ code: 'unknown-node' }] },
  });
});

test('a no of the server is a value with its code', async () => {
  const { client } = against(409, '{"code":"units-exceed-available","message":"fewer units"}');
  expect(await client.release('r1-1')).toEqual({
    ok: false,
    status: 409,
    error: { code: 'units-exceed-available', message: 'fewer units' },
  });
});

test('an answer that is no error of ours, a broken one and none at all are still values', async () => {
  expect(await against(502, '"bad gateway"').client.nodes()).toMatchObject({ ok: false, error: { code: 'http-502' } });
  expect(await against(200, '<html>').client.nodes()).toMatchObject({ ok: false, error: { code: 'unreachable' } });
  const gone = new HttpClient({ base: 'https://stock.test', fetch: () => Promise.reject(new TypeError('no network')) });
  expect(await gone.nodes()).toMatchObject({ ok: false, status: 0, error: { code: 'unreachable' } });
});
