import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StockFact } from '../contract/stock-fact.ts';
import type { ReservationId } from '../contract/ids.ts';
import { auditOf } from './test-allocations.ts';
import { canServe, type Promise } from './test-matching.ts';
import { GROUPS, WaitingScript } from './test-waiting.ts';

// Random waiting, sales and receipts; bipartite matching judges what is promised, and that nobody waits for what is there.

const GROUP = fc.constantFrom(...Object.keys(GROUPS));
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('await' as const),
      who: fc.nat(5),
      units: fc.integer({ min: 1, max: 4 }),
      group: GROUP,
      placedAt: fc.nat(3),
      priority: fc.nat(1),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('stop' as const),
      who: fc.nat(5),
      units: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('receive' as const),
      node: fc.nat(2),
      units: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('reserve' as const),
      units: fc.integer({ min: 1, max: 3 }),
      at: fc.oneof(fc.record({ node: fc.nat(2) }), fc.record({ group: GROUP })),
      holdMs: fc.constantFrom(1_000, 60_000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('release' as const), which: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('tick' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Row {
  readonly id: string;
  readonly nodes: readonly number[];
  readonly placedAt: number;
  readonly priority: number;
  units: number;
}

/** Beside the machine: on-hand, promises and who waits, by Map and addition. */
class World {
  readonly script = new WaitingScript();
  readonly onHand = [0, 0, 0];
  readonly held = new Map<ReservationId, Promise & { readonly expiresAt: number }>();
  readonly served: Promise[] = [];
  readonly waiting = new Map<string, Row>();
  readonly wrong: string[] = [];
  given = 0;
  private seen = 0;

  constructor() {
    for (const node of [0, 1, 2]) this.script.supply(node, 50, 2);
  }

  take(next: Step): void {
    const { script } = this;
    switch (next.do) {
      case 'await': {
        const { who, units, group, placedAt, priority } = next;
        return void script.await(`o${who}`, units, { group, placedAt, priority });
      }
      case 'stop':
        return void script.stop(`o${next.who}`, next.units);
      case 'receive':
        this.onHand[next.node] = (this.onHand[next.node] ?? 0) + next.units;
        return script.receive(next.node, next.units);
      case 'reserve':
        return void script.reserve(next.units, next.at, next.holdMs);
      case 'release': {
        const id = [...this.held.keys()][next.which];
        return id === undefined ? undefined : void script.shard.run({ do: 'release', id, client: 'shop' as never });
      }
      case 'wait':
        script.shard.nowMs += 1_000;
        return;
      case 'tick':
        return void script.tick();
    }
  }

  /** What was written down since. */
  learn(): void {
    const { facts } = this.script.shard;
    for (const fact of facts.slice(this.seen)) this.note(fact);
    this.seen = facts.length;
  }

  private note(fact: StockFact): void {
    if (fact.fact === 'UnitsReserved') {
      const { id, lines, expiresAt } = fact.reservation;
      const [line] = lines;
      if (line === undefined) return;
      const nodes = 'node' in line ? [Number(line.node.slice(1))] : (GROUPS[line.group] ?? []);
      this.held.set(id, { nodes, units: line.units, expiresAt });
    }
    if (fact.fact === 'UnitsReleased') this.held.delete(fact.id);
    if (fact.fact === 'UnitsAwaited') {
      const { id, group, placedAt, priority, units } = fact;
      const known = this.waiting.get(id) ?? { id, nodes: GROUPS[group] ?? [], placedAt, priority, units: 0 };
      this.waiting.set(id, { ...known, units: known.units + units });
    }
    if (fact.fact === 'WaitingStopped') this.less(fact.id, fact.units);
    if (fact.fact === 'UnitsServed') for (const { id, units } of fact.served) this.serve(id, units);
  }

  private serve(id: string, units: number): void {
    const row = this.waiting.get(id);
    if (row === undefined) return void this.wrong.push(`${id} is served and does not wait`);
    this.given += units;
    this.served.push({ nodes: row.nodes, units });
    this.less(id, units);
    const isFirst = (other: Row): boolean =>
      other.priority < row.priority || (other.priority === row.priority && other.placedAt < row.placedAt);
    const passed = [...this.waiting.values()].find(
      (other) => String(other.nodes) === String(row.nodes) && isFirst(other) && other.id !== id,
    );
    if (passed !== undefined) this.wrong.push(`${id} is served before ${passed.id}`);
  }

  private less(id: string, units: number): void {
    const row = this.waiting.get(id);
    const left = (row?.units ?? 0) - units;
    if (row === undefined || left < 0) this.wrong.push(`${id} waits for fewer than ${units}`);
    else if (left === 0) this.waiting.delete(id);
    else this.waiting.set(id, { ...row, units: left });
  }

  private get promises(): Promise[] {
    return [...this.held.values(), ...this.served];
  }

  judge(): void {
    if (!canServe(this.onHand, this.promises)) this.wrong.push('oversold');
  }

  /** Nobody waits for what is there, once time has had its turn. */
  settle(): void {
    for (let turns = 0; this.script.shard.machine.dueAt() <= this.script.shard.nowMs && turns < 5; turns++) {
      this.script.tick();
      this.learn();
    }
    for (const { id, nodes } of this.waiting.values()) {
      if (canServe(this.onHand, [...this.promises, { nodes, units: 1 }])) this.wrong.push(`${id} waits for nothing`);
    }
  }
}

test('[OR9] [AV7] nothing is promised that no node has, nobody is passed over, and nobody waits for what is there', () => {
  let given = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40, size: 'max' }), (steps) => {
      const world = new World();
      for (const next of steps) {
        world.take(next);
        world.learn();
        world.judge();
      }
      world.settle();
      world.judge();
      expect(world.wrong).toEqual([]);
      const { shard } = world.script;
      expect(auditOf(shard)).toEqual([]);
      expect(shard.replayed().digest()).toBe(shard.digest());
      given += world.given;
    }),
    { numRuns: 300 },
  );
  expect(given).toBeGreaterThan(300);
});

test('[OR9] an image keeps who waits and what has come', () => {
  const script = new WaitingScript();
  script.supply(0, 9, 2);
  script.await('o1', 3);
  script.receive(0, 2);
  const { shard } = script;
  const image = shard.machine.beginImage();
  const pages: { page: number; bytes: Uint8Array }[] = [];
  for (let page = image.next(); page !== undefined; page = image.next()) pages.push(page);
  const restored = shard.newMachine();
  restored.restore(image.header, pages);
  expect(restored.digest()).toBe(shard.digest());
  expect(restored.dueAt()).toBe(0);
  const asked = { do: 'tick' } as const;
  expect(restored.decide(asked, shard.nowMs)).toEqual(shard.machine.decide(asked, shard.nowMs));
});
