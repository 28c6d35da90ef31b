import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StockChange } from '../engine/contract/change.ts';
import { PUBLIC } from './caller.ts';
import { StockTopics } from './stock-topics.ts';
import { stockView, type StockView } from './stock-view.ts';
import { sku, STAFF_ONLY, TestEngine, WEB } from './test-engine.ts';
import { messagesIn } from './test-frames.ts';
import type { Topic } from './topic.ts';

/** Here is the store, the DC next to it. */
const HERE = { lat: 42, lon: -93 };
const A = sku('A');

function setUp() {
  const changes: StockChange[] = [];
  const engine = new TestEngine((published) => changes.push(...published));
  const topics = new StockTopics({ engine: engine.asEngine, wallNow: () => 9_000, changed: () => undefined });
  const deliver = (count = changes.length) => {
    for (const change of changes.splice(0, count)) topics.take(change);
  };
  const view = (about: { near?: typeof HERE; sale?: string } = {}): StockView => {
    const { near, sale = WEB } = about;
    const channel = engine.reference.channels.get(sale)!;
    return stockView(engine.asEngine, { caller: PUBLIC, channel, ...(near !== undefined && { near }) });
  };
  return { engine, topics, deliver, view };
}

const shown = (topic: Topic) => (JSON.parse(topic.entry()) as { d: { units: number; pickup?: { units: number }[] } }).d;

test('those who see the same share a topic, others do not', () => {
  const { topics, view } = setUp();
  const first = topics.acquire(A, view());
  expect(topics.acquire(A, view())).toBe(first);
  expect(topics.acquire(A, view({ sale: STAFF_ONLY }))).not.toBe(first);
  expect(topics.acquire(A, view({ near: HERE }))).not.toBe(first);
  expect(topics.size).toBe(3);
});

test('a topic ends with its last watcher', () => {
  const { topics, view } = setUp();
  const topic = topics.acquire(A, view());
  topics.acquire(A, view());
  topics.release(topic);
  expect(topics.size).toBe(1);
  topics.release(topic);
  expect(topics.size).toBe(0);
});

test('one read serves all who come later', async () => {
  const { engine, topics, view } = setUp();
  engine.set('A', 4);
  for (let i = 0; i < 3; i++) await topics.load([topics.acquire(A, view())]);
  expect(engine.reads).toBe(1);
});

test('[ST2] of two who read at once, what the later read knows more comes as the change that it is', async () => {
  const { engine, topics, deliver, view } = setUp();
  engine.set('A', 4);
  const topic = topics.acquire(A, view());
  engine.holdReads = true;
  const first = topics.load([topic]);
  engine.set('A', 5);
  const second = topics.load([topic]);
  engine.releaseReads();
  await Promise.all([first, second]);
  deliver();
  expect(messagesIn([topic.frame()])).toMatchObject([{ r: 2, t: 1_000, n: 1, d: { units: 5 } }]);
});

test('[ST1] a sku nobody knows stays unknown; one of the item master alone is known and out of stock', async () => {
  const { engine, topics, view } = setUp();
  engine.reference.items.set(sku('M'), { sku: sku('M'), name: 'Milk', scale: 0, enabled: true });
  const [unknown, known] = [topics.acquire(sku('X'), view()), topics.acquire(sku('M'), view({ near: HERE }))];
  await topics.load([unknown, known]);
  expect(unknown.version).toBe(0);
  expect(known.entry()).toContain('"r":0,"d":{"band":"out-of-stock","availability":"OutOfStock","units":0,"asOf":null');
});

test('[ST2] a change that says the same is not pushed, but its facts count with the next', async () => {
  const { engine, topics, deliver, view } = setUp();
  engine.set('A', 4);
  const topic = topics.acquire(A, view());
  await topics.load([topic]);
  deliver();
  expect(topic.isKnown).toBe(true);
  const same: StockChange = {
    ...(await engine.stock([sku('A')]))[0]!,
    revision: 7,
    at: 1,
    receivedAt: 1,
    facts: 3,
  };
  topics.take(same);
  expect(topic.isCurrent([topic.e, 1])).toBe(true);
  expect([topic.version, topic.r]).toEqual([1, 7]);
  topics.take({ ...same, revision: 8, channels: [{ ...same.channels[0]!, ats: 5 }], facts: 2 });
  expect(topic.frame().toString()).toContain('"n":5');
});

test('[ST4] the order of reads and changes never matters: the newest revision is shown, pickup nodes included', async () => {
  const move = fc.record({ units: fc.nat({ max: 9 }), dc: fc.option(fc.nat({ max: 9 }), { nil: undefined }) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(move, { minLength: 1, maxLength: 8 }),
      fc.nat({ max: 8 }),
      fc.nat({ max: 8 }),
      fc.boolean(),
      async (moves, readAfter, deliveredBeforeAnswer, withNear) => {
        const { engine, topics, deliver, view } = setUp();
        engine.set('A', 0, { dc: 0 });
        const topic = topics.acquire(A, view(withNear ? { near: HERE } : {}));
        let loading: Promise<void> | undefined;
        engine.holdReads = true;
        let [store, dc] = [0, 0];
        for (const [index, { units, dc: newDc }] of moves.entries()) {
          if (index === Math.min(readAfter, moves.length - 1)) loading = topics.load([topic]);
          engine.set('A', units, newDc === undefined ? {} : { dc: newDc });
          store = units;
          dc = newDc ?? dc;
        }
        deliver(deliveredBeforeAnswer);
        engine.releaseReads();
        await loading;
        deliver();
        expect(shown(topic).units).toBe(store + dc);
        expect(shown(topic).pickup?.map((one) => one.units)).toEqual(withNear ? [store, dc] : undefined);
      },
    ),
  );
});
