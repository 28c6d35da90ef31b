import assert from 'node:assert/strict';
import type { Script } from './script.ts';

// PROTOCOL.md, section 2.

export const SESSION_SCRIPTS: readonly Script[] = [
  {
    rules: ['WS3'],
    title: 'the first message is welcome: version, session, limits, bounds',
    only: 'public',
    run: async (door) => {
      const talk = await door.watch({ keys: ['any'] });
      await talk.next('subscribed');
      const [first] = talk.all;
      assert.partialDeepStrictEqual(first, { type: 'welcome', v: 1 });
      assert.ok(first !== undefined);
      for (const field of ['session', 'pingMs', 'limits', 'conflateMs']) assert.ok(field in first, `no ${field}`);
      const { keys, msgBytes, cmdPerSec, updPerSec } = first['limits'] as Record<string, number>;
      for (const limit of [keys, msgBytes, cmdPerSec, updPerSec]) assert.ok(Number(limit) > 0);
    },
  },
  {
    rules: ['WS1'],
    title: 'a socket without the sub-protocol is closed with 4504',
    only: 'with commands',
    run: async (door) => assert.equal(await (await door.open({ protocol: null })).ends(), 4504),
  },
  {
    rules: ['WS1'],
    title: 'bytes, or text that is no JSON object, close with 4501',
    only: 'with commands',
    run: async (door) => {
      for (const said of [Buffer.from([1, 2]), 'hello', '[1]', '"text"', 'null', '{"type":']) {
        const talk = await door.open();
        talk.say(said);
        assert.equal(await talk.ends(), 4501, String(said));
      }
    },
  },
  {
    rules: ['WS2'],
    title: 'fields nobody knows are ignored',
    run: async (door) => {
      const asked = { keys: ['any'], colour: 'red', size: 4 };
      const talk = await door.watch(asked);
      assert.deepEqual((await talk.next('subscribed'))['unknown'], ['any']);
    },
  },
  {
    rules: ['WS2'],
    title: 'an unknown type closes with 4500',
    only: 'with commands',
    run: async (door) => {
      const talk = await door.watch({ keys: ['any'] });
      talk.say({ type: 'shout', id: 2 });
      assert.equal(await talk.ends(), 4500);
    },
  },
  {
    rules: ['WS4'],
    title: 'answers carry the id of their command, in the order of the commands; pushes carry none',
    only: 'public with commands',
    run: async (door) => {
      const talk = await door.open();
      // Before welcome was read: nothing may be lost.
      talk.say({ type: 'subscribe', id: 7, ch: 'stock', keys: ['any'] });
      talk.say({ type: 'unsubscribe', id: 8, ch: 'stock', keys: ['any'] });
      talk.say({ type: 'subscribe', id: 9, ch: 'ops', keys: ['now'] });
      assert.equal((await talk.next('subscribed'))['id'], 7);
      assert.equal((await talk.next('unsubscribed'))['id'], 8);
      assert.equal((await talk.next('error'))['id'], 9);
    },
  },
  {
    rules: ['WS5'],
    title: 'a key nobody has closes with 4503',
    only: 'with commands',
    run: async (door) => {
      const talk = await door.open();
      talk.say({ type: 'connect', id: 1, token: 'oh_nobody-has-this-key' });
      assert.equal(await talk.ends(), 4503);
    },
  },
  {
    rules: ['WS5'],
    title: 'connect after another command is the error connect-first',
    only: 'public with commands',
    needs: ['key'],
    run: async (door, { key }) => {
      const talk = await door.watch({ keys: ['any'] });
      talk.say({ type: 'connect', id: 2, token: key });
      assert.partialDeepStrictEqual(await talk.next('error'), { id: 2, code: 'connect-first', temporary: false });
    },
  },
  {
    rules: ['WS5', 'WS16'],
    title: 'connected says whose the key is, what it may do, and which limits hold now',
    only: 'with commands',
    needs: ['key'],
    run: async (door, { key }) => {
      const talk = await door.open();
      talk.say({ type: 'connect', id: 3, token: key });
      const connected = await talk.next('connected');
      assert.partialDeepStrictEqual(connected, { id: 3, client: connected['client'] });
      assert.ok(typeof connected['client'] === 'string' && 'limits' in connected);
      const channels = (connected['caps'] as { ch: string; allow: string[] }[]).map(({ ch }) => ch);
      for (const ch of ['stock', 'ops', 'alerts', 'order']) assert.ok(channels.includes(ch), `no cap for ${ch}`);
    },
  },
  {
    rules: ['WS6'],
    title: 'who subscribes without connect is the public, or is sent away where only staff are let in',
    only: 'with commands',
    run: async (door) => {
      const talk = await door.open();
      talk.say({ type: 'subscribe', id: 1, ch: 'ops', keys: ['now'] });
      if (door.isPublic) assert.partialDeepStrictEqual(await talk.next('error'), { id: 1, code: 'forbidden' });
      else assert.equal(await talk.ends(), 4503);
    },
  },
  {
    rules: ['WS7', 'WS8'],
    title: 'a malformed command is an error that names the field; nothing changes and the socket lives on',
    only: 'public with commands',
    run: async (door) => {
      const talk = await door.watch({ keys: ['any'] });
      const malformed: readonly (readonly [object, string])[] = [
        [{ type: 'subscribe', ch: 'stock', keys: ['A'] }, 'id'],
        [{ type: 'subscribe', id: 2, ch: 'stock', keys: [] }, 'keys'],
        [{ type: 'subscribe', id: 2, ch: 'stock', keys: ['A', 1] }, 'keys'],
        [{ type: 'subscribe', id: 2, ch: 'stock', keys: ['A'], near: { lat: 91, lon: 0 } }, 'near'],
        [{ type: 'subscribe', id: 2, ch: 'stock', keys: ['A'], since: 4 }, 'since'],
        [{ type: 'subscribe', id: 2, ch: 'stock', keys: ['A'], conflateMs: 'soon' }, 'conflateMs'],
      ];
      for (const [command, field] of malformed) {
        talk.say(command);
        const error = await talk.next('error');
        assert.partialDeepStrictEqual(error, { code: 'malformed-command', temporary: false });
        assert.ok(String(error['msg']).includes(field), `${String(error['msg'])} does not name ${field}`);
      }
      talk.say({ type: 'unsubscribe', id: 3, ch: 'stock', keys: ['any'] });
      assert.equal((await talk.next('unsubscribed'))['id'], 3);
    },
  },
  {
    rules: ['WS10', 'SS3'],
    title: 'after pingMs without a word the server sends a heartbeat',
    needs: ['heartbeatMs'],
    run: async (door, { heartbeatMs }) => {
      const talk = await door.watch({ keys: ['any'] });
      await talk.next('subscribed');
      await talk.next('hb', heartbeatMs * 2 + 5_000);
    },
  },
  {
    rules: ['WS10'],
    title: 'who answers no ping is closed with 4002, who says anything is not',
    only: 'public with commands',
    needs: ['heartbeatMs'],
    run: async (door, { heartbeatMs }) => {
      const [mute, alive] = [await door.open({ answersPings: false }), await door.open({ answersPings: false })];
      const speaking = setInterval(() => alive.say({ type: 'hb' }), heartbeatMs / 3);
      try {
        assert.equal(await mute.ends(heartbeatMs * 4 + 20_000), 4002);
        alive.say({ type: 'unsubscribe', id: 1, ch: 'stock', keys: ['any'] });
        await alive.next('unsubscribed');
      } finally {
        clearInterval(speaking);
      }
    },
  },
  {
    rules: ['WS14'],
    title: 'a page of another site is refused, a program is not',
    run: async (door) => {
      assert.equal(await door.refusal({ origin: 'https://nobody-allowed-this.example' }), 403);
      assert.equal(await door.refusal({ origin: 'null' }), 403);
      assert.equal(await door.refusal({}), 101);
    },
  },
  {
    rules: ['WS14'],
    title: 'another path is 404',
    run: async (door) => assert.equal(await door.refusal({ path: '/v1/no-such-door' }), 404),
  },
  {
    rules: ['WS13'],
    title: 'a stopping server tells each client its moment, takes no new ones, and closes with 1012',
    needs: ['drain'],
    run: async (door, { drain }) => {
      const talk = await door.watch({ keys: ['any'] });
      await talk.next('subscribed');
      const stopped = drain();
      const drained = await talk.next('drain');
      assert.ok(Number(drained['reconnectInMs']) >= 0 && typeof drained['reason'] === 'string');
      assert.equal(await talk.ends(20_000), 1012);
      await stopped;
    },
  },
];
