import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assert } from '../contract/assert.ts';
import type { IntakeCommand } from '../contract/command.ts';
import type { IntakeFact } from '../contract/intake-fact.ts';
import type { EventId, NodeId, SourceId } from '../contract/ids.ts';
import type { ShardRequest } from '../contract/machine.ts';
import type { NodeRef, OpeningHours, SourceRef, WhenSilent } from '../contract/reference.ts';
import { createIntakeMachine } from './intake-machine.ts';

const MINUTE_MS = 60_000;
/** 2026-11-24 00:00 UTC, a Tuesday. */
const START_MS = 1_795_478_400_000;
const WMS = 'wms' as SourceId;
const SELF = 20;
/** 16 minutes, so that a grain is one: stale after 18. */
const FRESH_MS = 16 * MINUTE_MS;
const ALWAYS: readonly OpeningHours[] = [];
const NINE_TO_FIVE = [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, open: 540, close: 1020 }));

function sourceRef(changes: Partial<SourceRef> = {}): SourceRef {
  return { id: WMS, freshMs: FRESH_MS, grants: [], ...changes } as unknown as SourceRef;
}

function nodeRef(id: string, changes: Partial<NodeRef> = {}): NodeRef {
  const place = { timeZone: 'UTC', hours: ALWAYS, enabled: true };
  return { id: id as NodeId, owner: WMS, ...place, ...changes } as NodeRef;
}

class Watch {
  readonly machine = createIntakeMachine({ shard: SELF, stockShards: 2, split: () => [] });
  readonly facts: IntakeFact[] = [];
  requests: readonly ShardRequest[] = [];
  minute = 0;

  constructor(nodes: readonly NodeRef[], sources: readonly SourceRef[] = [sourceRef()]) {
    this.run({ do: 'change', by: 'ann', batch: { of: 'sources', rows: sources } });
    this.run({ do: 'change', by: 'ann', batch: { of: 'nodes', rows: nodes } });
  }

  get nowMs(): number {
    return START_MS + this.minute * MINUTE_MS;
  }

  run(command: IntakeCommand): void {
    const before = this.machine.digest();
    const { facts, requests } = this.machine.decide(command, this.nowMs);
    assert(this.machine.digest() === before, () => 'decide changes something');
    for (const fact of facts) {
      this.facts.push(fact);
      this.machine.evolve(fact, this.facts.length);
    }
    this.requests = requests;
  }

  /** As the host does: whatever is due by a minute is ticked when it is due, to the minute. */
  pass(toMinute: number): this {
    for (; ; this.minute++) {
      while (this.machine.dueAt() <= this.nowMs) this.run({ do: 'tick' });
      if (this.minute >= toMinute) return this;
    }
  }

  beat(node?: string): this {
    const head = { kind: 'heartbeat', source: WMS, id: `${this.minute}` as EventId, at: this.nowMs } as const;
    this.run({ do: 'hear', event: { ...head, ...(node !== undefined && { node: node as NodeId }) } });
    return this.pass(this.minute);
  }

  ownerHeard(node: string, source: SourceId = WMS): this {
    this.run({ do: 'owner-heard', node: node as NodeId, source, heardAt: this.nowMs });
    return this.pass(this.minute);
  }

  /** `node since-minute`, in the order of the nodes. */
  get silent(): string {
    const answer = this.machine.answer({ ask: 'stats' }, this.nowMs);
    const silent = answer.answer === 'stats' ? answer.stats.silent : [];
    return silent.map(({ node, since }) => `${node} ${(since - START_MS) / MINUTE_MS}`).join(', ');
  }

  /** The newest fact about a node: `units kept back, off`. */
  said(node: string): string {
    const fact = this.facts.findLast((one) => 'number' in one && one.node === node && one.fact !== 'SilenceTold');
    if (fact === undefined || !('silence' in fact)) return fact?.fact ?? 'nothing';
    const { widenUnits, switchedOff } = fact.silence;
    return `${fact.fact} ${widenUnits}${switchedOff ? ' off' : ''}`;
  }
}

