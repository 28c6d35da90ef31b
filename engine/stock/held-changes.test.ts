import { describe, expect, test } from 'vitest';
import type { Outcome } from '../contract/command.ts';
import type { ChannelId, ClientId, GroupId, NodeId, PoolId, ReservationId } from '../contract/ids.ts';
import { EXTENSIONS_MAX, HOLD_MS_MAX, MOVES_MAX, type Place, type Reservation } from '../contract/reservation.ts';
import type { StockPortCommand, StockPortReply } from '../contract/stock-port.ts';
import { channelRef, delta, groupRef, itemRef, nodeId, nodeRef, skuId, sourceRef, WMS } from './test-retailer.ts';
import { expectRefused, TestShard } from './test-shard.ts';

const START_MS = 1_767_600_000_000;
const CLIENT = 'shop' as ClientId;
const WEB = 'web' as ChannelId;

/** n0 and n1 are west, n2 is east; n3 serves no channel. Three units each. */
function newShard(): TestShard {
  const nodes = [0, 1, 2, 3].map(nodeId);
  const shard = new TestShard(START_MS).apply(
    { of: 'sources', rows: [sourceRef(WMS)] },
    { of: 'nodes', rows: nodes.map((id) => nodeRef(id)) },
    { of: 'groups', rows: [groupRef('all', nodes.slice(0, 3)), groupRef('west', nodes.slice(0, 2))] },
    { of: 'channels', rows: [channelRef('web', 'all'), channelRef('west', 'west')] },
    { of: 'items', rows: [itemRef(skuId(0))] },
  );
  for (const node of nodes) shard.record(delta({ id: node, at: START_MS, quantity: 3, node, reason: 'receipt' }));
  return shard;
}

const placeOf = (text: string): Place => (text.startsWith('n') ? { node: text as NodeId } : { group: text as GroupId });

function hold(shard: TestShard, key: string, text: string, holdMs = 60_000): Reservation {
  const lines = text.split(', ').map((line) => {
    const [units, place = ''] = line.split(' ');
    return { sku: skuId(0), units: Number(units), ...placeOf(place) };
  });
  const request = { key, client: CLIENT, channel: WEB, lines, holdMs, partial: false };
  const outcome = shard.run({ do: 'reserve', request });
  if (outcome.status !== 'reserved') throw new Error(JSON.stringify(outcome));
  return outcome.reservation;
}

function moving(id: ReservationId, key: string, text: string) {
  const [from = '', to = '', units] = text.split(/ -> | x /);
  const about = units === undefined ? {} : { units: Number(units) };
  const request = { key, id, client: CLIENT, sku: skuId(0), from: placeOf(from), to: placeOf(to), ...about };
  return { do: 'move', request, shard: 7 } as const;
}

const extending = (id: ReservationId, holdMs: number) =>
  ({ do: 'extend', request: { id, client: CLIENT, holdMs } }) as const;

function linesOf(outcome: Outcome): string {
  if (!('reservation' in outcome)) return 'code' in outcome ? outcome.code : outcome.status;
  return outcome.reservation.lines.map((line) => `${line.units} ${'node' in line ? line.node : line.group}`).join(', ');
}

const available = (shard: TestShard): string => {
  const stock = shard.stock(skuId(0));
  const nodes = stock?.nodes.slice(0, 3).map((node) => node.available) ?? [];
  return `${nodes.join(' ')} / ${stock?.channels.map(({ ats }) => ats).join(' ') ?? ''}`;
};

const readState = (shard: TestShard, id: ReservationId): Reservation | undefined => {
  const answer = shard.machine.answer({ ask: 'reservation', id }, shard.nowMs);
  return answer.answer === 'reservation' ? answer.reservation : undefined;
};

