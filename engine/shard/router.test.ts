import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EngineBusyError } from '../api.ts';
import type { StockChange } from '../contract/change.ts';
import type { Item, Output, Work } from './messages.ts';
import { CALL_MS_MAX, OpenCalls } from './open-calls.ts';
import { ClientHolds } from './client-holds.ts';
import { readItems, requestBytes } from './codec/item-bytes.ts';
import { outputBytes } from './codec/output-bytes.ts';
import { BATCH_BYTES_MAX, BATCHES_IN_FLIGHT_MAX, Outbox } from './outbox.ts';
import { Router } from './router.ts';

const turnOfTheLoop = (): Promise<void> => Promise.resolve().then(() => {});

describe('natural batching', () => {
  test('what comes in one turn leaves as one batch; two are in flight, the rest collects', async () => {
    const sent: string[] = [];
    const outbox = new Outbox((items) => sent.push(Buffer.from(items).toString()));
    outbox.add(Buffer.from('1'));
    outbox.add(Buffer.from('2'));
    expect(sent).toEqual([]);
    await turnOfTheLoop();
    for (const item of ['3', '4', '5']) {
      outbox.add(Buffer.from(item));
      await turnOfTheLoop();
    }
    expect(sent).toEqual(['12', '3']);
    expect(outbox.undurableBytes).toBe(5);
    outbox.finished(1);
    await turnOfTheLoop();
    expect(sent.at(-1)).toBe('45');
    outbox.finished(2);
    expect(outbox.undurableBytes).toBe(0);
    expect(() => outbox.finished(1)).toThrow('more batches than were sent');
  });

  test('nothing is lost, reordered or sent beyond the bounds, whatever the thread does', async () => {
    const moves = fc.array(
      fc.oneof(fc.integer({ min: 1, max: BATCH_BYTES_MAX >> 2 }), fc.constant('finish' as const)),
      { maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(moves, async (list) => {
        const got: number[] = [];
        let inFlight = 0;
        let n = 0;
        const outbox = new Outbox((items) => {
          // Each item begins where its number changes. One may be larger than a batch should be; it then travels alone.
          const batch = items.filter((number, i) => number !== items[i - 1]);
          expect(batch.length === 1 || items.length <= BATCH_BYTES_MAX).toBe(true);
          got.push(...batch);
          expect(++inFlight).toBeLessThanOrEqual(BATCHES_IN_FLIGHT_MAX);
        });
        for (const move of list) {
          if (move !== 'finish') outbox.add(new Uint8Array(move).fill(n++));
          else if (inFlight > 0) {
            inFlight--;
            outbox.finished(1);
          }
          await turnOfTheLoop();
        }
        while (inFlight > 0) {
          inFlight--;
          outbox.finished(1);
          await turnOfTheLoop();
        }
        expect(got).toEqual([...Array(n).keys()]);
        expect(outbox.undurableBytes).toBe(0);
      }),
      { numRuns: 30 },
    );
  });
});

function fakeRouter({ threads = 2, creditBytes = 1_000, callsMax = 100 } = {}) {
  const time = { now: 0 };
  const calls = new OpenCalls(() => time.now);
  const posted: { thread: number; items: Item[] }[] = [];
  const published: StockChange[] = [];
  const router = new Router({
    threads,
    creditBytes,
    callsMax,
    calls,
    publish: (changes) => published.push(...changes),
    holds: new ClientHolds(),
    learn: () => undefined,
    publishOrders: () => undefined,
    post: (thread, items) => posted.push({ thread, items: readItems(items) }),
  });
  const output = (thread: number, batches: number, ...outputs: Output[]): void =>
    router.receive(thread, { type: 'output', batches, outputs: outputs.map(outputBytes), requests: [] });
  return { router, calls, time, posted, published, output };
}

const read = (shard: number, skus: string[] = []): Work => ({ shard, query: { ask: 'stock', skus: skus as never } });
const applied = { status: 'applied' } as const;

describe('routing', () => {
  test('work goes to the thread of its shard; answers come in the order asked, changes are published', async () => {
    const { router, posted, output, published } = fakeRouter();
    const said = router.ask([read(0), read(3), read(2)]);
    await turnOfTheLoop();
    expect(posted.map(({ thread, items }) => [thread, items.map(({ shard }) => shard)])).toEqual([
      [0, [0, 2]],
      [1, [3]],
    ]);
    const head = { sku: 's' as never, revision: 4, position: '0.4', at: 1, receivedAt: 1.5, facts: 1 };
    const change: StockChange = { ...head, channels: [], nodes: [] };
    output(1, 1, { replies: [{ call: 2, said: { status: 'closed' } }], changes: [change] });
    output(0, 1, { replies: [3, 1].map((call) => ({ call, said: applied })), changes: [] });
    expect(await said).toEqual([applied, { status: 'closed' }, applied]);
    expect(published).toEqual([change]);
    expect(router.undurableBytes).toBe(0);
  });

  test('a request between shards is routed like work and waits for nobody', async () => {
    const { router, posted } = fakeRouter();
    const item = requestBytes({ shard: 1, command: { do: 'tick' } });
    router.receive(0, { type: 'output', batches: 0, outputs: [], requests: [{ shard: 1, item }] });
    await turnOfTheLoop();
    expect(posted).toEqual([{ thread: 1, items: [{ shard: 1, request: { do: 'tick' } }] }]);
  });

  test('without credit on one thread nothing of the call is enqueued; credit returns with durability', async () => {
    const { router, posted, output } = fakeRouter();
    const big = ['x'.repeat(600)];
    const first = router.ask([read(1, big)]);
    await turnOfTheLoop();
    expect(() => router.ask([read(0), read(1, big)])).toThrow(EngineBusyError);
    await turnOfTheLoop();
    expect(posted).toHaveLength(1);
    output(1, 1, { replies: [{ call: 1, said: applied }], changes: [] });
    await first;
    void router.ask([read(0), read(1, big)]);
    await turnOfTheLoop();
    expect(posted).toHaveLength(3);
  });

  test('a call larger than all credit passes when nothing waits', async () => {
    const { router, posted } = fakeRouter();
    void router.ask([read(0, ['x'.repeat(5_000)])]);
    await turnOfTheLoop();
    expect(posted).toHaveLength(1);
    expect(() => router.ask([read(0)])).toThrow('engine overloaded');
  });

  test('open calls are bounded', async () => {
    const { router } = fakeRouter({ callsMax: 2 });
    void router.ask([read(0), read(1)]);
    expect(() => router.ask([read(0)])).toThrow('engine overloaded');
  });
});

describe('deadlines', () => {
  test('a caller is told after 10 s; the late reply is dropped, the drain ends', async () => {
    const { router, calls, time, output } = fakeRouter();
    const said = router.ask([read(0)]);
    const drained = calls.drained();
    await turnOfTheLoop();
    time.now = CALL_MS_MAX - 1;
    calls.sweep();
    expect(calls.size).toBe(1);
    time.now = CALL_MS_MAX;
    calls.sweep();
    await expect(said).rejects.toMatchObject({ code: 'overloaded' });
    await drained;
    output(0, 1, { replies: [{ call: 1, said: applied }], changes: [] });
    expect(calls.size).toBe(0);
  });

  test('a reply to a call that nobody made breaks an invariant', () => {
    const { output } = fakeRouter();
    expect(() => output(0, 0, { replies: [{ call: 9, said: applied }], changes: [] })).toThrow('which nobody made');
  });
});
