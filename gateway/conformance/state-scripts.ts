import assert from 'node:assert/strict';
import type { Script } from './script.ts';
import type { Message } from './talk.ts';

// PROTOCOL.md, section 3: what every door does alike, then what takes commands.

const unitsOf = (message: Message): unknown => (message['d'] as { units?: unknown }).units;
const keysOf = (entries: unknown): readonly string[] => (entries as { k: string }[]).map(({ k }) => k);

const WATCHING: readonly Script[] = [
  {
    rules: ['ST1', 'SS1'],
    title: 'of each key exactly one: its state, or unknown',
    needs: ['skus'],
    run: async (door, { skus: [sku, other] }) => {
      const talk = await door.watch({ keys: [sku, other, sku, 'nobody-has-this-sku', 'no sku at all'] });
      const subscribed = await talk.next('subscribed');
      assert.partialDeepStrictEqual(subscribed, { ch: 'stock', id: door.hasCommands ? 1 : 0 });
      assert.deepEqual(keysOf(subscribed['snap']).toSorted(), [sku, other].toSorted());
      const unknown = subscribed['unknown'] as readonly string[];
      assert.deepEqual(unknown.toSorted(), ['no sku at all', 'nobody-has-this-sku']);
      for (const entry of subscribed['snap'] as Message[]) {
        assert.ok(typeof entry['e'] === 'string' && Number.isSafeInteger(entry['r']));
        assert.ok('band' in (entry['d'] as object), 'a state has a band');
      }
    },
  },
  {
    rules: ['ST2', 'ST3', 'ST4'],
    title: 'changes come as whole states with ever greater revisions, and the newest comes at last',
    needs: ['skus', 'setUnits'],
    run: async (door, { skus: [sku], setUnits }) => {
      await setUnits(sku, 20);
      const talk = await door.watch({ keys: [sku], conflateMs: 100 });
      const [entry] = (await talk.next('subscribed'))['snap'] as Message[];
      let revision = Number(entry!['r']);
      for (let units = 21; units <= 40; units++) await setUnits(sku, units);
      let updates = 0;
      for (let units: unknown; units !== 40; updates++) {
        const update = await talk.next('update');
        assert.partialDeepStrictEqual(update, { ch: 'stock', k: sku, e: entry!['e'] });
        assert.ok(!('id' in update), 'a push has no id');
        assert.ok(Number(update['r']) > revision && 'band' in (update['d'] as object) && 't' in update);
        revision = Number(update['r']);
        units = unitsOf(update);
      }
      assert.ok(updates <= 20, `${updates} updates of 20 changes`);
    },
  },
  {
    rules: ['ST6'],
    title: 'a conflation time within the bounds is taken, another is an error',
    needs: ['skus'],
    run: async (door, { skus: [sku] }) => {
      const talk = await door.watch({ keys: [sku], conflateMs: 500 });
      assert.equal((await talk.next('subscribed'))['conflateMs'], 500);
      const refused = await door.watch({ keys: [sku], conflateMs: 3_600_000 });
      assert.partialDeepStrictEqual(await refused.next('error'), { code: 'conflate-out-of-bounds', temporary: false });
    },
  },
  {
    rules: ['ST6'],
    title: 'every version is not for the public',
    only: 'public',
    needs: ['skus'],
    run: async (door, { skus: [sku] }) => {
      const refused = await door.watch({ keys: [sku], conflateMs: 0 });
      assert.partialDeepStrictEqual(await refused.next('error'), { code: 'conflate-out-of-bounds' });
    },
  },
  {
    rules: ['ST5', 'SS2'],
    title: 'after a reconnect an unchanged key costs a name, a changed one brings its state',
    needs: ['skus', 'setUnits'],
    run: async (door, { skus, setUnits }) => {
      const [still, moving] = skus;
      for (const sku of skus) await setUnits(sku, 9);
      const before = await door.watch({ keys: skus });
      await before.next('subscribed');
      const unchanged = await (await door.resume(before, { keys: skus })).next('subscribed');
      assert.deepEqual([unchanged['snap'], unchanged['unchanged']], [[], [...skus]]);
      before.leave();
      await before.closed;
      await setUnits(moving, 8);
      const after = await (await door.resume(before, { keys: skus })).next('subscribed');
      assert.deepEqual([keysOf(after['snap']), after['unchanged']], [[moving], [still]]);
      assert.equal(unitsOf((after['snap'] as Message[])[0]!), 8);
    },
  },
  {
    rules: ['ST8', 'ST15'],
    title: 'near adds the nearest pickup nodes, 5 at most and within the distance, nearest first',
    needs: ['skus', 'place'],
    run: async (door, { skus: [sku], place }) => {
      const pickupOf = async (near: object): Promise<readonly { km: number }[]> => {
        const talk = await door.watch({ keys: [sku], near: { ...place, ...near } });
        const [entry] = (await talk.next('subscribed'))['snap'] as Message[];
        return (entry!['d'] as { pickup: { km: number }[] }).pickup;
      };
      const all = (await pickupOf({})).map(({ km }) => km);
      assert.ok(all.length > 0 && all.length <= 5, `${all.length} nodes`);
      assert.deepEqual(
        all,
        all.toSorted((a, b) => a - b),
      );
      const km = Math.max(1, Math.ceil(all[0]!));
      const within = (await pickupOf({ km })).map((node) => node.km);
      assert.deepEqual(
        within,
        all.filter((one) => one <= km),
      );
    },
  },
  {
    rules: ['ST11'],
    title: 'a channel of sale that does not exist is the error unknown-channel',
    needs: ['skus'],
    run: async (door, { skus: [sku] }) => {
      const talk = await door.watch({ keys: [sku], sale: 'no-such-channel' });
      assert.partialDeepStrictEqual(await talk.next('error'), { code: 'unknown-channel', temporary: false });
    },
  },
  {
    rules: ['ST12', 'ST16', 'ST19', 'SS4'],
    title: 'ops, alerts and all orders are not for the public',
    only: 'public',
    run: async (door) => {
      for (const [ch, key] of [
        ['ops', 'now'],
        ['alerts', 'ledger'],
        ['orders', 'recent'],
      ] as const) {
        const talk = await door.watch({ ch, keys: [key] });
        assert.partialDeepStrictEqual(await talk.next('error'), { code: 'forbidden', temporary: false });
      }
    },
  },
  {
    rules: ['ST17', 'ST5'],
    title: 'whoever was given its token follows an order, and resumes; another token is unknown',
    only: 'with commands',
    needs: ['order'],
    run: async (door, { order }) => {
      const { id, token, cancel } = await order();
      const keys = [`${id}.${token}`, `${id}.${'0'.repeat(32)}`] as const;
      const talk = await door.watch({ ch: 'order', keys });
      const subscribed = await talk.next('subscribed');
      assert.deepEqual([keysOf(subscribed['snap']), subscribed['unknown']], [[keys[0]], [keys[1]]]);
      await cancel();
      for (let status = ''; status !== 'cancelled';) {
        const update = await talk.next('update');
        assert.equal(update['k'], keys[0]);
        status = (update['d'] as { readonly status: string }).status;
      }
      const again = await door.resume(talk, { ch: 'order', keys: [keys[0]] });
      assert.partialDeepStrictEqual(await again.next('subscribed'), { snap: [], unchanged: [keys[0]] });
    },
  },
  {
    rules: ['ST19'],
    title: 'an operator sees an order among the recent ones, and that it changes',
    only: 'with commands',
    needs: ['key', 'order'],
    run: async (door, { key, order }) => {
      const talk = await door.open();
      talk.say({ type: 'connect', id: 1, token: key });
      talk.say({ type: 'subscribe', id: 2, ch: 'orders', keys: ['recent', 'queues', 'no-such-key'] });
      const subscribed = await talk.next('subscribed');
      assert.deepEqual([keysOf(subscribed['snap']), subscribed['unknown']], [['recent', 'queues'], ['no-such-key']]);
      const { id, cancel } = await order();
      await cancel();
      for (let status: unknown; status !== 'cancelled';) {
        const { k, d } = await talk.next('update');
        const { orders = [] } = (k === 'recent' ? d : {}) as { orders?: readonly Message[] };
        status = orders.find((row) => row['id'] === id)?.['status'];
      }
    },
  },
  {
    rules: ['LM1'],
    title: 'more keys than a socket may watch are the error too-many-keys',
    only: 'public',
    run: async (door) => {
      const talk = await door.watch({ keys: ['any'] });
      const { keys } = (await talk.next('welcome'))['limits'] as { keys: number };
      const many = Array.from({ length: keys + 1 }, (_, index) => `k${index}`);
      const refused = await door.watch({ keys: many });
      assert.partialDeepStrictEqual(await refused.next('error'), { code: 'too-many-keys', temporary: false });
    },
  },
];

