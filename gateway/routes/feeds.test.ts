import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN_KEY, onHand, startTestServer, type TestServer } from '../test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const key = ADMIN_KEY;

describe('feeds and dead letters', () => {
  test('[FD9] good rows count, a bad one becomes a letter that is corrected and replayed', async () => {
    const bad = { ...onHand('F-1', 4), node: 'S-9' };
    const answer = await server.feed([onHand('F-2', 7), bad]);
    expect(answer).toMatchObject({ status: 200, body: { recorded: 1, refusedCount: 1 } });
    const { letter } = (answer.body['refused'] as { letter: string }[])[0]!;
    const path = `/v1/dead-letters/${letter}`;
    expect((await server.call(path, { key })).body).toMatchObject({ id: letter, source: 'pos', state: 'open' });
    expect((await server.call('/v1/dead-letters?state=open', { key })).body).toMatchObject({
      letters: [{ id: letter }],
    });
    const replayed = await server.call(`${path}/replay`, {
      method: 'POST',
      key,
      body: JSON.stringify(onHand('F-1', 4)),
    });
    expect(replayed).toMatchObject({ status: 200, body: { recorded: 1 } });
    expect((await server.call('/v1/stock/F-1')).body).toMatchObject({ d: { units: 4 } });
    expect((await server.call(`${path}/discard`, { method: 'POST', key })).status).toBe(409);
  });

  test('[FD5] numbers that are missing are listed per stream of a source', async () => {
    const numbered = (seq: number): object => ({ ...onHand(`N-${seq}`, 4), stream: 'till-1', epoch: 3, seq });
    await server.feed([1, 2, 6].map(numbered));
    const path = '/v1/sources/pos/gaps';
    expect((await server.call(path, { key })).body).toMatchObject({
      source: 'pos',
      streams: [{ stream: 'till-1', epoch: 3, first: 1, last: 6, missing: 3, gaps: [{ from: 3, to: 5 }] }],
    });
    await server.feed([3, 4, 5].map(numbered));
    expect((await server.call(path, { key })).body).toMatchObject({ streams: [] });
    expect((await server.call('/v1/sources/nobody/gaps', { key })).status).toBe(404);
  });

  test('[FD12] a file that empties a node waits, letter by letter, until somebody approves all of it', async () => {
    const skus = Array.from({ length: 40 }, (_, index) => `B-${index}`);
    const at = Date.now() - 60_000;
    await server.feed(skus.map((sku) => ({ ...onHand(sku, 4), at, id: `full-${sku}` })));
    const emptied = await server.feed(skus.map((sku) => ({ ...onHand(sku, 0), at: at + 1, id: `empty-${sku}` })));
    expect(emptied.body).toMatchObject({ recorded: 0, refusedCount: 40 });
    const { letter, code } = (emptied.body['refused'] as { letter: string; code: string }[])[0]!;
    expect(code).toBe('waits-for-approval');
    const post = (path: string, about = {}) =>
      server.call(`/v1/dead-letters/${path}`, { method: 'POST', key, ...about });
    expect(await post(`${letter}/approve`)).toMatchObject({ status: 200, body: { recorded: 1 } });
    const nobody = await post('approve?source=nobody');
    expect(nobody).toMatchObject({ status: 404, body: { code: 'unknown-source', field: 'source' } });
    const all = await post('approve?source=pos');
    expect(all).toMatchObject({ status: 200, body: { approved: 39, stillRefused: 0, more: false } });
    expect((await server.call('/v1/stock/B-7')).body).toMatchObject({ d: { units: 0 } });
    const closed = await server.call('/v1/dead-letters?code=waits-for-approval&state=replayed&limit=1', { key });
    expect(closed.body).toMatchObject({ letters: [{ state: 'replayed', closedBy: 'admin' }] });
  });

  test('a body of which every row is refused is 422; its letters are discarded by staff', async () => {
    const answer = await server.feed([{ ...onHand('F-3', 4), node: 'S-8' }]);
    expect(answer).toMatchObject({ status: 422, body: { recorded: 0, refusedCount: 1 } });
    const { letter } = (answer.body['refused'] as { letter: string }[])[0]!;
    const path = `/v1/dead-letters/${letter}/discard`;
    expect(await server.call(path, { method: 'POST', key })).toMatchObject({
      status: 200,
      body: { state: 'discarded', closedBy: 'admin' },
    });
    expect((await server.call('/v1/dead-letters/nope/discard', { method: 'POST', key })).status).toBe(404);
  });

  test('[FD9] a letter of which part is refused again is 422 and stays open', async () => {
    const { body } = await server.feed([{ ...onHand('F-5', 4), node: 'S-8' }]);
    const { letter } = (body['refused'] as { letter: string }[])[0]!;
    const replay = (text: RequestInit['body'], headers = {}) =>
      server.call(`/v1/dead-letters/${letter}/replay`, { method: 'POST', key, body: text, headers });
    const rows = [onHand('F-5', 4), { ...onHand('F-6', 4), node: 'S-8' }].map((row) => JSON.stringify(row));
    expect(await replay(rows.join('\n'))).toMatchObject({ status: 422, body: { recorded: 1, refusedCount: 1 } });
    expect(await replay(Buffer.from('{"sku":"caf\u00e9"}', 'latin1'))).toMatchObject({
      status: 422,
      body: { code: 'wrong-encoding' },
    });
    expect(await replay('{}', { 'content-encoding': 'br' })).toMatchObject({ status: 415 });
    expect((await server.call(`/v1/dead-letters/${letter}`, { key })).body).toMatchObject({ state: 'open' });
    expect((await replay(rows[0])).status).toBe(200);
    expect((await server.call(`/v1/dead-letters/${letter}`, { key })).body).toMatchObject({ state: 'replayed' });
  });

  test('a packed body is unpacked; what is no gzip is refused', async () => {
    const headers = { 'content-encoding': 'gzip' };
    const post = (body: RequestInit['body']) => server.call('/v1/feeds/pos', { method: 'POST', key, headers, body });
    expect(await post(gzipSync(JSON.stringify(onHand('F-4', 4))))).toMatchObject({
      status: 200,
      body: { recorded: 1 },
    });
    expect(await post('plain')).toMatchObject({ status: 400, body: { code: 'broken-gzip' } });
    expect(await post(gzipSync('x'.repeat(1_000)).subarray(0, 20))).toMatchObject({
      status: 400,
      body: { code: 'broken-gzip' },
    });
  });

  test('an unknown source and an unknown encoding say so', async () => {
    const post = (path: string, headers = {}) => server.call(path, { method: 'POST', key, body: '{}', headers });
    expect(await post('/v1/feeds/nobody')).toMatchObject({ status: 404, body: { code: 'unknown-source' } });
    expect(await post('/v1/feeds/pos', { 'content-encoding': 'br' })).toMatchObject({ status: 415 });
  });
});