describe('a longer hold', () => {
  test('[RS4] an extended hold ends at its new time, neither earlier nor later', () => {
    const shard = newShard();
    const { id } = hold(shard, 'a', '2 n0');
    const other = hold(shard, 'b', '1 n0', 90_000);
    shard.nowMs += 59_999;
    expect(shard.run(extending(id, 120_000))).toMatchObject({
      status: 'extended',
      reservation: { state: 'held', expiresAt: START_MS + 120_000, extensions: 1 },
    });
    expect(shard.machine.dueAt()).toBe(other.expiresAt);
    shard.nowMs = START_MS + 90_000;
    expect(shard.decide({ do: 'tick' }).facts).toMatchObject([{ id: other.id, end: 'expired' }]);
    expect(readState(shard, id)?.state).toBe('held');
    expect(shard.machine.dueAt()).toBe(START_MS + 120_000);
    shard.nowMs = START_MS + 120_000;
    expect(readState(shard, id)?.state).toBe('expired');
    expect(shard.decide({ do: 'tick' }).facts).toHaveLength(1);
    expect(available(shard)).toBe('3 3 3 / 9 6');
    expect(shard.replayed().digest()).toBe(shard.digest());
  });

  test('[RS4] only while held, never shorter, 4 hours in all at most; the same again changes nothing', () => {
    const shard = newShard();
    const { id } = hold(shard, 'a', '2 n0');
    expectRefused(shard, extending('r7-zz' as ReservationId, 90_000), 'unknown-reservation');
    const foreign = { do: 'extend', request: { id, client: 'other' as ClientId, holdMs: 90_000 } } as const;
    expectRefused(shard, foreign, 'unknown-reservation');
    for (const holdMs of [59_999, HOLD_MS_MAX + 1, 90_000.5]) {
      expectRefused(shard, extending(id, holdMs), 'hold-out-of-bounds');
    }
    const first = shard.run(extending(id, HOLD_MS_MAX));
    shard.nowMs += 5_000;
    expect(shard.decide(extending(id, HOLD_MS_MAX))).toMatchObject({ outcome: first, facts: [] });
    shard.nowMs = START_MS + HOLD_MS_MAX;
    expectRefused(shard, extending(id, HOLD_MS_MAX), 'already-ended');
    const released = hold(shard, 'b', '1 n1');
    shard.run({ do: 'release', id: released.id, client: CLIENT });
    expectRefused(shard, extending(released.id, 90_000), 'already-ended');
  });

  test('[RS6] so many extensions at most', () => {
    const shard = newShard();
    const { id } = hold(shard, 'a', '2 n0');
    for (let i = 1; i <= EXTENSIONS_MAX; i++) {
      expect(shard.run(extending(id, 60_000 + i))).toMatchObject({ reservation: { extensions: i } });
    }
    expectRefused(shard, extending(id, 90_000), 'too-many-extensions');
    expect(shard.run(extending(id, 60_000 + EXTENSIONS_MAX)).status).toBe('extended');
  });

  test('[RS2] the key that made it still gets the first answer after it was extended and moved', () => {
    const shard = newShard();
    const lines = [{ sku: skuId(0), units: 2, node: nodeId(0) }];
    const request = { key: 'a', client: CLIENT, channel: WEB, lines, holdMs: 60_000, partial: false };
    const first = shard.run({ do: 'reserve', request });
    const id = 'reservation' in first ? first.reservation.id : ('' as ReservationId);
    shard.run(extending(id, 90_000));
    shard.run(moving(id, 'm', 'n0 -> west x 1'));
    expect(shard.run({ do: 'reserve', request })).toEqual(first);
    expect(readState(shard, id)).toMatchObject({ expiresAt: START_MS + 90_000, lines: [{ units: 1 }, { units: 1 }] });
  });
});

