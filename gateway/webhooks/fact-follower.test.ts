import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Engine, ReferenceView } from '../../engine/api.ts';
import type { BandCrossing, StockChange } from '../../engine/contract/change.ts';
import type { ChannelId, ReservationId, Sku } from '../../engine/contract/ids.ts';
import type { PlacedNotice, RetoldChange } from '../../engine/contract/notice.ts';
import type { FactCursor } from './fact-cursor.ts';
import { FactFollower } from './fact-follower.ts';
import type { EventDraft } from './outgoing-event.ts';

const SHARDS = 3;
const WEB = 'web' as ChannelId;
const REFERENCE = { channels: new Map(), nodes: new Map() } as unknown as ReferenceView;

/** A journal that outlives whoever follows it: facts of some shards, half of which cross a band, and notices. */
class History {
  readonly changes: RetoldChange[][] = Array.from({ length: SHARDS }, () => []);
  readonly lsns: number[] = Array.from({ length: SHARDS }, () => 0);
  readonly notices: PlacedNotice[] = [];
  position = 0;
  epoch = 'e1';
  retells = 0;
  /** Crossings of one retelling at most. */
  page = 4;

  /** One publication: facts of several shards at once. */
  publish(facts: readonly number[]): StockChange[] {
    return facts.map((kind) => {
      const shard = kind % SHARDS;
      this.position += 1;
      const revision = (this.lsns[shard] = (this.lsns[shard] ?? 0) + 1);
      const crosses = kind % 2 === 0;
      const crossing: BandCrossing = { channel: WEB, was: 'low-stock', band: 'out-of-stock', revision };
      const change = {
        sku: `sku-${kind}` as Sku,
        revision,
        position: `${shard}.${revision}`,
        at: 1,
        channels: [],
        ...(crosses && { crossings: [crossing] }),
      };
      if (crosses) this.changes[shard]!.push(change);
      if (kind % 5 === 0) {
        const notice = { notice: 'expired', reservation: `r-${this.position}` as ReservationId } as const;
        this.notices.push({ position: this.position, at: 1, notice });
      }
      return { ...change, nodes: [], receivedAt: 0, facts: 1 };
    });
  }

  all(): string[] {
    const crossed = this.changes.flat().map(({ position }) => `${position} web`);
    return [...crossed, ...this.notices.map(({ position }) => String(position))].toSorted();
  }

  get engine(): Pick<Engine, 'epoch' | 'reference' | 'notices' | 'historyHead' | 'retell'> {
    return {
      epoch: this.epoch,
      reference: REFERENCE,
      historyHead: async () => ({ position: this.position, lsns: [...this.lsns] }),
      retell: async (shard, after) => {
        this.retells += 1;
        const behind = this.changes[shard]!.filter(({ revision }) => revision > after);
        const changes = behind.slice(0, this.page);
        const through = changes.length < behind.length ? changes.at(-1)!.revision : this.lsns[shard]!;
        return { changes, through };
      },
      notices: async ({ after, limit }) => {
        const notices = this.notices.filter(({ position }) => position > after).slice(0, limit);
        return { notices, through: notices.length === limit ? notices.at(-1)!.position : this.position, first: 1 };
      },
    };
  }
}

/** Jobs and cursor as a file keeps them: jobs first, and a crash may come between. */
class Sink {
  readonly told: string[] = [];
  durable: FactCursor | undefined;
  fails: 'no' | 'before' | 'between' = 'no';

  async cursor(): Promise<FactCursor | undefined> {
    return this.durable;
  }

  async put(drafts: readonly EventDraft[], cursor: FactCursor): Promise<void> {
    if (this.fails === 'before') throw new Error('the thread is gone');
    for (const { name } of drafts) if (!this.told.includes(name)) this.told.push(name);
    if (this.fails === 'between') throw new Error('the thread is gone');
    this.durable = cursor;
  }
}

class World {
  readonly history = new History();
  readonly sink = new Sink();
  #timer: (() => void) | undefined;
  follower = this.#start();

  #start(): FactFollower {
    return new FactFollower({
      engine: this.history.engine,
      sink: this.sink,
      later: (run) => {
        this.#timer = run;
        return () => (this.#timer = undefined);
      },
      log: () => undefined,
    });
  }

  /** Runs the timer there is, whatever it waits for. */
  async turn(): Promise<void> {
    const run = this.#timer;
    this.#timer = undefined;
    run?.();
    await setImmediate();
  }

  async restart(): Promise<void> {
    this.#timer = undefined;
    this.follower = this.#start();
    await this.follower.begin();
  }