describe('silence', () => {
  test('[AV5] a node is stale when its owner was silent for freshMs and two grains, and back with its first word', () => {
    const watch = new Watch([nodeRef('a'), nodeRef('b')]);
    const rows: (readonly [number, (() => void) | undefined, string])[] = [
      [17, undefined, ''],
      [18, undefined, 'a 0, b 0'],
      [20, () => watch.ownerHeard('a'), 'b 0'],
      [30, () => watch.beat('b'), ''],
      [37, undefined, ''],
      [38, undefined, 'a 20'],
      [40, () => watch.beat(), ''],
      [57, undefined, ''],
      [58, undefined, 'a 40, b 40'],
      [59, () => watch.ownerHeard('a', 'pos' as SourceId), 'a 40, b 40'],
    ];
    for (const [minute, act, silent] of rows) {
      watch.pass(minute);
      act?.();
      expect([minute, watch.silent]).toEqual([minute, silent]);
    }
  });

  test('[AV5] only open time counts: a night without a word is no silence', () => {
    const watch = new Watch([nodeRef('shop', { hours: NINE_TO_FIVE, timeZone: 'Asia/Kolkata' })]);
    // 9:00 in Kolkata is 3:30 in UTC, minute 210; 17:00 is minute 690.
    expect(watch.pass(227).silent).toBe('');
    expect(watch.pass(228).silent).toBe('shop 0');
    watch.pass(680).ownerHeard('shop');
    expect(watch.pass(1440 + 217).silent).toBe('');
    expect(watch.pass(1440 + 218).silent).toBe('shop 680');
  });

  test('[AV5] what silence does grows with every whole step of it, up to its end, and the policy of the node goes first', () => {
    const widen: WhenSilent = { widen: { units: 2, everyMs: 10 * MINUTE_MS, maxUnits: 7 } };
    const nodes = [nodeRef('a'), nodeRef('b', { whenSilent: { switchOff: true } }), nodeRef('c', { whenSilent: {} })];
    const watch = new Watch(nodes, [sourceRef({ whenSilent: widen })]);
    const said = (minute: number): string => ['a', 'b', 'c'].map((node) => watch.pass(minute).said(node)).join(', ');
    const stale = 'NodeWentStale 0 off, NodeWentStale 0';
    expect(said(17)).toBe('nothing, nothing, nothing');
    expect(said(18)).toBe(`NodeWentStale 2, ${stale}`);
    expect(said(20)).toBe(`SilenceStepReached 4, ${stale}`);
    expect(said(39)).toBe(`SilenceStepReached 6, ${stale}`);
    expect(said(500)).toBe(`SilenceStepReached 7, ${stale}`);
    watch.beat();
    expect(said(500)).toBe('NodeCameBack, NodeCameBack, NodeCameBack');
  });

  test('[AV5] a changed policy, limit or switch holds at once', () => {
    const watch = new Watch([nodeRef('a')]).pass(18);
    const apply = (node: Partial<NodeRef>, source: Partial<SourceRef> = {}): string => {
      watch.run({ do: 'change', by: 'ann', batch: { of: 'sources', rows: [sourceRef(source)] } });
      watch.run({ do: 'change', by: 'ann', batch: { of: 'nodes', rows: [nodeRef('a', node)] } });
      return watch.pass(watch.minute).said('a');
    };
    expect(apply({ whenSilent: { switchOff: true } })).toBe('SilenceStepReached 0 off');
    expect(apply({}, { freshMs: 32 * MINUTE_MS })).toBe('NodeCameBack');
    expect(watch.pass(36).said('a')).toBe('NodeWentStale 0');
    expect(apply({ enabled: false })).toBe('NodeCameBack');
    expect(apply({ enabled: true })).toBe('NodeWentStale 0');
    expect(apply({}, { freshMs: 0 })).toBe('NodeCameBack');
    watch.run({ do: 'change', by: 'ann', batch: { of: 'sources', rows: [sourceRef({ id: 'erp' as SourceId })] } });
    // A new owner has its own time to be heard.
    expect(apply({ owner: 'erp' as SourceId })).toBe('NodeCameBack');
  });

  test('[AV5] every stock shard is told until it says that it knows, the newest word only', () => {
    const watch = new Watch([nodeRef('a')]).pass(18);
    const number = watch.facts.length;
    const asked = (): string =>
      watch.machine
        .outstanding()
        .map(({ shard, command }) => `${shard}:${command.do === 'node-silence' ? command.number : ''}`)
        .join(' ');
    expect(watch.requests).toMatchObject([{ shard: 0 }, { shard: 1, command: { node: 'a', number, replyTo: SELF } }]);
    expect(asked()).toBe(`0:${number} 1:${number}`);
    const told = (shard: number, word: number): void => {
      watch.run({ do: 'silence-told', node: 'a' as NodeId, number: word, shard });
    };
    told(1, number);
    told(1, number);
    expect(asked()).toBe(`0:${number}`);
    watch.beat();
    const next = watch.facts.length;
    told(0, number);
    expect(asked()).toBe(`0:${next} 1:${next}`);
    told(0, next);
    told(1, next);
    expect(asked()).toBe('');
    expect(watch.facts.filter(({ fact }) => fact === 'SilenceTold')).toHaveLength(3);
  });

  test('[AV5] of events one a grain is news, while a node is stale every one', () => {
    const watch = new Watch([nodeRef('a')]).pass(5).ownerHeard('a');
    const facts = watch.facts.length;
    watch.run({ do: 'owner-heard', node: 'a' as NodeId, source: WMS, heardAt: watch.nowMs + MINUTE_MS - 1 });
    expect(watch.facts).toHaveLength(facts);
    watch.pass(6).ownerHeard('a');
    expect(watch.facts).toHaveLength(facts + 1);
    watch.pass(30);
    watch.run({ do: 'owner-heard', node: 'a' as NodeId, source: WMS, heardAt: START_MS + 6 * MINUTE_MS + 1 });
    expect(watch.facts.at(-1)).toMatchObject({ fact: 'OwnerHeard' });
  });

  test('[AV5] any hours, words and policies: stale is what a count of open minutes says, minute by minute, and replay agrees', () => {
    const act = fc.record({
      after: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 900 })),
      node: fc.constantFrom('a', 'b'),
      how: fc.constantFrom('beat', 'beat-all', 'owner', 'nothing'),
    });
    const widen = fc.record({
      units: fc.nat(2),
      everyMs: fc.integer({ min: 1, max: 40 }).map((minutes) => minutes * MINUTE_MS),
      maxUnits: fc.nat(5),
    });
    const policy = fc.record({ widen, switchOff: fc.boolean() }, { requiredKeys: [] });
    const property = fc.property(
      fc.array(act, { minLength: 1, maxLength: 10, size: 'max' }),
      policy,
      fc.boolean(),
      (acts, whenSilent, opens) => {
        const hours = opens ? NINE_TO_FIVE : ALWAYS;
        const watch = new Watch([nodeRef('a', { hours, whenSilent }), nodeRef('b', { hours, whenSilent })]);
        const silentFor: Record<string, number> = { a: 0, b: 0 };
        let until = 0;
        for (const { after, node, how } of acts) {
          until += after;
          while (watch.minute < until) {
            const ofDay = watch.minute % 1440;
            const isOpen = !opens || (ofDay >= 540 && ofDay < 1020);
            watch.pass(watch.minute + 1);
            for (const each of ['a', 'b']) {
              if (isOpen) silentFor[each] = (silentFor[each] ?? 0) + 1;
              expect([watch.minute, each, watch.said(each)]).toEqual([
                watch.minute,
                each,
                expectedOf(watch, each, silentFor[each] ?? 0, whenSilent as WhenSilent),
              ]);
            }
          }
          // A word in the same grain as another is no news; the model speaks to the minute, which is one grain.
          if (how === 'beat') watch.beat(node);
          else if (how === 'beat-all') watch.beat();
          else if (how === 'owner') watch.ownerHeard(node);
          for (const each of how === 'beat-all' ? ['a', 'b'] : how === 'nothing' ? [] : [node]) silentFor[each] = 0;
        }
        const replayed = createIntakeMachine({ shard: SELF, stockShards: 2, split: () => [] });
        watch.facts.forEach((fact, index) =>
          replayed.evolve(JSON.parse(JSON.stringify(fact)) as IntakeFact, index + 1),
        );
        expect(replayed.digest()).toBe(watch.machine.digest());
        expect(replayed.dueAt()).toBe(watch.machine.dueAt());
        const restored = createIntakeMachine({ shard: SELF, stockShards: 2, split: () => [] });
        const image = watch.machine.beginImage();
        const pages = [];
        for (let page = image.next(); page !== undefined; page = image.next()) pages.push(page);
        restored.restore(image.header, pages);
        expect(restored.digest()).toBe(watch.machine.digest());
        expect(restored.dueAt()).toBe(watch.machine.dueAt());
      },
    );
    fc.assert(property, { numRuns: 60 });
  });
});

/** What the newest fact about the node must be, by the number of open minutes without a word. */
function expectedOf(watch: Watch, node: string, minutes: number, { widen, switchOff }: WhenSilent): string {
  const was = watch.said(node);
  const wasStale = watch.facts.some((fact) => fact.fact === 'NodeWentStale' && fact.node === node);
  if (minutes < 18) return wasStale ? 'NodeCameBack' : 'nothing';
  const every = (widen?.everyMs ?? Infinity) / MINUTE_MS;
  const units = Math.min(widen?.maxUnits ?? 0, Math.floor(minutes / every) * (widen?.units ?? 0));
  const effect = `${units}${switchOff === true ? ' off' : ''}`;
  return was.startsWith('NodeWentStale') ? `NodeWentStale ${effect}` : `SilenceStepReached ${effect}`;
}
