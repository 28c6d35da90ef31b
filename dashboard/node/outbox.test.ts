import { describe, expect, test } from 'vitest';
import type { Answer } from '../../gateway/client/http-client.ts';
import { FakeWorld } from '../../gateway/client/fake-world.ts';
import type { WorkAnswer } from '../../gateway/protocol/work-bodies.ts';
import { Outbox, OUTBOX_MAX, type Said } from './outbox.ts';
import { testWork } from './test-work.ts';

type Reply = Answer<WorkAnswer>;

const done: Reply = { ok: true, value: { work: testWork({ version: 2 }) } };
const no = (status: number, code: string): Reply => ({ ok: false, status, error: { code, message: code } });
const NO_ANSWER = no(0, 'unreachable');

/** A browser's storage, which may be full. */
class TestStorage {
  readonly kept = new Map<string, string>();
  isFull = false;
  /** Made by all tabs of the browser. */
  keys = 0;
  get length(): number {
    return this.kept.size;
  }
  key(at: number): string | null {
    return [...this.kept.keys()][at] ?? null;
  }
  getItem(name: string): string | null {
    return this.kept.get(name) ?? null;
  }
  setItem(name: string, text: string): void {
    if (this.isFull) throw new Error('QuotaExceededError');
    this.kept.set(name, text);
  }
  removeItem(name: string): void {
    this.kept.delete(name);
  }
}

/** A page: the test answers each request. */
function open(storage = new TestStorage(), world = new FakeWorld()) {
  const asked: { said: Said; answer: (reply: Reply) => Promise<void> }[] = [];
  const taken: WorkAnswer[] = [];
  const refusedKeys: string[] = [];
  const outbox = new Outbox({
    node: 'S-1',
    storage,
    env: world,
    newKey: () => `key-${++storage.keys}`,
    send: (said) => {
      const { promise, resolve } = Promise.withResolvers<Reply>();
      const answer = async (reply: Reply) => {
        resolve(reply);
        await world.settle();
      };
      asked.push({ said, answer });
      return promise;
    },
    done: (answer) => taken.push(answer),
    keyRefused: (message) => refusedKeys.push(message),
  });
  const say = (act: 'accept' | 'start' | 'pack', work = 'o1-1.1') =>
    outbox.say({ work, number: '#1001', act: { act } });
  const waiting = () => outbox.all.value.map(({ key, act }) => `${key} ${act.act}`);
  return { outbox, storage, world, asked, taken, refusedKeys, say, waiting };
}

