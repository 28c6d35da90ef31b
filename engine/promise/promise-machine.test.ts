import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PromiseCommand } from '../contract/command.ts';
import type { PromiseFact } from '../contract/promise-fact.ts';
import type { ChannelId, ClientId, NodeId, ReservationId, Sku } from '../contract/ids.ts';
import type { Decision } from '../contract/machine.ts';
import type { Reservation } from '../contract/reservation.ts';
import { createPromiseMachine } from './promise-machine.ts';
import { REMEMBER_MS } from './promise-state.ts';

const SELF = 16;
const client = 'shop' as ClientId;
const settings = { shard: SELF, holdsPerClientMax: 3, unitsPerLineMax: 100 };

type Answered = Extract<PromiseCommand, { do: 'part-held' }>['outcome'];

/** A machine, its journal, and a hand to move it. */
function harness() {
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
  return { machine, facts, run };
}

function reserve(key: string, more: { units?: number; holdMs?: number; partial?: boolean } = {}): PromiseCommand {
  const line = (sku: string) => ({ sku: sku as Sku, units: more.units ?? 2, node: 'N1' as NodeId });
  return {
    do: 'reserve',
    request: {
      key,
      client,
      channel: 'web' as ChannelId,
      lines: [line('A'), line('B'), line('C')],
      holdMs: more.holdMs ?? 60_000,
      partial: more.partial ?? false,
    },
    shards: [1, 2, 1],
  };
}

const held = (...skus: string[]): Answered => ({
  status: 'held',
  lines: skus.map((sku) => ({ sku: sku as Sku, units: 2, node: 'N1' as NodeId })),
});
const short: Answered = { status: 'refused', code: 'units-exceed-available', field: 'lines[0].units', units: 1 };

function startedId(decision: Decision<PromiseFact>): ReservationId {
  expect(decision.outcome.status).toBe('pending');
  return (decision.outcome as { id: ReservationId }).id;
}

const answered = (saga: ReservationId, shard: number, outcome: Answered): PromiseCommand => ({
  do: 'part-held',
  saga,
  shard,
  outcome,
});

function held2(world: ReturnType<typeof harness>, key: string, at: number, holdMs?: number): ReservationId {
  const id = startedId(world.run(reserve(key, holdMs === undefined ? {} : { holdMs }), at));
  world.run(answered(id, 1, held('A', 'C')), at);
  world.run(answered(id, 2, held('B')), at);
  return id;
}

function reservationOf(world: ReturnType<typeof harness>, id: ReservationId, at: number): Reservation | undefined {
  const answer = world.machine.answer({ ask: 'reservation', id, client }, at);
  return answer.answer === 'reservation' ? answer.reservation : undefined;
}

