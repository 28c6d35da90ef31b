import { afterAll, beforeAll, expect, test } from 'vitest';
import { pickupOrder, workFor } from '../orders/test-orders.ts';
import { onHand, startTestServer, type TestServer } from '../test-server.ts';

let server: TestServer;
let key: string;
beforeAll(async () => {
  server = await startTestServer();
  key = await server.keyWith('work');
  await server.feed([onHand('MILK-1', 50), onHand('BREAD', 50)]);
});
afterAll(() => server.stop());

const PATH = '/v1/nodes/S-1/work';
let orders = 0;
async function newWork(units = 2): Promise<string> {
  return (await workFor(server.engine, pickupOrder(`w-${++orders}`, { 'MILK-1': units, BREAD: 1 }))).id;
}

let acts = 0;
const act = (work: string, json: object, idempotencyKey = `act-${++acts}`) =>
  server.call(`${PATH}/${work}/acts`, { method: 'POST', key, json, headers: { 'idempotency-key': idempotencyKey } });

test('[OR8] a node does its work over HTTP, from the queue to the customer; the code is asked for and never shown', async () => {
  const work = await newWork();
  const listed = await server.call(PATH, { key });
  expect(listed.body).toMatchObject({ node: 'S-1', e: server.engine.epoch, works: [{ id: work, state: 'queued' }] });
  for (const each of ['accept', 'start', 'pick', 'pack', 'ready']) {
    expect(await act(work, { act: each })).toMatchObject({ status: 200, body: { work: { id: work, by: 'key-1' } } });
  }
  expect(await act(work, { act: 'collect', code: 'x' })).toMatchObject({ status: 422, body: { code: 'wrong-code' } });
  const shown = await server.call(`${PATH}/${work}`, { key });
  expect(shown.body).toMatchObject({ work: { state: 'ready-for-pickup', version: 6 } });
  const ended = await server.call(`${PATH}?ended=true`, { key });
  expect(JSON.stringify([shown.body, listed.body, ended.body])).not.toMatch(/collectCode|\b\d{6}\b/);
  expect(await act(work, { act: 'reject', reason: 'closing' })).toMatchObject({ status: 409 });
});

test('[OR8] an act by the same key is done once, also when other content comes with it; keys are each client’s own', async () => {
  const work = await newWork();
  const accepted = await act(work, { act: 'accept' }, 'mine');
  expect(accepted).toMatchObject({ status: 200, body: { work: { version: 2 } } });
  expect((await act(work, { act: 'accept' }, 'mine')).body).toEqual(accepted.body);
  expect(await act(work, { act: 'start' }, 'mine')).toMatchObject({ status: 409, body: { code: 'key-reused' } });
  const other = await server.keyWith('work');
  const start = { method: 'POST', key: other, json: { act: 'start' }, headers: { 'idempotency-key': 'mine' } };
  expect(await server.call(`${PATH}/${work}/acts`, start)).toMatchObject({
    status: 200,
    body: { work: { version: 3 } },
  });
  await act(work, { act: 'reject', reason: 'other' });
});

test('[OR8] a short pick says why; what an act lacks or cannot have is named, and nothing happens', async () => {
  const work = await newWork();
  for (const each of ['accept', 'start']) await act(work, { act: each });
  for (const [said, field] of [
    [{ act: 'pick', lines: [{ line: 9, picked: 1 }] }, 'lines.0'],
    [{ act: 'pick', lines: [{ line: 1, picked: 3 }] }, 'lines.0'],
    [{ act: 'pick', lines: [{ line: 1, picked: 1 }] }, 'lines.0'],
    [{ act: 'pick', reason: 'other' }, 'reason'],
    [{ act: 'collect' }, 'code'],
    [{ act: 'reject' }, 'reason'],
    [{ act: 'juggle' }, 'act'],
  ] as const) {
    expect(await act(work, said)).toMatchObject({ status: 422, body: { field } });
  }
  expect(
    (await server.call(`${PATH}/${work}/acts`, { method: 'POST', key, json: { act: 'pick' } })).body,
  ).toMatchObject({
    code: 'idempotency-key-required',
  });
  const picked = await act(work, { act: 'pick', lines: [{ line: 1, picked: 1, short: 'not-found' }] });
  expect(picked.body).toMatchObject({
    work: {
      state: 'picked',
      version: 4,
      lines: [
        { line: 1, units: 2, picked: 1, short: 'not-found' },
        { line: 2, picked: 1 },
      ],
    },
  });
});

test('a page ends where the next begins', async () => {
  const seen: string[] = [];
  for (let next = ''; ;) {
    const { body } = await server.call(`${PATH}?ended=true&limit=2${next && `&after=${next}`}`, { key });
    const { works, next: more } = body as { works: { id: string }[]; next?: string };
    seen.push(...works.map(({ id }) => id));
    if (more === undefined) break;
    next = more;
  }
  const { works } = await server.engine.work({ node: 'S-1' as never, ended: true, limit: 100 });
  expect(seen).toEqual(works.map(({ id }) => id));
  expect(seen.length).toBeGreaterThan(2);
});