describe('[OR8] what somebody did at a node', () => {
  test('is sent at once, and gone from here when it is answered', async () => {
    const { outbox, storage, asked, taken, say } = open();
    expect(say('accept')).toBe('kept');
    expect([...outbox.waiting()]).toEqual([['o1-1.1', [{ act: 'accept' }]]]);
    expect(storage.kept.size).toBe(1);
    await asked[0]!.answer(done);
    expect({ taken, left: outbox.all.value, stored: storage.kept.size }).toEqual({
      taken: [done.ok && done.value],
      left: [],
      stored: 0,
    });
  });

  test('is sent one after the other in the order it was done, also when the clock stands still', async () => {
    const { asked, say, waiting } = open();
    say('accept');
    say('start');
    say('pack');
    expect(asked.map(({ said }) => said.key)).toEqual(['key-1']);
    await asked[0]!.answer(done);
    await asked[1]!.answer(done);
    expect(asked.map(({ said }) => said.key)).toEqual(['key-1', 'key-2', 'key-3']);
    expect(waiting()).toEqual(['key-3 pack']);
  });

  test('is sent again under the same key until there is an answer, and nothing passes it', async () => {
    const { asked, world, say } = open();
    say('accept');
    say('start');
    for (const reply of [NO_ANSWER, no(503, 'overloaded'), no(429, 'slow-down'), no(403, 'http-403')]) {
      await asked.at(-1)!.answer(reply);
      world.pass(30_000);
    }
    expect(asked.map(({ said }) => said.key)).toEqual(Array.from({ length: 5 }, () => 'key-1'));
  });

  test('is sent at once when the server is there again, and not twice at a time', async () => {
    const { outbox, asked, world, say } = open();
    say('accept');
    outbox.sendNow();
    await asked[0]!.answer(NO_ANSWER);
    outbox.sendNow();
    outbox.sendNow();
    expect(asked.length).toBe(2);
    await asked[1]!.answer(done);
    world.pass(60_000);
    expect({ asked: asked.length, timers: world.timers }).toEqual({ asked: 2, timers: 0 });
  });

  test('survives a reload between the click and the answer, in order and under its key', async () => {
    const before = open();
    before.say('accept');
    before.say('start');
    before.outbox.close();
    const after = open(before.storage);
    expect(after.waiting()).toEqual(['key-1 accept', 'key-2 start']);
    after.outbox.sendNow();
    await after.asked[0]!.answer(done);
    expect(after.asked.map(({ said }) => said.key)).toEqual(['key-1', 'key-2']);
    // The answer to the page that has gone is nobody's any more.
    await before.asked[0]!.answer(no(409, 'already-ended'));
    expect(after.waiting()).toEqual(['key-2 start']);
  });

  test('stays with its reason when it is refused, until it is dismissed by hand; the others go on', async () => {
    const { outbox, asked, storage, say } = open();
    say('accept');
    say('start', 'o1-2.1');
    outbox.dismiss('key-1');
    await asked[0]!.answer(no(409, 'already-ended'));
    expect(outbox.all.value[0]).toMatchObject({ key: 'key-1', refused: 'already-ended' });
    expect([...outbox.waiting().keys()]).toEqual(['o1-2.1']);
    await asked[1]!.answer(done);
    expect(open(storage).waiting()).toEqual(['key-1 accept']);
    outbox.dismiss('key-1');
    expect(storage.kept.size).toBe(0);
  });

  test('waits for whoever signs in next when the key is no good any more', async () => {
    const { outbox, asked, refusedKeys, storage, world, say } = open();
    say('accept');
    await asked[0]!.answer(no(401, 'unknown-key'));
    outbox.close();
    world.pass(60_000);
    expect({ refusedKeys, asked: asked.length }).toEqual({ refusedKeys: ['unknown-key'], asked: 1 });
    expect(open(storage).waiting()).toEqual(['key-1 accept']);
  });

  test('is not taken when too much waits: the screen says so instead of forgetting', () => {
    const { outbox, say } = open();
    for (let i = 0; i < OUTBOX_MAX; i++) expect(say('accept', `o1-${i}.1`)).toBe('kept');
    expect(say('accept')).toBe('full');
    expect(outbox.all.value.length).toBe(OUTBOX_MAX);
  });

  test('is remembered by the page alone when the browser stores nothing, and that is said', async () => {
    const storage = new TestStorage();
    storage.isFull = true;
    const { outbox, asked, say } = open(storage);
    say('accept');
    expect({ isAtRisk: outbox.isAtRisk, waiting: outbox.all.value.length }).toEqual({ isAtRisk: true, waiting: 1 });
    await asked[0]!.answer(done);
    expect({ isAtRisk: outbox.isAtRisk, waiting: outbox.all.value.length }).toEqual({ isAtRisk: false, waiting: 0 });
  });

  test('in one tab is not lost by what another tab of the browser does', async () => {
    const storage = new TestStorage();
    const one = open(storage);
    const other = open(storage);
    one.say('accept');
    other.say('start');
    one.outbox.refresh();
    expect(one.waiting()).toEqual(['key-1 accept', 'key-2 start']);
    await one.asked[0]!.answer(done);
    other.outbox.refresh();
    expect(other.waiting()).toEqual(['key-2 start']);
  });

  test('of another node is not this one’s, and neither is somebody else’s text', () => {
    const storage = new TestStorage();
    storage.setItem('onhand.said.S-2.key-9', JSON.stringify({ key: 'key-9', at: 1, act: { act: 'accept' } }));
    storage.setItem('onhand.said.S-1.key-8', '{"key":');
    storage.setItem('onhand.said.S-1.key-7', '{"key":7}');
    expect(open(storage).waiting()).toEqual([]);
  });
});
