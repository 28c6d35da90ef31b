import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PromiseCommand } from '../contract/command.ts';
import type { PromiseFact } from '../contract/promise-fact.ts';
import type { ChannelId, ClientId, GroupId, NodeId, ReservationId, Sku } from '../contract/ids.ts';
import type { Decision } from '../contract/machine.ts';
import {
  EXTENSIONS_MAX,
  HOLD_MS_MAX,
  MOVES_MAX,
  type MoveRequest,
  type Reservation,
  type ReserveLine,
} from '../contract/reservation.ts';
import { createPromiseMachine } from './promise-machine.ts';

const SELF = 16;
const client = 'shop' as ClientId;
const settings = { shard: SELF, holdsPerClientMax: 100, unitsPerLineMax: 100 };
const N1 = { node: 'N1' as NodeId };
const N2 = { node: 'N2' as NodeId };
const ALL = { group: 'all' as GroupId };

const line = (sku: string, units: number, place: typeof N1 | typeof ALL = N1): ReserveLine => ({
  sku: sku as Sku,
  units,
  ...place,
});

type World = ReturnType<typeof newWorld>;

function newWorld() {
  const machine = createPromiseMachine(settings);
  const facts: PromiseFact[] = [];

  function run(command: PromiseCommand, at: number): Decision<PromiseFact> {
    const before = machine.digest();
    const decision = machine.decide(command, at);
    expect(machine.digest(), 'decide changes nothing').toBe(before);
    for (const fact of decision.facts) {
      facts.push(fact);
      machine.evolve(fact, facts.length);
    }
    return decision;
  }

  /** A of shard 1 and B of shard 2, two units each at N1. */
  function held(key: string, at: number, holdMs = 60_000): ReservationId {
    const lines = [line('A', 2), line('B', 2)];
    const request = { key, client, channel: 'web' as ChannelId, lines, holdMs, partial: false };
    const { outcome } = run({ do: 'reserve', request, shards: [1, 2] }, at);
    const id = (outcome.status === 'pending' ? outcome.id : '') as ReservationId;
    for (const [index, each] of lines.entries()) {
      run({ do: 'part-held', saga: id, shard: index + 1, outcome: { status: 'held', lines: [each] } }, at);
    }
    return id;
  }

  function reservation(id: ReservationId, at: number): Reservation | undefined {
    const answer = machine.answer({ ask: 'reservation', id, client }, at);
    return answer.answer === 'reservation' ? answer.reservation : undefined;
  }

  return { machine, facts, run, held, reservation };
}

function expectReplays({ machine, facts }: World): void {
  const again = createPromiseMachine(settings);
  for (const [index, fact] of facts.entries()) again.evolve(structuredClone(fact), index + 1);
  const restored = createPromiseMachine(settings);
  restored.restore(machine.beginImage().header, []);
  for (const other of [again, restored]) {
    expect(other.digest()).toBe(machine.digest());
    expect(other.dueAt()).toBe(machine.dueAt());
    expect(other.outstanding()).toEqual(machine.outstanding());
  }
}

const extend = (id: ReservationId, holdMs: number): PromiseCommand => ({
  do: 'extend',
  request: { id, client, holdMs },
});

function move(id: ReservationId, key: string, about: Partial<MoveRequest> = {}, shard = 1): PromiseCommand {
  return { do: 'move', shard, request: { key, id, client, sku: 'A' as Sku, from: N1, to: N2, ...about } };
}

const moved = (saga: ReservationId, number: number, ...lines: ReserveLine[]): PromiseCommand => {
  return { do: 'part-moved', saga, shard: 1, move: number, outcome: { status: 'held', lines } };
};

describe('a hold over several shards that waits for an answer', () => {
  test('[RS5] keeps nobody else waiting: others start, settle and end meanwhile', () => {
    const world = newWorld();
    const lines = [line('A', 2), line('B', 2)];
    const request = { key: 'slow', client, channel: 'web' as ChannelId, lines, holdMs: 60_000, partial: false };
    expect(world.run({ do: 'reserve', request, shards: [1, 2] }, 1_000).outcome.status).toBe('pending');
    const other = world.held('quick', 1_000);
    world.run(move(other, 'm'), 1_000);
    expect(world.run(extend(other, 90_000), 1_000).outcome.status).toBe('extended');
    expect(world.run({ do: 'release', id: other, client }, 1_000).outcome.status).toBe('released');
  });
});