  publish(...facts: number[]): void {
    this.follower.take(this.history.publish(facts));
  }

  told(): string[] {
    return this.sink.told.toSorted();
  }
}

describe('following facts', () => {
  test('begins with its moment: what was before is nobody’s event', async () => {
    const world = new World();
    world.publish(0, 2, 5);
    await world.follower.begin();
    const before = world.history.all();
    world.publish(4, 3, 10);
    await world.turn();
    await world.turn();
    expect(world.told()).toEqual(world.history.all().filter((name) => !before.includes(name)));
    expect(world.told()).not.toEqual([]);
  });

  test('what is published while it begins is an event', async () => {
    const world = new World();
    const beginning = world.follower.begin();
    await beginning;
    world.publish(2);
    await world.turn();
    expect(world.told()).toEqual(world.history.all());
  });

  test('a file of another journal is no place to go on from', async () => {
    const world = new World();
    await world.follower.begin();
    world.publish(2, 4);
    await world.turn();
    world.history.epoch = 'e2';
    await world.restart();
    expect(world.sink.durable).toMatchObject({ epoch: 'e2', lsns: world.history.lsns });
    expect(world.history.retells).toBe(0);
  });

  test('more than fits into memory is read from the journal', async () => {
    const world = new World();
    world.history.page = 5_000;
    await world.follower.begin();
    for (let times = 0; times < 30; times++) world.publish(...Array.from({ length: 1_000 }, () => 2));
    for (let turns = 0; turns < 5; turns++) await world.turn();
    expect(world.history.retells).toBeGreaterThan(0);
    expect(world.told()).toHaveLength(30_000);
  });

  test('without a ledger stock is told of as ever, and the trouble is said once', async () => {
    const { history, sink } = new World();
    const lines: string[] = [];
    const follower = new FactFollower({
      engine: { ...history.engine, notices: () => Promise.reject(new Error('no ledger')) },
      sink,
      later: (run) => {
        setImmediate().then(run, () => undefined);
        return () => undefined;
      },
      log: (line) => lines.push(line),
    });
    await follower.begin();
    for (let times = 0; times < 3; times++) {
      follower.take(history.publish([2, 10]));
      for (let turns = 0; turns < 5; turns++) await setImmediate();
    }
    await follower.stop();
    expect(sink.told).toHaveLength(6);
    expect(history.retells).toBe(0);
    expect(lines).toHaveLength(1);
  });

  test('a journal that does not reach back is said, and following goes on', async () => {
    const world = new World();
    await world.follower.begin();
    await world.turn();
    world.history.publish([2, 2, 2]);
    const { engine } = world.history;
    const lines: string[] = [];
    const follower = new FactFollower({
      engine: { ...engine, retell: async () => ({ status: 'refused', code: 'beyond-history' }) },
      sink: world.sink,
      later: (run) => {
        setImmediate().then(run, () => undefined);
        return () => undefined;
      },
      log: (line) => lines.push(line),
    });
    await follower.begin();
    for (let turns = 0; turns < 10; turns++) await setImmediate();
    follower.take(world.history.publish([2]));
    for (let turns = 0; turns < 10; turns++) await setImmediate();
    await follower.stop();
    expect(lines[0]).toMatch(/shard 2 .* is not told: beyond-history/);
    expect(world.sink.told).toEqual(['2.4 web']);
  });
});

const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('publish' as const),
        facts: fc.array(fc.nat(30), { minLength: 1, maxLength: 8 }),
      }),
    },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('turn' as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constantFrom(
          'crash' as const,
          'stop' as const,
          'fail-before' as const,
          'fail-between' as const,
          'heal' as const,
        ),
      }),
    },
  ),
  { maxLength: 60 },
);

test('[property] whatever dies when, every fact behind the beginning is told, none twice', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (plan) => {
      const world = new World();
      await world.follower.begin();
      for (const step of plan) {
        if (step.do === 'publish') world.publish(...step.facts);
        else if (step.do === 'turn') await world.turn();
        else if (step.do === 'fail-before') world.sink.fails = 'before';
        else if (step.do === 'fail-between') world.sink.fails = 'between';
        else if (step.do === 'heal') world.sink.fails = 'no';
        else {
          if (step.do === 'stop') await world.follower.stop();
          await world.restart();
        }
      }
      world.sink.fails = 'no';
      for (let turns = 0; turns < 4; turns++) await world.turn();
      expect(world.told()).toEqual(world.history.all());
    }),
    { numRuns: 300 },
  );
});