describe('a reservation over several shards', () => {
  test('[RS1] asks each shard once for its own lines, and is reserved when all have answered', () => {
    const { run } = harness();
    const started = run(reserve('k'), 1000);
    const id = startedId(started);
    expect(id).toBe('r16-1');
    expect(started.requests.map(({ shard, command }) => [shard, 'lines' in command && command.lines.length])).toEqual([
      [1, 2],
      [2, 1],
    ]);
    expect(run(answered(id, 1, held('A', 'C')), 1001).settled).toBeUndefined();
    const decided = run(answered(id, 2, held('B')), 1002);
    expect(decided.settled).toMatchObject([
      { id, outcome: { status: 'reserved', position: '16.4', reservation: { state: 'held', expiresAt: 61_000 } } },
    ]);
    expect(decided.requests).toEqual([]);
  });

  test('[RS1] one refused part refuses all, and every shard is told to end its part, also the one still silent', () => {
    const { run } = harness();
    const id = startedId(run(reserve('k'), 1000));
    const decided = run(answered(id, 1, short), 1001);
    expect(decided.settled).toEqual([{ id, outcome: short }]);
    expect(decided.requests.map(({ shard, command }) => [shard, command.do])).toEqual([
      [1, 'end-part'],
      [2, 'end-part'],
    ]);
    expect(run(answered(id, 2, held('B')), 1002).facts, 'a late answer changes nothing').toEqual([]);
  });

  test('[RS1] with partial, what one shard has is granted; nothing at all is a no', () => {
    const { run } = harness();
    const some = startedId(run(reserve('some', { partial: true }), 1000));
    run(answered(some, 1, short), 1000);
    const granted = run(answered(some, 2, held('B')), 1000).settled?.[0]?.outcome;
    expect(granted).toMatchObject({ status: 'reserved', reservation: { lines: [{ sku: 'B', units: 2 }] } });
    const none = startedId(run(reserve('none', { partial: true }), 1000));
    run(answered(none, 1, short), 1000);
    expect(run(answered(none, 2, short), 1000).settled?.[0]?.outcome).toEqual(short);
  });

  test('[RS2] a repeated key gets the first answer, waits for it while it is open, and refuses other content', () => {
    const { run } = harness();
    const id = startedId(run(reserve('k'), 1000));
    expect(run(reserve('k'), 1001)).toMatchObject({ outcome: { status: 'pending', id }, facts: [] });
    run(answered(id, 1, held('A', 'C')), 1002);
    const first = run(answered(id, 2, held('B')), 1003).settled?.[0]?.outcome;
    expect(run(reserve('k'), 5000).outcome).toEqual(first);
    expect(run(reserve('k', { units: 3 }), 5000).outcome).toMatchObject({ code: 'key-reused' });
    const no = startedId(run(reserve('no'), 6000));
    run(answered(no, 1, short), 6000);
    expect(run(reserve('no'), 6001).outcome, 'a no about stock sticks').toEqual(short);
  });

  test('[RS2] a no that is not about stock does not stick', () => {
    const { run } = harness();
    const id = startedId(run(reserve('k'), 1000));
    run(answered(id, 1, { status: 'refused', code: 'unknown-channel' }), 1000);
    expect(run(reserve('k'), 2000).outcome).toMatchObject({ status: 'pending', id: 'r16-2' });
  });

  test('[RS2] a no that does not stick takes no place once its parts are closed', () => {
    const { run, machine } = harness();
    const open = (): number => {
      const answer = machine.answer({ ask: 'stats' }, 0);
      return answer.answer === 'stats' ? answer.stats.open : -1;
    };
    for (let i = 0; i < 5; i++) {
      const id = startedId(run(reserve(`k${i}`), 1000));
      run(answered(id, 1, { status: 'refused', code: 'unknown-sku' }), 1000);
      for (const shard of [1, 2]) run({ do: 'part-ended', saga: id, shard }, 1001);
    }
    expect(open()).toBe(0);
  });

  test('[RS3] releasing ends every part once; again answers the same; an expired one is final', () => {
    const world = harness();
    const id = held2(world, 'k', 1000);
    const release: PromiseCommand = { do: 'release', id, client };
    const other = { ...release, client: 'other' as ClientId };
    expect(world.run(other, 1001).outcome).toMatchObject({ code: 'unknown-reservation' });
    const first = world.run(release, 1001);
    expect(first.outcome).toMatchObject({ status: 'released', reservation: { state: 'released' } });
    expect(first.requests).toHaveLength(2);
    expect(world.run(release, 1002)).toMatchObject({ outcome: first.outcome, facts: [], requests: [] });
    const late = held2(world, 'late', 1000);
    expect(world.run({ do: 'release', id: late, client }, 61_000).outcome).toMatchObject({ code: 'already-ended' });
  });

  test('[RS4] it expires at its very millisecond, read or ticked', () => {
    const world = harness();
    const id = held2(world, 'k', 1000);
    expect(world.machine.dueAt()).toBe(61_000);
    expect(world.run({ do: 'tick' }, 60_999).facts).toEqual([]);
    expect(reservationOf(world, id, 60_999)?.state).toBe('held');
    expect(reservationOf(world, id, 61_000)?.state).toBe('expired');
    expect(world.run({ do: 'tick' }, 61_000).requests).toHaveLength(2);
    expect(world.machine.dueAt()).toBe(Infinity);
  });

  test('[RS4] answers that come after the hold time end it as it begins', () => {
    const { run } = harness();
    const id = startedId(run(reserve('k', { holdMs: 1000 }), 1000));
    run(answered(id, 1, held('A', 'C')), 1500);
    const decided = run(answered(id, 2, held('B')), 2000);
    expect(decided.facts.map(({ fact }) => fact)).toEqual(['PartAnswered', 'ReservationDecided', 'ReservationEnded']);
    expect(decided.requests).toHaveLength(2);
  });

  test('[RS6] bounds are checked in the order of their codes', () => {
    const world = harness();
    const bad = (over: Partial<Extract<PromiseCommand, { do: 'reserve' }>['request']>): unknown => {
      const command = reserve('bad') as Extract<PromiseCommand, { do: 'reserve' }>;
      return world.run({ ...command, request: { ...command.request, ...over } }, 1000).outcome;
    };
    expect(bad({ lines: [{ sku: 'A' as Sku, units: 0, node: 'N1' as NodeId }], holdMs: 1 })).toMatchObject({
      code: 'units-out-of-bounds',
      field: 'lines[0].units',
    });
    const many = Array.from({ length: 201 }, () => ({ sku: 'A' as Sku, units: 1, node: 'N1' as NodeId }));
    expect(bad({ lines: many, holdMs: 1 })).toMatchObject({ code: 'too-many-lines' });
    expect(bad({ holdMs: 999 })).toMatchObject({ code: 'hold-out-of-bounds' });
    for (const key of ['1', '2', '3']) held2(world, key, 1000);
    expect(bad({})).toMatchObject({ code: 'too-many-holds' });
    world.run({ do: 'tick' }, 61_000);
    expect(world.run(reserve('free again'), 61_000).outcome.status).toBe('pending');
  });
});