describe('a move of held units', () => {
  test('[RS7] units go between group and node and between nodes, and nobody can have them in between', () => {
    const shard = newShard();
    const { id } = hold(shard, 'a', '3 n0, 2 west');
    const steps: string[] = [available(shard)];
    for (const [index, text] of [
      'n0 -> west x 2',
      'west -> n1 x 3',
      'west -> n0',
      'n1 -> n2',
      'n0 -> n2',
      'n0 -> all',
      'n2 -> west',
    ].entries()) {
      const outcome = shard.run(moving(id, `m${index}`, text));
      steps.push(`${text}: ${linesOf(outcome)} | ${available(shard)}`);
    }
    expect(steps).toEqual([
      '0 3 3 / 4 1',
      'n0 -> west x 2: 1 n0, 4 west | 2 3 3 / 4 1',
      'west -> n1 x 3: 1 n0, 1 west, 3 n1 | 2 0 3 / 4 1',
      'west -> n0: 2 n0, 3 n1 | 1 0 3 / 4 1',
      'n1 -> n2: 2 n0, 3 n2 | 1 3 0 / 4 4',
      'n0 -> n2: units-exceed-available | 1 3 0 / 4 4',
      'n0 -> all: 3 n2, 2 all | 3 3 0 / 4 4',
      'n2 -> west: 2 all, 3 west | 3 3 3 / 4 3',
    ]);
    expect(shard.replayed().digest()).toBe(shard.digest());
    shard.run({ do: 'release', id, client: CLIENT });
    expect(available(shard)).toBe('3 3 3 / 9 6');
  });

  test('[RS7] a no leaves every unit where it was, and says how many there are', () => {
    const shard = newShard();
    const { id } = hold(shard, 'a', '3 n0');
    hold(shard, 'b', '2 n1');
    expectRefused(shard, moving(id, 'm', 'n0 -> n1'), 'units-exceed-available');
    expect(shard.run(moving(id, 'm', 'n0 -> n1'))).toMatchObject({ field: 'units', units: 1 });
    expect(linesOf(shard.run(moving(id, 'm2', 'n0 -> n1 x 1')))).toBe('2 n0, 1 n1');
  });

  test('[RS7] a threshold does not matter: the units are sold already', () => {
    const shard = newShard();
    const { id } = hold(shard, 'a', '3 n0');
    shard.apply({ of: 'channels', rows: [channelRef('web', 'all', { threshold: 50 })] });
    expect(linesOf(shard.run(moving(id, 'm', 'n0 -> n1')))).toBe('3 n1');
  });

  test("[RS7][AV2] units that move go back to the channel's pool and draw it first again", () => {
    const shard = newShard();
    shard.apply({ of: 'pools', rows: [{ id: 'p' as PoolId, channel: WEB, sku: skuId(0), units: 4 }] });
    const { id } = hold(shard, 'a', '3 n0');
    const left = () => shard.stock(skuId(0))?.channels[0]?.ownPool ?? 0;
    expect(left()).toBe(1);
    shard.run(moving(id, 'm', 'n0 -> n1 x 2'));
    expect(left()).toBe(1);
    shard.apply({ of: 'pools', rows: [{ id: 'p' as PoolId, channel: WEB, sku: skuId(0), units: 2 }] });
    shard.run(moving(id, 'm2', 'n1 -> west x 2'));
    shard.run({ do: 'release', id, client: CLIENT });
    expect(left()).toBe(2);
    expect(available(shard)).toBe('3 3 3 / 9 6');
    expect(shard.replayed().digest()).toBe(shard.digest());
  });

  test('[RS7] the same move again has no further effect; its key is for no other', () => {
    const shard = newShard();
    const { id } = hold(shard, 'a', '3 n0');
    const first = shard.run(moving(id, 'm', 'n0 -> n1 x 1'));
    expect(linesOf(first)).toBe('2 n0, 1 n1');
    expect(shard.decide(moving(id, 'm', 'n0 -> n1 x 1'))).toMatchObject({ outcome: first, facts: [] });
    expectRefused(shard, moving(id, 'm', 'n0 -> n1 x 2'), 'key-reused');
    shard.run({ do: 'release', id, client: CLIENT });
    expect(shard.run(moving(id, 'm', 'n0 -> n1 x 1'))).toMatchObject({ reservation: { state: 'released' } });
  });

  test('[RS7] a group that changed since is another place: the units move to the nodes it has now', () => {
    const shard = newShard();
    const { id } = hold(shard, 'a', '3 west');
    shard.apply({ of: 'groups', rows: [groupRef('west', [nodeId(2)])] });
    expect(available(shard)).toBe('3 3 3 / 6 3');
    expect(linesOf(shard.run(moving(id, 'm', 'west -> west x 1')))).toBe('2 west, 1 west');
    expect(available(shard)).toBe('3 3 3 / 6 2');
    expect(linesOf(shard.run(moving(id, 'm2', 'west -> n0 x 2')))).toBe('1 west, 2 n0');
    expect(available(shard)).toBe('1 3 3 / 6 2');
  });

  test('[RS7] what cannot be moved is refused in the order of the codes', () => {
    const shard = newShard();
    const { id } = hold(shard, 'a', '3 n0');
    const refused: readonly (readonly [ReservationId, string, string])[] = [
      ['r7-zz' as ReservationId, 'n9 -> n9', 'unknown-reservation'],
      [id, 'n1 -> n9 x 0', 'unknown-node'],
      [id, 'n1 -> moon x 0', 'unknown-group'],
      [id, 'n1 -> n3 x 0', 'node-not-in-channel'],
      [id, 'n1 -> n2 x 0', 'unknown-line'],
      [id, 'n0 -> n2 x 0', 'units-out-of-bounds'],
      [id, 'n0 -> n2 x 4', 'units-out-of-bounds'],
    ];
    for (const [which, text, code] of refused) expectRefused(shard, moving(which, 'm', text), code);
    for (let i = 0; i < MOVES_MAX; i++) {
      const [from, to] = i % 2 === 0 ? ['n0', 'n2'] : ['n2', 'n0'];
      expect(shard.run(moving(id, `k${i}`, `${from} -> ${to}`)).status).toBe('moved');
    }
    expectRefused(shard, moving(id, 'm', 'n0 -> n2'), 'too-many-moves');
    shard.nowMs += 60_000;
    expectRefused(shard, moving(id, 'm', 'n0 -> n2'), 'already-ended');
  });

  test('[RS7] holds that are over and not yet released make room', () => {
    const shard = newShard();
    hold(shard, 'over', '3 n1', 1_000);
    const { id } = hold(shard, 'a', '3 n0');
    shard.nowMs += 1_000;
    const { outcome, facts } = shard.decide(moving(id, 'm', 'n0 -> n1'));
    expect(linesOf(outcome)).toBe('3 n1');
    expect(facts.map(({ fact }) => fact)).toEqual(['UnitsReleased', 'UnitsMoved']);
  });
});

