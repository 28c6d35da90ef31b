import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { IntakeCommand } from '../contract/command.ts';
import type { DeadLetter, LetterContent } from '../contract/dead-letter.ts';
import type { IntakeFact } from '../contract/intake-fact.ts';
import type { ClientId, EventId, NodeId, SourceId } from '../contract/ids.ts';
import type { Decision } from '../contract/machine.ts';
import type { NodeRef, SourceRef } from '../contract/reference.ts';
import { createIntakeMachine } from './intake-machine.ts';

/** 2026-01-01. */
const NOW = 1_767_225_600_000;
const by = 'ann' as ClientId;

function harness() {
  const machine = createIntakeMachine({ shard: 20, stockShards: 2, split: () => [] });
  const facts: IntakeFact[] = [];
  function run(command: IntakeCommand, at = NOW): Decision<IntakeFact> {
    const before = machine.digest();
    const decision = machine.decide(command, at);
    expect(machine.digest(), 'decide changes nothing').toBe(before);
    for (const fact of decision.facts) {
      facts.push(fact);
      machine.evolve(fact, facts.length);
    }
    return decision;
  }
  function letters(query: { state?: DeadLetter['state']; source?: string; after?: string; limit?: number } = {}) {
    const answer = machine.answer({ ask: 'letters', limit: 100, ...query }, NOW);
    return answer.answer === 'letters' ? answer.letters : [];
  }
  return { machine, facts, run, letters };
}

const letter = (place: string, more: Partial<LetterContent> = {}): LetterContent => ({
  source: 'pos-1',
  receivedAt: NOW,
  code: 'broken-xml',
  message: 'the element was not closed',
  place,
  format: 'poslog',
  original: '<POSLog>',
  truncated: false,
  ...more,
});
const keep = (...letters: LetterContent[]): IntakeCommand => ({ do: 'keep-letters', letters });

test('[FD9] a letter is kept whole, listed newest first, by state and source, page by page', () => {
  const { run, letters } = harness();
  run(keep(letter('line 1'), letter('line 2', { source: 'wms' })));
  run(keep(letter('line 3')));
  expect(letters().map(({ place }) => place)).toEqual(['line 3', 'line 2', 'line 1']);
  expect(letters({ source: 'wms' })).toMatchObject([
    { ...letter('line 2', { source: 'wms' }), state: 'open', times: 1 },
  ]);
  const first = letters({ limit: 1 });
  expect(letters({ limit: 5, after: first[0]!.id }).map(({ place }) => place)).toEqual(['line 2', 'line 1']);
});

test('[FD9] the same refusal again is the same letter, counted, also within one message', () => {
  const { run, letters } = harness();
  run(keep(letter('line 1'), letter('line 1')));
  const again = run(keep(letter('line 1', { receivedAt: NOW + 1 })));
  expect(again.outcome).toMatchObject({ status: 'kept', ids: [letters()[0]!.id] });
  expect(letters()).toMatchObject([{ times: 3, receivedAt: NOW }]);
});

test('[FD9] a letter is closed once, by name; the same refusal later opens it again', () => {
  const { run, letters } = harness();
  run(keep(letter('line 1')));
  const { id } = letters()[0]!;
  const close: IntakeCommand = { do: 'close-letter', id, as: 'replayed', by };
  expect(run({ ...close, id: 'none' }).outcome).toMatchObject({ code: 'unknown-letter' });
  expect(run(close).outcome.status).toBe('closed');
  expect(letters({ state: 'replayed' })).toMatchObject([{ closedBy: 'ann', closedAt: NOW }]);
  expect(run(close).outcome).toMatchObject({ code: 'letter-not-open' });
  run(keep(letter('line 1')));
  expect(letters({ state: 'open' })).toMatchObject([{ id, times: 2 }]);
});

test('[FD9] when the box is full a feed is told so and nothing of it is kept', () => {
  const { run, letters } = harness();
  const big = 'x'.repeat(1024 * 1024);
  for (let i = 0; i < 255; i++) run(keep(letter(`part ${i}`, { original: big })));
  const full = run(keep(letter('part 255', { original: big }), letter('part 256', { original: big })));
  expect(full).toMatchObject({ outcome: { status: 'refused', code: 'too-many-letters' }, facts: [] });
  expect(letters({ limit: 1 })[0]?.place).toBe('part 254');
  expect(run(keep(letter('part 1', { original: big }))).outcome.status, 'a known one needs no room').toBe('kept');
});

test('[AV5] a heartbeat is remembered per source and node, the newest wins, the future and the unknown are refused', () => {
  const { run, machine } = harness();
  const source = 'wms' as SourceId;
  const owner = { id: source, grants: [] } as unknown as SourceRef;
  run({ do: 'change', by: 'ann', batch: { of: 'sources', rows: [owner] } });
  run({ do: 'change', by: 'ann', batch: { of: 'nodes', rows: [{ id: 'DC' as NodeId, owner: source } as NodeRef] } });
  const beat = (at: number, more: object = {}): IntakeCommand => ({
    do: 'hear',
    event: { kind: 'heartbeat', source, id: `${at}` as EventId, at, ...more },
  });
  expect(run(beat(NOW)).outcome.status).toBe('recorded');
  expect(run(beat(NOW - 5)).outcome.status).toBe('duplicate');
  expect(run(beat(NOW + 5, { node: 'DC' })).outcome.status).toBe('recorded');
  expect(run(beat(NOW, { source: 'x' })).outcome).toMatchObject({ code: 'unknown-source' });
  expect(run(beat(NOW, { node: 'x' })).outcome).toMatchObject({ code: 'unknown-node' });
  expect(run(beat(1)).outcome).toMatchObject({ code: 'malformed-time' });
  expect(run(beat(NOW + 300_001)).outcome).toMatchObject({ code: 'from-the-future' });
  const stats = machine.answer({ ask: 'stats' }, NOW);
  expect(stats).toMatchObject({ stats: { heard: [{ at: NOW }, { node: 'DC', at: NOW + 5 }] } });
});

test('[FD9] replay of the facts, and an image with the facts behind it, give the same letters', () => {
  const step = fc.oneof(
    fc.record({ keep: fc.integer({ min: 0, max: 6 }), bytes: fc.constantFrom(0, 10, 70_000, 200_000) }),
    fc.record({ close: fc.integer({ min: 0, max: 6 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), fc.nat(30), (steps, cut) => {
      const world = harness();
      for (const one of steps) {
        if ('keep' in one) world.run(keep(letter(`line ${one.keep}`, { original: 'é'.repeat(one.bytes) })));
        else {
          const id = world.letters()[one.close]?.id ?? 'none';
          world.run({ do: 'close-letter', id, as: 'discarded', by });
        }
      }
      const half = createIntakeMachine({ shard: 20, stockShards: 2, split: () => [] });
      const at = Math.min(cut, world.facts.length);
      world.facts.slice(0, at).forEach((fact, index) => half.evolve(fact, index + 1));
      const image = half.beginImage();
      const pages = [];
      for (let page = image.next(); page !== undefined; page = image.next()) pages.push(page);
      expect(pages).toHaveLength(image.pageCount);
      const restored = createIntakeMachine({ shard: 20, stockShards: 2, split: () => [] });
      restored.restore(image.header, pages);
      world.facts.slice(at).forEach((fact, index) => restored.evolve(fact, at + index + 1));
      expect(restored.digest()).toBe(world.machine.digest());
      const all = { ask: 'letters', limit: 100 } as const;
      expect(restored.answer(all, NOW)).toEqual(world.machine.answer(all, NOW));
    }),
    { numRuns: 50 },
  );
});