describe('after a crash', () => {
  test('[RS4] unanswered parts are asked again and unended ones told again', () => {
    const world = harness();
    const asking = startedId(world.run(reserve('asking'), 1000));
    world.run(answered(asking, 1, held('A', 'C')), 1000);
    const ended = held2(world, 'ended', 1000);
    world.run({ do: 'release', id: ended, client }, 1001);
    world.run({ do: 'part-ended', saga: ended, shard: 2 }, 1002);
    const again = world.machine.outstanding().map(({ shard, command }) => [shard, command.do]);
    expect(again).toEqual([
      [2, 'hold-part'],
      [1, 'end-part'],
    ]);
  });

  test('[RS2] an ended reservation and its key are remembered for a day, then forgotten', () => {
    const world = harness();
    const id = held2(world, 'k', 1000);
    world.run({ do: 'release', id, client }, 2000);
    for (const shard of [1, 2]) world.run({ do: 'part-ended', saga: id, shard }, 2000);
    const nearly = 2000 + REMEMBER_MS - 1;
    startedId(world.run(reserve('other'), nearly));
    expect(world.run(reserve('k'), nearly).outcome.status).toBe('reserved');
    startedId(world.run(reserve('another'), nearly + 1));
    expect(reservationOf(world, id, nearly + 1)).toBeUndefined();
    expect(world.run(reserve('k'), nearly + 1).outcome.status).toBe('pending');
  });

  test('[RS3] replay of the facts, and an image with the facts behind it, give the same state', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('reserve'), key: fc.integer({ min: 0, max: 5 }), partial: fc.boolean() }),
      fc.record({ do: fc.constant('answer'), saga: fc.nat(8), shard: fc.constantFrom(1, 2), yes: fc.boolean() }),
      fc.record({ do: fc.constant('release'), saga: fc.nat(8) }),
      fc.record({ do: fc.constant('ended'), saga: fc.nat(8), shard: fc.constantFrom(1, 2) }),
      fc.record({ do: fc.constant('wait'), ms: fc.constantFrom(1, 1000, 60_000, REMEMBER_MS) }),
    );
    const idOf = (n: number): ReservationId => `r16-${n + 1}` as ReservationId;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.nat(60), (steps, cut) => {
        const world = harness();
        let at = 1000;
        for (const one of steps) {
          if ('ms' in one) at += one.ms;
          world.run({ do: 'tick' }, at);
          if ('key' in one) world.run(reserve(`k${one.key}`, { partial: one.partial }), at);
          else if ('yes' in one) world.run(answered(idOf(one.saga), one.shard, one.yes ? held('A') : short), at);
          else if ('shard' in one) world.run({ do: 'part-ended', saga: idOf(one.saga), shard: one.shard }, at);
          else if ('saga' in one) world.run({ do: 'release', id: idOf(one.saga), client }, at);
        }
        const half = createPromiseMachine(settings);
        const at2 = Math.min(cut, world.facts.length);
        world.facts.slice(0, at2).forEach((fact, index) => half.evolve(fact, index + 1));
        const restored = createPromiseMachine(settings);
        restored.restore(half.beginImage().header, []);
        world.facts.slice(at2).forEach((fact, index) => restored.evolve(fact, at2 + index + 1));
        expect(restored.digest()).toBe(world.machine.digest());
        expect(restored.dueAt()).toBe(world.machine.dueAt());
        expect(restored.outstanding()).toEqual(world.machine.outstanding());
      }),
    );
  });
});