describe('a longer hold over several shards', () => {
  test('[RS4] ends at its new time alone; no shard need be told', () => {
    const world = newWorld();
    const id = world.held('a', 1_000);
    const other = world.held('b', 1_000, 90_000);
    const extended = world.run(extend(id, 120_000), 2_000);
    expect(extended).toMatchObject({
      outcome: { status: 'extended', reservation: { expiresAt: 121_000, extensions: 1 } },
      requests: [],
    });
    expect(world.machine.dueAt()).toBe(91_000);
    expect(world.run({ do: 'tick' }, 91_000).facts).toMatchObject([{ fact: 'ReservationEnded', id: other }]);
    expect(world.reservation(id, 91_000)?.state).toBe('held');
    expect(world.machine.dueAt()).toBe(121_000);
    // The old and the new time are both over: it ends once.
    expect(world.run({ do: 'tick' }, 121_000).facts).toMatchObject([{ fact: 'ReservationEnded', id }]);
    expect(world.machine.dueAt()).toBe(Infinity);
    expectReplays(world);
  });

  test('[RS4][RS6] only while held, never shorter, 4 hours in all, so often at most; the same again changes nothing', () => {
    const world = newWorld();
    const id = world.held('a', 1_000);
    const code = (command: PromiseCommand, at: number): string => {
      const { outcome, facts } = world.run(command, at);
      expect(facts).toEqual([]);
      return outcome.status === 'refused' ? outcome.code : outcome.status;
    };
    expect(code(extend('r16-9' as ReservationId, 90_000), 1_000)).toBe('unknown-reservation');
    expect(code(extend(id, 59_999), 1_000)).toBe('hold-out-of-bounds');
    expect(code(extend(id, HOLD_MS_MAX + 1), 1_000)).toBe('hold-out-of-bounds');
    expect(code(extend(id, 60_000), 1_000)).toBe('extended');
    for (let i = 1; i <= EXTENSIONS_MAX; i++) world.run(extend(id, 60_000 + i), 1_000);
    expect(code(extend(id, 90_000), 1_000)).toBe('too-many-extensions');
    expect(code(extend(id, 90_000), 61_000 + EXTENSIONS_MAX)).toBe('already-ended');
  });
});