describe("a move in a participant's part", () => {
  const SAGA = 'r20-1' as ReservationId;
  const ask = (shard: TestShard, command: StockPortCommand): StockPortReply | undefined =>
    shard.decide(command).requests[0]?.command as StockPortReply | undefined;
  const movePart = (move: number, text: string): StockPortCommand => {
    const { sku, from, to, units } = moving(SAGA, '', text).request as { units?: number } & ReturnType<
      typeof moving
    >['request'];
    const what = { sku, from, to, ...(units !== undefined && { units }) };
    return { do: 'move-part', saga: SAGA, replyTo: 20, channel: WEB, move, ...what };
  };

  const asked = {
    do: 'hold-part',
    saga: SAGA,
    replyTo: 20,
    startedAt: START_MS,
    client: CLIENT,
    keyDigest: 'key',
  } as const;

  test('[RS7] is answered with all its lines, the same move again alike, and ended whole', () => {
    const shard = newShard();
    const lines = [{ sku: skuId(0), units: 3, node: nodeId(0) }];
    const held = { ...asked, channel: WEB, lines, partial: false } as const;
    const firstAnswer = ask(shard, held);
    const moved = ask(shard, movePart(1, 'n0 -> west x 2'));
    expect(moved).toMatchObject({
      do: 'part-moved',
      move: 1,
      outcome: {
        status: 'held',
        lines: [
          { units: 1, node: 'n0' },
          { units: 2, group: 'west' },
        ],
      },
    });
    expect(available(shard)).toBe('2 3 3 / 6 3');
    const digest = shard.digest();
    expect(ask(shard, movePart(1, 'n0 -> west x 2'))).toEqual(moved);
    expect(ask(shard, held)).toEqual(firstAnswer);
    expect(shard.digest()).toBe(digest);
    const refused = ask(shard, movePart(2, 'n0 -> n1 x 2'));
    expect(refused).toMatchObject({ move: 2, outcome: { status: 'refused', code: 'units-out-of-bounds', units: 1 } });
    expect(ask(shard, movePart(2, 'n0 -> n1 x 2'))).toEqual(refused);
    expect(ask(shard, movePart(3, 'west -> n1'))).toMatchObject({ outcome: { lines: [{ units: 1 }, { units: 2 }] } });
    expect(shard.replayed().digest()).toBe(shard.digest());
    ask(shard, { do: 'end-part', saga: SAGA, replyTo: 20, reason: 'released' });
    expect(available(shard)).toBe('3 3 3 / 9 6');
    expect(ask(shard, movePart(4, 'n1 -> n0'))).toMatchObject({ outcome: { code: 'already-ended' } });
    expect(available(shard)).toBe('3 3 3 / 9 6');
  });

  test('[RS7] that comes again after a later one was answered moves nothing', () => {
    const shard = newShard();
    const lines = [{ sku: skuId(0), units: 3, node: nodeId(0) }];
    ask(shard, { ...asked, channel: WEB, lines, partial: false });
    ask(shard, movePart(1, 'n0 -> n1 x 1'));
    ask(shard, movePart(2, 'n0 -> n2 x 1'));
    const digest = shard.digest();
    expect(ask(shard, movePart(1, 'n0 -> n1 x 1'))).toBeUndefined();
    expect(shard.digest()).toBe(digest);
    expect(available(shard)).toBe('2 2 2 / 6 4');
  });
});
