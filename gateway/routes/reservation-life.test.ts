import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from '../test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const key = ADMIN_KEY;
const reserve = (units: number, idempotencyKey: string, about: object = {}) =>
  server.call('/v1/reservations', {
    method: 'POST',
    key,
    headers: { 'idempotency-key': idempotencyKey },
    json: { channel: 'web', lines: [{ sku: 'R-1', units, group: 'all' }], ...about },
  });

describe('reservations', () => {
  test('[RS4] a reservation is extended while held, by hold time in all', async () => {
    await server.feed([onHand('R-1', 50)]);
    const made = await reserve(1, 'cart-extended', { holdMs: 60_000 });
    const path = `/v1/reservations/${String(made.body['id'])}`;
    const extend = (holdMs: unknown, as = key) =>
      server.call(`${path}/extend`, { method: 'POST', key: as, json: { holdMs } });
    const expiresAt = Number(made.body['createdAt']) + 120_000;
    const extended = await extend(120_000);
    expect(extended).toMatchObject({ status: 200, body: { state: 'held', expiresAt, extensions: 1 } });
    expect(await extend(120_000)).toMatchObject({ status: 200, body: extended.body });
    expect(await extend(1_000)).toMatchObject({ status: 422, body: { code: 'hold-out-of-bounds', field: 'holdMs' } });
    expect(await extend('long')).toMatchObject({ status: 422, body: { code: 'invalid-request' } });
    const other = await server.keyWith('reservations');
    expect(await extend(180_000, other)).toMatchObject({ status: 404, body: { code: 'unknown-reservation' } });
    expect(await extend(180_000, await server.keyWith('feeds'))).toMatchObject({ status: 403 });
    await server.call(path, { key, method: 'DELETE' });
    expect(await extend(180_000)).toMatchObject({ status: 409, body: { code: 'already-ended' } });
  });

  test('[RS7] units move from a group to a node and back, once per key', async () => {
    await server.feed([onHand('M-1', 4), onHand('M-1', 2, Date.now(), 'S-2')]);
    const lines = [{ sku: 'M-1', units: 3, group: 'all' }];
    const made = await reserve(3, 'cart-moved', { lines });
    const path = `/v1/reservations/${String(made.body['id'])}`;
    const move = (json: object, idempotencyKey?: string) => {
      const headers = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
      return server.call(`${path}/move`, { method: 'POST', key, headers, json: { sku: 'M-1', ...json } });
    };
    const toStore = { from: { group: 'all' }, to: { node: 'S-2' }, units: 2 };
    const moved = await move(toStore, 'm1');
    const after = [
      { sku: 'M-1', units: 1, group: 'all' },
      { sku: 'M-1', units: 2, node: 'S-2' },
    ];
    expect(moved).toMatchObject({ status: 200, body: { state: 'held', lines: after } });
    expect(await move(toStore, 'm1')).toMatchObject({ status: 200, body: { lines: after } });
    expect(await move({ ...toStore, units: 1 }, 'm1')).toMatchObject({ status: 409, body: { code: 'key-reused' } });
    expect(await move({ ...toStore, units: 1 }, 'm2')).toMatchObject({
      status: 409,
      body: { code: 'units-exceed-available', field: 'units', units: 0 },
    });
    expect(await move(toStore)).toMatchObject({ status: 422, body: { code: 'idempotency-key-required' } });
    expect(await move({ ...toStore, to: {} }, 'm3')).toMatchObject({ status: 422, body: { field: 'to' } });
    expect(await move({ ...toStore, to: { node: 'no' } }, 'm3')).toMatchObject({ body: { code: 'unknown-node' } });
    const nobody = await server.call('/v1/reservations/r1-zz/move', {
      method: 'POST',
      key,
      headers: { 'idempotency-key': 'm4' },
      json: { sku: 'M-1', ...toStore },
    });
    expect(nobody).toMatchObject({ status: 404, body: { code: 'unknown-reservation' } });
    expect(await server.call(path, { key, method: 'DELETE' })).toMatchObject({ status: 200, body: { lines: after } });
  });

  test('[RS2] a reservation is made, repeated with the same answer, read, and released once', async () => {
    await server.feed([onHand('R-1', 5)]);
    const made = await reserve(3, 'cart-1');
    expect(made).toMatchObject({ status: 201, body: { state: 'held', client: 'admin' } });
    expect(await reserve(3, 'cart-1')).toMatchObject({ status: 201, body: made.body });
    expect((await server.call('/v1/stock/R-1')).body).toMatchObject({ d: { units: 2 } });
    const path = `/v1/reservations/${String(made.body['id'])}`;
    expect((await server.call(path, { key })).body).toEqual(made.body);
    expect((await server.call('/v1/reservations', { key })).body).toMatchObject({ reservations: [made.body] });
    expect(await server.call(path, { key, method: 'DELETE' })).toMatchObject({
      status: 200,
      body: { state: 'released' },
    });
    expect((await server.call('/v1/stock/R-1')).body).toMatchObject({ d: { units: 5 } });
  });

  test.each([
    ['more than there is', 50, {}, 409, 'units-exceed-available'],
    ['other content under a used key', 1, {}, 409, 'key-reused'],
    ['no units', 0, {}, 422, 'units-out-of-bounds'],
    ['a hold of a day', 1, { holdMs: 86_400_000 }, 422, 'hold-out-of-bounds'],
    ['a channel nobody has', 1, { channel: 'x' }, 422, 'unknown-channel'],
    ['a line without a place', 1, { lines: [{ sku: 'R-1', units: 1 }] }, 422, 'invalid-request'],
    ['no lines', 1, { lines: [] }, 422, 'invalid-request'],
  ])('%s is a no with a code', async (what, units, about, status, code) => {
    const idempotencyKey = code === 'key-reused' ? 'cart-1' : what.replaceAll(' ', '-');
    const answer = await reserve(units, idempotencyKey, about);
    expect(answer).toMatchObject({ status, body: { code, message: expect.stringMatching(/.{10}/) } });
  });

  test('without an idempotency key nothing is reserved', async () => {
    const json = { channel: 'web', lines: [{ sku: 'R-1', units: 1, group: 'all' }] };
    const answer = await server.call('/v1/reservations', { method: 'POST', key, json });
    expect(answer).toMatchObject({ status: 422, body: { code: 'idempotency-key-required', field: 'idempotency-key' } });
  });

  test('another client neither sees nor releases it', async () => {
    const made = await reserve(1, 'cart-2');
    const path = `/v1/reservations/${String(made.body['id'])}`;
    const other = await server.keyWith('reservations');
    expect((await server.call(path, { key: other })).status).toBe(404);
    expect((await server.call(path, { key: other, method: 'DELETE' })).status).toBe(404);
    expect((await server.call('/v1/reservations', { key: other })).body).toEqual({ reservations: [] });
  });
});