describe('a move in a hold over several shards', () => {
  test("[RS7] is asked of the sku's shard, durable when answered, and told to who waits", () => {
    const world = newWorld();
    const id = world.held('a', 1_000);
    const started = world.run(move(id, 'm', { units: 1 }), 2_000);
    expect(started).toMatchObject({ outcome: { status: 'pending', id }, facts: [{ fact: 'MoveStarted', move: 1 }] });
    const request = { do: 'move-part', saga: id, replyTo: SELF, channel: 'web', move: 1, units: 1, from: N1, to: N2 };
    expect(started.requests).toMatchObject([{ shard: 1, command: request }]);
    expect(world.run(move(id, 'm', { units: 1 }), 2_000)).toMatchObject({ outcome: { status: 'pending' }, facts: [] });
    expect(world.run(move(id, 'm2'), 2_000).outcome).toMatchObject({ code: 'move-under-way' });
    expect(world.machine.outstanding()).toEqual(started.requests);
    const answered = world.run(moved(id, 1, line('A', 1), line('A', 1, N2)), 3_000);
    const lines = [line('A', 1), line('A', 1, N2), line('B', 2)];
    expect(answered.settled).toMatchObject([
      { id, outcome: { status: 'moved', reservation: { state: 'held', lines } } },
    ]);
    expect(world.reservation(id, 3_000)?.lines).toEqual(lines);
    expect(world.run(moved(id, 1, line('A', 2)), 3_000).facts, 'a late repetition').toEqual([]);
    expect(world.machine.outstanding()).toEqual([]);
    const again = world.run(move(id, 'm', { units: 1 }), 4_000);
    expect(again).toMatchObject({ outcome: { status: 'moved', reservation: { lines } }, facts: [], requests: [] });
    expect(world.run(move(id, 'm'), 4_000).outcome).toMatchObject({ code: 'key-reused' });
    expectReplays(world);
  });

  test('[RS7] a no leaves the lines, and its key may be tried again', () => {
    const world = newWorld();
    const id = world.held('a', 1_000);
    world.run(move(id, 'm'), 2_000);
    const refusal = { status: 'refused', code: 'units-exceed-available', field: 'units', units: 1 } as const;
    const answered = world.run({ do: 'part-moved', saga: id, shard: 1, move: 1, outcome: refusal }, 2_000);
    expect(answered.settled).toEqual([{ id, outcome: refusal }]);
    expect(world.reservation(id, 2_000)?.lines).toEqual([line('A', 2), line('B', 2)]);
    expect(world.run(move(id, 'm'), 3_000)).toMatchObject({ facts: [{ fact: 'MoveStarted', move: 2 }] });
    expectReplays(world);
  });

  test('[RS7] an end overtakes a move: who waits is told, and what ended stays as it was', () => {
    const world = newWorld();
    const id = world.held('a', 1_000);
    world.run(move(id, 'm'), 2_000);
    world.run({ do: 'release', id, client }, 2_500);
    expect(world.run(move(id, 'm'), 2_600).outcome).toMatchObject({ code: 'already-ended' });
    const answered = world.run(moved(id, 1, line('A', 2, N2)), 3_000);
    expect(answered.settled).toMatchObject([{ id, outcome: { code: 'already-ended' } }]);
    expect(world.reservation(id, 3_000)).toMatchObject({ state: 'released', lines: [line('A', 2), line('B', 2)] });
    expectReplays(world);
  });

  test('[RS7][RS6] what cannot be moved is refused at once; so many moves at most', () => {
    const world = newWorld();
    const id = world.held('a', 1_000);
    const code = (command: PromiseCommand, at = 2_000): string | undefined => {
      const { outcome } = world.run(command, at);
      return outcome.status === 'refused' ? outcome.code : outcome.status;
    };
    expect(code(move('r16-9' as ReservationId, 'm'))).toBe('unknown-reservation');
    expect(code(move(id, 'm', { sku: 'C' as Sku }, 3))).toBe('unknown-line');
    for (let i = 1; i <= MOVES_MAX; i++) {
      expect(code(move(id, `k${i}`))).toBe('pending');
      world.run(moved(id, i, line('A', 2, N2)), 2_000);
    }
    expect(code(move(id, 'm'))).toBe('too-many-moves');
    expect(code(move(id, 'm'), 61_000)).toBe('already-ended');
  });

  test('[RS2] the key that made it still gets the first answer', () => {
    const world = newWorld();
    const lines = [line('A', 2), line('B', 2)];
    const id = world.held('a', 1_000);
    world.run(extend(id, 90_000), 2_000);
    world.run(move(id, 'm'), 2_000);
    world.run(moved(id, 1, line('A', 2, N2)), 2_000);
    const request = { key: 'a', client, channel: 'web' as ChannelId, lines, holdMs: 60_000, partial: false };
    const { outcome } = world.run({ do: 'reserve', request, shards: [1, 2] }, 3_000);
    expect(outcome).toMatchObject({ status: 'reserved', reservation: { lines, expiresAt: 61_000 } });
  });

  test('[RS4][RS7] replay and image agree with any history of extensions, moves and ends', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('hold'), key: fc.nat(4), holdMs: fc.constantFrom(1_000, 5_000) }),
      fc.record({ do: fc.constant('extend'), saga: fc.nat(4), holdMs: fc.constantFrom(2_000, 6_000, 9_000) }),
      fc.record({ do: fc.constant('move'), saga: fc.nat(4), key: fc.nat(3) }),
      fc.record({
        do: fc.constant('moved'),
        saga: fc.nat(4),
        number: fc.integer({ min: 1, max: 3 }),
        yes: fc.boolean(),
      }),
      fc.record({ do: fc.constant('release'), saga: fc.nat(4) }),
      fc.record({ do: fc.constant('wait'), ms: fc.constantFrom(1, 1_000, 3_000) }),
    );
    const refusal = { status: 'refused', code: 'units-exceed-available' } as const;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40, size: 'max' }), (steps) => {
        const world = newWorld();
        let at = 1_000;
        for (const one of steps) {
          world.run({ do: 'tick' }, at);
          const id = `r16-${'saga' in one ? one.saga + 1 : 0}` as ReservationId;
          if ('ms' in one) at += one.ms;
          else if (one.do === 'hold' && 'holdMs' in one && 'key' in one) world.held(`k${one.key}`, at, one.holdMs);
          else if ('holdMs' in one) world.run(extend(id, one.holdMs), at);
          else if ('key' in one) world.run(move(id, `m${one.key}`), at);
          else if ('yes' in one) {
            const outcome = one.yes ? ({ status: 'held', lines: [line('A', 2, N2)] } as const) : refusal;
            world.run({ do: 'part-moved', saga: id, shard: 1, move: one.number, outcome }, at);
          } else world.run({ do: 'release', id, client }, at);
        }
        expectReplays(world);
        expect(world.machine.dueAt()).toBeGreaterThanOrEqual(at > 1_000 ? 1_001 : 1_000);
      }),
      { numRuns: 200 },
    );
  });
});
