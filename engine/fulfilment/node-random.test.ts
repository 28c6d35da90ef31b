import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NodeCommand } from '../contract/command.ts';
import type { NodePortReply } from '../contract/node-port.ts';
import type { NodeFact } from '../contract/order-fact.ts';
import type { WorkOrder } from '../contract/work-order.ts';
import { act, HOUR_MS, node, nodeHarness, offer, ORDERS, START_MS, workId } from './test-node.ts';
import { WORK_TABLE } from './work-table.ts';

// Random lives of work orders: everything comes twice or late, the process dies, and an order's shard hears of it now and then.

const NODES = ['N1', 'N2'];
const what = fc.constantFrom(
  { act: 'accept' },
  { act: 'start' },
  { act: 'pick', lines: [] },
  { act: 'pick', lines: [{ line: 1, picked: 1, short: 'not-found' }] },
  { act: 'pick', lines: [1, 2].map((line) => ({ line, picked: 0, short: 'damaged' })) },
  { act: 'pack' },
  { act: 'ship' },
  { act: 'ready' },
  { act: 'collect', code: 'c' },
  { act: 'deliver' },
  { act: 'reject', reason: 'other' },
);
const steps = fc.array(
  fc.record({
    work: fc.nat(5),
    do: fc.constantFrom('offer', 'act', 'act', 'act', 'act', 'pull-back', 'hear', 'tick', 'image', 'journal', 'again'),
    what,
    key: fc.constantFrom('a', 'b', 'c'),
    waitMs: fc.constantFrom(0, 1_000, 3 * HOUR_MS, 30 * HOUR_MS),
  }),
  { maxLength: 60 },
);

const homeOf = (n: number) => node(NODES[n % 2]!);

function offerOf(n: number): NodeCommand {
  const method = n % 3 === 0 ? 'pickup' : 'ship';
  return offer(n, { node: homeOf(n), method, collectCode: 'c', acceptMs: 4 * HOUR_MS, collectMs: 20 * HOUR_MS });
}

test('[OR8] whatever comes twice, late or after a crash, each node numbers its events without a gap and by the table', () => {
  fc.assert(
    fc.property(steps, (drawn) => {
      const play = nodeHarness();
      play.nodes({ ordersPerDay: 3 }, { id: node('N2') });
      const sent: NodeCommand[] = [];
      /** What the order's shard knows, by the versions it was told. */
      const told = new Map<string, number>();
      let at = START_MS;
      let ask = 0;
      const run = (command: NodeCommand) => {
        sent.push(command);
        for (const { command: request } of play.run(command, at).requests) {
          if (request.do === 'work-changed') told.set(request.work.id, request.work.version);
        }
      };
      for (const step of drawn) {
        at += step.waitMs;
        if (play.machine.dueAt() <= at) run({ do: 'tick' });
        const id = workId(step.work);
        const home = homeOf(step.work);
        if (step.do === 'offer') run(offerOf(step.work));
        if (step.do === 'tick') run({ do: 'tick' });
        if (step.do === 'act') {
          const acting = act(step.work, step.what, step.key) as Extract<NodeCommand, { do: 'work-act' }>;
          run({ do: 'work-act', act: { ...acting.act, node: home } });
        }
        if (step.do === 'pull-back') {
          run({ do: 'pull-back', replyTo: ORDERS, work: id, node: home, ask: ++ask, reason: 'moved', by: 'x' });
        }
        if (step.do === 'hear') run({ do: 'work-heard', work: id, node: home, version: told.get(id) ?? 0 });
        const [any] = step.do === 'again' ? sent.slice(-1 - step.work) : [];
        if (any !== undefined) run(any);
        if (step.do === 'image' || step.do === 'journal') play.crash(step.do);
      }
      expect(wrongIn(play.facts)).toEqual([]);
      // The order hears of everything, so that what is over is forgotten in the end.
      for (const { command } of play.machine.outstanding()) {
        const { id: work, node: home, version } = (command as Extract<NodePortReply, { do: 'work-changed' }>).work;
        run({ do: 'work-heard', work, node: home, version });
      }
      expect(play.machine.outstanding()).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

/** By the plainest rules: numbers, the table, what was picked is what leaves, one act per key, capacity. */
function wrongIn(facts: readonly NodeFact[]): string[] {
  const heads = new Map<string, number>();
  const works = new Map<string, WorkOrder>();
  const keys = new Set<string>();
  const offered = new Map<string, number>();
  return facts.flatMap((fact) => {
    if (fact.fact !== 'WorkMoved') return [];
    const { o, node: home, op, work } = fact.news;
    const before = works.get(work.id);
    const gap = o !== (heads.get(home) ?? 0) + 1;
    heads.set(home, o);
    works.set(work.id, work);
    const says = (wrong: boolean, why: string) => (wrong ? [`${why} at ${home} ${o}: ${op} of ${work.id}`] : []);
    if (op === 'queued') {
      const day = `${home} ${fact.day}`;
      offered.set(day, (offered.get(day) ?? 0) + 1);
      return [...says(gap, 'gap'), ...says(home === 'N1' && offered.get(day)! > 3, 'more than it takes')];
    }
    const key = `${work.id} ${fact.act?.keyDigest}`;
    const isTwice = fact.act !== undefined && keys.has(key);
    keys.add(key);
    const inside = sum(work.parcels.flatMap(({ lines }) => lines.map(({ units }) => units)));
    const picked = sum(work.lines.map((line) => line.picked ?? 0));
    return [
      ...says(gap, 'gap'),
      ...says(before === undefined || WORK_TABLE[before.state][op] !== work.state, 'not by the table'),
      ...says(work.version !== (before?.version ?? 0) + 1, 'version'),
      ...says(work.state === 'shipped' && inside !== picked, 'not what was picked'),
      ...says(isTwice, 'one key, two changes'),
    ];
  });
}

function sum(units: readonly number[]): number {
  return units.reduce((total, each) => total + each, 0);
}
