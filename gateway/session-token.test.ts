import { expect, test } from 'vitest';
import { setUpSession } from './test-session.ts';

test('[WS16] connected says for how long the token holds', async () => {
  const { heard, say } = setUpSession();
  heard();
  expect(await say({ type: 'connect', id: 1, token: 'short' })).toMatchObject([
    { type: 'connected', id: 1, client: 'ann', expiresInMs: 60_000 },
  ]);
});

test('[WS17] a token that expires ends the socket, unless a fresh one came before; what is watched stays', async () => {
  const { engine, clock, session, closes, heard, say, subscribe } = setUpSession();
  engine.set('A', 9);
  await say({ type: 'connect', id: 1, token: 'short' });
  await subscribe(['A']);
  clock.advance(59_000);
  session.checkKey();
  heard();
  expect(await say({ type: 'connect', id: 2, token: 'fresh' })).toMatchObject([
    { type: 'connected', id: 2, client: 'ann', expiresInMs: 61_000 },
  ]);
  clock.advance(60_000);
  session.checkKey();
  expect(closes).toEqual([]);
  engine.set('A', 8);
  clock.settle();
  expect(heard()).toMatchObject([{ type: 'update', k: 'A', d: { units: 8 } }]);
  clock.advance(1_000);
  session.checkKey();
  expect(closes).toEqual([{ code: 4006, reason: expect.any(String) }]);
});

test.each([
  ['weaker', 'other-rights', false],
  ['bob', 'other-rights', false],
  ['over', 'token-expired', false],
  ['away', 'keys-unreachable', true],
  ['nobody-has-it', 'unknown-key', false],
])(
  '[WS17] [WS8] a fresh token that is %s changes nothing, and whether it may be shown again is said',
  async (token, code, temporary) => {
    const { clock, session, closes, heard, say } = setUpSession();
    await say({ type: 'connect', id: 1, token: 'short' });
    heard();
    expect(await say({ type: 'connect', id: 2, token })).toMatchObject([{ type: 'error', id: 2, code, temporary }]);
    clock.advance(59_999);
    session.checkKey();
    expect(closes).toEqual([]);
    clock.advance(1);
    session.checkKey();
    expect(closes).toMatchObject([{ code: 4006 }]);
  },
);

test.each([
  ['over', 4006],
  ['away', 4004],
  ['nobody-has-it', 4503],
])('[WS5] a first token that is %s closes with %i', async (token, code) => {
  const { closes, say } = setUpSession();
  await say({ type: 'connect', id: 1, token });
  expect(closes).toMatchObject([{ code }]);
});
