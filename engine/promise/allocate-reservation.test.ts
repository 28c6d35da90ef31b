import { expect, test } from 'vitest';
import type { PromiseCommand } from '../contract/command.ts';
import type { PromiseFact } from '../contract/promise-fact.ts';
import type { AllocationId, ChannelId, ClientId, GroupId, NodeId, ReservationId, Sku } from '../contract/ids.ts';
import type { Decision } from '../contract/machine.ts';
import type { ReserveLine } from '../contract/reservation.ts';
import { createPromiseMachine } from './promise-machine.ts';

const SELF = 16;
const ORDERS = 17;
const client = 'shop' as ClientId;
const N1 = { node: 'N1' as NodeId };
const ALL = { group: 'all' as GroupId };
const line = (sku: string, units: number): ReserveLine => ({ sku: sku as Sku, units, ...N1 });
const order = { allocation: 'o1' as AllocationId, step: 3, replyTo: ORDERS } as const;

class World {
  readonly machine = createPromiseMachine({ shard: SELF, holdsPerClientMax: 100, unitsPerLineMax: 100 });
  readonly facts: PromiseFact[] = [];

  run(command: PromiseCommand, at: number): Decision<PromiseFact> {
    const decision = this.machine.decide(command, at);
    for (const fact of decision.facts) {
      this.facts.push(fact);
      this.machine.evolve(fact, this.facts.length);
    }
    return decision;
  }

  /** 3 of A in shard 1, 2 of B in shard 2, for a minute. */
  held(key: string): ReservationId {
    const lines = [line('A', 3), line('B', 2)];
    const request = { key, client, channel: 'web' as ChannelId, lines, holdMs: 60_000, partial: false };
    const { outcome } = this.run({ do: 'reserve', request, shards: [1, 2] }, 0);
    const id = (outcome.status === 'pending' ? outcome.id : '') as ReservationId;
    for (const [index, each] of lines.entries()) {
      this.run({ do: 'part-held', saga: id, shard: index + 1, outcome: { status: 'held', lines: [each] } }, 1);
    }
    return id;
  }

  stateOf(id: ReservationId, at: number): string | undefined {
    const answer = this.machine.answer({ ask: 'reservation', id }, at);
    return answer.answer === 'reservation' ? answer.reservation?.state : undefined;
  }
}

test('[RS3] a hold over several shards is allocated by one fact, told when every part is, and the same ever after', () => {
  const world = new World();
  const id = world.held('k');
  const asked = { do: 'allocate-held', ...order, id, client, lines: [line('A', 2)] } as const;
  const begun = world.run(asked, 2);
  expect(begun.outcome).toEqual({ status: 'pending', id });
  const part = { do: 'allocate-part', saga: id, replyTo: SELF, allocation: 'o1', step: 3, movementRef: 'o1' };
  expect(begun.requests).toEqual([
    { shard: 1, command: { ...part, lines: [line('A', 2)] } },
    { shard: 2, command: { ...part, lines: [] } },
  ]);
  expect(world.machine.outstanding()).toEqual(begun.requests);
  // Its time is over, and that does not matter any more.
  expect(world.run({ do: 'tick' }, 60_000).facts).toEqual([]);
  expect(world.stateOf(id, 60_000)).toBe('allocated');
  expect(world.run({ do: 'release', id, client }, 3).outcome).toMatchObject({ code: 'already-ended' });

  expect(world.run({ do: 'part-ended', saga: id, shard: 1 }, 4)).toMatchObject({ requests: [] });
  expect(world.run(asked, 5)).toMatchObject({ outcome: { status: 'pending' }, facts: [], requests: [] });
  const outcome = {
    status: 'allocated',
    allocation: { id: 'o1', channel: 'web', movementRef: 'o1', lines: [line('A', 2)] },
  };
  const answer = { do: 'allocation-answered', allocation: 'o1', step: 3, shard: SELF, outcome };
  const last = world.run({ do: 'part-ended', saga: id, shard: 2 }, 6);
  expect(last).toMatchObject({ settled: [{ id, outcome }], requests: [{ shard: ORDERS, command: answer }] });
  expect(world.run({ do: 'part-ended', saga: id, shard: 2 }, 7).facts).toEqual([]);
  expect(world.run(asked, 8)).toMatchObject({ outcome, facts: [], requests: [{ shard: ORDERS, command: answer }] });
  const other = { ...asked, allocation: 'o2' as AllocationId };
  expect(world.run(other, 9).outcome).toMatchObject({ code: 'already-ended' });
  expect(world.machine.outstanding()).toEqual([]);
});

test('[RS3] what cannot be allocated stays held and says why, in the order of the codes', () => {
  const world = new World();
  const id = world.held('k');
  const asked = { do: 'allocate-held', ...order, id, client } as const;
  const before = world.machine.digest();
  const no = (changes: object, code: string, at = 2): void => {
    expect(world.run({ ...asked, ...changes }, at).outcome).toMatchObject({ status: 'refused', code });
  };
  no({ client: 'app' }, 'unknown-reservation');
  no({}, 'already-ended', 60_001);
  no({ lines: [{ ...line('A', 1), node: 'N2' }] }, 'unknown-line');
  no({ lines: [line('A', 2), line('A', 2)] }, 'units-out-of-bounds');
  expect(world.machine.digest()).toBe(before);
  const request = { key: 'm', id, client, sku: 'A' as Sku, from: N1, to: ALL };
  world.run({ do: 'move', request, shard: 1 }, 3);
  no({}, 'move-under-way', 4);
  const moved = [{ sku: 'A' as Sku, units: 3, ...ALL }];
  world.run({ do: 'part-moved', saga: id, shard: 1, move: 1, outcome: { status: 'held', lines: moved } }, 5);
  expect(world.run(asked, 6).requests[0]?.command).toMatchObject({ do: 'allocate-part', lines: moved });
});

test('[RS3] an image in the middle leads to the same end', () => {
  const world = new World();
  const id = world.held('k');
  world.run({ do: 'allocate-held', ...order, id, client }, 2);
  const restored = createPromiseMachine({ shard: SELF, holdsPerClientMax: 100, unitsPerLineMax: 100 });
  restored.restore(world.machine.beginImage().header, []);
  expect(restored.digest()).toBe(world.machine.digest());
  expect(restored.outstanding()).toEqual(world.machine.outstanding());
});
