import { expect, test } from 'vitest';
import { createSender, SenderRefusedError } from './sender.ts';
import type { SendRequest } from './sender.ts';

const request: SendRequest = {
  method: 'POST',
  path: '/v1/feeds/pos-1',
  contentType: 'text/csv',
  body: 'a,b',
  key: 'k',
};

interface Seen {
  readonly url: string;
  readonly body: unknown;
  readonly headers: unknown;
}

/** Answers in turn; an Error is a lost connection. */
function sender(answers: readonly (Response | Error)[], signal = new AbortController().signal) {
  const seen: Seen[] = [];
  const waits: number[] = [];
  const send = createSender({
    baseUrl: 'http://h',
    key: 'secret',
    signal,
    fetch: async (url, init) => {
      seen.push({ url: typeof url === 'string' ? url : '', body: init?.body, headers: init?.headers });
      const answer = answers[seen.length - 1];
      if (answer instanceof Response) return answer;
      throw answer ?? new Error('asked once too often');
    },
    wait: async (ms) => {
      waits.push(ms);
    },
  });
  return { send, seen, waits };
}

test('a busy, restarting or lost server is asked again with the very same request', async () => {
  const busy = new Response('{}', { status: 503, headers: { 'retry-after': '2' } });
  const { send, seen, waits } = sender([new Error('reset'), busy, new Response('{"id":"r1"}', { status: 201 })]);
  expect(await send(request)).toEqual({ status: 201, body: { id: 'r1' } });
  expect(seen).toHaveLength(3);
  expect(new Set(seen.map((one) => JSON.stringify(one))).size).toBe(1);
  expect(seen[0]).toEqual({
    url: 'http://h/v1/feeds/pos-1',
    body: 'a,b',
    headers: { authorization: 'Bearer secret', 'content-type': 'text/csv', 'idempotency-key': 'k' },
  });
  expect(waits).toEqual([100, 2_000]);
});

test('a no about stock is an answer, not a reason to ask again', async () => {
  const { send, seen } = sender([new Response('{"code":"units-exceed-available"}', { status: 409 })]);
  expect((await send(request)).status).toBe(409);
  expect(seen).toHaveLength(1);
});

test('a wrong key stops the sender and says what was answered', async () => {
  const { send } = sender([new Response('{"code":"unknown-key"}', { status: 401 })]);
  await expect(send(request)).rejects.toThrow(SenderRefusedError);
});

test('once stopped it asks no more', async () => {
  const stop = new AbortController();
  const { send, seen } = sender([new Error('reset')], stop.signal);
  const answer = send(request);
  stop.abort();
  await expect(answer).rejects.toThrow(/aborted/);
  expect(seen).toHaveLength(1);
});
