import { expect, test } from 'vitest';
import type { Answer } from './http-client.ts';
import { insist } from './insist.ts';

const no = (status: number, retryAfterMs?: number): Answer<string> => ({
  ok: false,
  status,
  error: { code: 'x', message: 'x', ...(retryAfterMs !== undefined && { retryAfterMs }) },
});

function asking(...answers: Answer<string>[]) {
  const waits: number[] = [];
  const env = {
    random: () => 0.5,
    after: (ms: number, run: () => void) => (waits.push(ms), queueMicrotask(run), () => {}),
  };
  let asked = 0;
  const ask = async () => answers[Math.min(asked++, answers.length - 1)]!;
  return { waits, env, ask, asked: () => asked };
}

test('what got no answer is asked again, ever later, or when the server says', async () => {
  const { ask, env, waits } = asking(no(0), no(503, 9_000), no(500), { ok: true, value: 'done' });
  expect(await insist(ask, env)).toEqual({ ok: true, value: 'done' });
  expect(waits).toEqual([750, 9_000, 1_500]);
});

test('a no about the thing itself is an answer', async () => {
  const { ask, env, asked } = asking(no(409));
  expect(await insist(ask, env)).toMatchObject({ ok: false, status: 409 });
  expect(asked()).toBe(1);
});

test('it ends with the last answer when nobody wants it any more, also while it waits', async () => {
  const { ask, asked } = asking(no(0));
  const stop = new AbortController();
  let isCancelled = false;
  const waiting = insist(ask, { random: () => 0, after: () => () => void (isCancelled = true) }, stop.signal);
  await Promise.resolve();
  await Promise.resolve();
  stop.abort();
  expect(await waiting).toMatchObject({ status: 0 });
  expect([isCancelled, asked()]).toEqual([true, 2]);
});