const COMMANDING: readonly Script[] = [
  {
    rules: ['ST9'],
    title: 'after unsubscribed nothing more comes, and keys that were not watched are no error',
    only: 'with commands',
    needs: ['skus', 'setUnits'],
    run: async (door, { skus: [left, kept], setUnits }) => {
      const talk = await door.watch({ keys: [left, kept], conflateMs: 100 });
      await talk.next('subscribed');
      talk.say({ type: 'unsubscribe', id: 2, ch: 'stock', keys: [left, 'never-watched'] });
      await talk.next('unsubscribed');
      talk.rest();
      await setUnits(left, 31);
      await setUnits(kept, 32);
      assert.partialDeepStrictEqual(await talk.next('update'), { k: kept, d: { units: 32 } });
      assert.deepEqual(
        talk.rest().filter(({ k }) => k === left),
        [],
      );
    },
  },
  {
    rules: ['ST10'],
    title: 'a key subscribed again replaces what it was',
    only: 'with commands',
    needs: ['skus', 'setUnits'],
    run: async (door, { skus: [sku, other], setUnits }) => {
      await setUnits(sku, 50);
      const talk = await door.watch({ keys: [sku], conflateMs: 100 });
      await talk.next('subscribed');
      talk.say({ type: 'subscribe', id: 2, ch: 'stock', keys: [sku, other], conflateMs: 200 });
      assert.partialDeepStrictEqual(await talk.next('subscribed'), { id: 2, conflateMs: 200 });
      await setUnits(sku, 51);
      assert.partialDeepStrictEqual(await talk.next('update'), { k: sku, d: { units: 51 } });
      await setUnits(other, 52);
      assert.partialDeepStrictEqual(await talk.next('update'), { k: other });
    },
  },
  {
    rules: ['ST5'],
    title: 'a revision of another epoch, or one that never was, resumes nothing',
    only: 'with commands',
    needs: ['skus'],
    run: async (door, { skus: [sku] }) => {
      const talk = await door.watch({ keys: [sku] });
      await talk.next('subscribed');
      const [epoch, revision] = talk.seen.get(sku)!;
      for (const since of [
        [`${epoch}x`, revision],
        [epoch, revision + 1_000_000],
      ]) {
        talk.say({ type: 'subscribe', id: 2, ch: 'stock', keys: [sku], since: { [sku]: since } });
        const subscribed = await talk.next('subscribed');
        assert.deepEqual([keysOf(subscribed['snap']), subscribed['unchanged']], [[sku], undefined]);
      }
    },
  },
  {
    rules: ['ST12', 'ST16', 'ST17'],
    title: 'staff watch ops, every kind of alert, and orders, of which unknown ones are said to be',
    only: 'with commands',
    needs: ['key'],
    run: async (door, { key }) => {
      const talk = await door.open();
      talk.say({ type: 'connect', id: 1, token: key });
      talk.say({ type: 'subscribe', id: 2, ch: 'ops', keys: ['now'] });
      assert.deepEqual(keysOf((await talk.next('subscribed'))['snap']), ['now']);
      assert.partialDeepStrictEqual(await talk.next('update'), { ch: 'ops', k: 'now' });
      const kinds = ['silent-nodes', 'number-gaps', 'slow-clocks', 'held-changes', 'dead-letters', 'shortfalls'];
      talk.say({ type: 'subscribe', id: 3, ch: 'alerts', keys: [...kinds, 'invariants', 'ledger', 'no-such-kind'] });
      const alerts = await talk.next('subscribed');
      assert.deepEqual(alerts['unknown'], ['no-such-kind']);
      for (const entry of alerts['snap'] as Message[]) {
        const { severity, count, rows } = entry['d'] as { severity: string; count: number; rows: unknown[] };
        assert.ok(['warning', 'critical'].includes(severity) && count >= 0 && rows.length <= 20);
      }
      talk.say({ type: 'subscribe', id: 4, ch: 'order', keys: ['no-such-order'] });
      assert.partialDeepStrictEqual(await talk.next('subscribed'), { id: 4, snap: [], unknown: ['no-such-order'] });
    },
  },
  {
    rules: ['LM1'],
    title: 'a command that would exceed the keys takes nothing',
    only: 'public with commands',
    needs: ['skus', 'setUnits'],
    run: async (door, { skus: [sku], setUnits }) => {
      const talk = await door.open();
      const { keys } = (await talk.next('welcome'))['limits'] as { keys: number };
      const many = Array.from({ length: keys }, (_, index) => `k${index}`);
      talk.say({ type: 'subscribe', id: 1, ch: 'stock', keys: [sku, ...many] });
      assert.partialDeepStrictEqual(await talk.next('error'), { id: 1, code: 'too-many-keys' });
      talk.say({ type: 'subscribe', id: 2, ch: 'stock', keys: [sku] });
      assert.deepEqual(keysOf((await talk.next('subscribed'))['snap']), [sku]);
      await setUnits(sku, 61);
      assert.partialDeepStrictEqual(await talk.next('update'), { k: sku });
    },
  },
  {
    rules: ['LM2'],
    title: 'a message that is too big closes with 4502',
    only: 'public with commands',
    run: async (door) => {
      const talk = await door.open();
      const { msgBytes } = (await talk.next('welcome'))['limits'] as { msgBytes: number };
      talk.say(`{"type":"hb","x":"${'x'.repeat(msgBytes)}"}`);
      assert.equal(await talk.ends(), 4502);
    },
  },
  {
    rules: ['LM3'],
    title: 'commands that come too fast are refused for a time, and who does not stop is closed with 4005',
    only: 'public with commands',
    run: async (door) => {
      const talk = await door.open();
      await talk.next('welcome');
      const hasty = (id: number): void => talk.say({ type: 'unsubscribe', id, ch: 'stock', keys: ['any'] });
      for (let id = 0; id < 200; id++) hasty(id);
      const error = await talk.next('error');
      assert.partialDeepStrictEqual(error, { code: 'rate-limited', temporary: true });
      assert.ok(Number(error['retryAfterMs']) > 0 && Number.isSafeInteger(error['id']));
      for (let id = 200; id < 1_000; id++) hasty(id);
      assert.equal(await talk.ends(), 4005);
    },
  },
];

export const STATE_SCRIPTS: readonly Script[] = [...WATCHING, ...COMMANDING];
