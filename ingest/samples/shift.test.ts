import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readEpcis } from '../formats/epcis.ts';
import { loadReferenceFiles } from '../reference-files.ts';
import { REFERENCE_DIR } from './rows.ts';
import type { Send, SendRequest } from './sender.ts';
import { createShift } from './shift.ts';
import { nextAct, type SeenWork, type StaffAct } from './staff.ts';

// The staff against nodes that are a table, on a clock that moves when somebody waits.

const NEXT: Readonly<Record<StaffAct['act'], string>> = {
  accept: 'accepted',
  start: 'picking',
  pick: 'picked',
  pack: 'packed',
  ship: 'shipped',
  ready: 'ready-for-pickup',
  collect: 'collected',
  reject: 'rejected',
};

const workOf = (index: number, node: string, method = 'ship'): SeenWork & { number: string } => ({
  id: `o19-${index}.1`,
  order: `o19-${index}`,
  number: `#${index}`,
  node,
  method,
  state: 'queued',
  lines: [{ line: 1, sku: '00400010821853', units: 4 }],
});

class Nodes {
  readonly requests: SendRequest[] = [];
  readonly works: Map<string, SeenWork>;

  constructor(works: readonly SeenWork[]) {
    this.works = new Map(works.map((work) => [work.id, work]));
  }

  readonly send: Send = async (request) => {
    this.requests.push(request);
    await Promise.resolve();
    const { path } = request;
    const [, node, id] = /^\/v1\/nodes\/([^/]+)\/work(?:\/([^/]+)\/acts)?/.exec(path) ?? [];
    if (id !== undefined)
      return { status: 200, body: { work: this.#act(id, JSON.parse(request.body ?? '') as StaffAct) } };
    if (node !== undefined) {
      const open = [...this.works.values()].filter((work) => work.node === node && !ENDED.includes(work.state));
      return { status: 200, body: { works: open } };
    }
    return { status: 200, body: { pickup: { code: '1234' }, recorded: 1 } };
  };

  #act(id: string, act: StaffAct): SeenWork {
    const work = this.works.get(id)!;
    const picked = act.act === 'pick' ? { lines: work.lines.map((line) => ({ ...line, picked: 3 })) } : {};
    this.works.set(id, { ...work, ...picked, state: NEXT[act.act] });
    return this.works.get(id)!;
  }
}

const ENDED = ['shipped', 'collected', 'rejected'];

/** Works until everything has ended, or so many looks. */
async function work(nodes: Nodes, signal = new AbortController()): Promise<ReturnType<typeof createShift>['tally']> {
  let waits = 0;
  const shift = createShift({
    send: nodes.send,
    nodes: ['S367', 'DC-COL'],
    signal: signal.signal,
    tokenOf: async (order) => `token of ${order}`,
    wait: async () => {
      waits += 1;
      if (waits > 20_000 || [...nodes.works.values()].every(({ state }) => ENDED.includes(state))) signal.abort();
      await new Promise((resolve) => setImmediate(resolve));
    },
  });
  await shift.run();
  return shift.tally;
}

const MANY = Array.from({ length: 200 }, (_, i) =>
  workOf(i, i % 2 === 0 ? 'S367' : 'DC-COL', i % 4 === 0 ? 'pickup' : 'ship'),
);

test('[OR8] every work order of a node comes to its end, some of them turned down or short', async () => {
  const nodes = new Nodes(MANY);
  const tally = await work(nodes);
  const states = [...nodes.works.values()].map(({ state }) => state);
  expect(states.filter((state) => !ENDED.includes(state))).toEqual([]);
  expect(states.filter((state) => state === 'collected').length).toBeGreaterThan(30);
  expect(tally.left).toBe(states.filter((state) => state !== 'rejected').length);
  expect(tally.rejected).toBeGreaterThan(0);
  expect(tally.short).toBeGreaterThan(0);
  // A documented share, no more: most of what is ordered goes out at once.
  expect(tally.rejected + tally.short).toBeLessThan(40);
});

test('[RS2] who takes over after a kill says the same under the same key', async () => {
  const [once, again] = [new Nodes(MANY), new Nodes(MANY)];
  await work(once);
  await work(again);
  const acts = ({ requests }: Nodes) =>
    new Map(requests.flatMap(({ key, body }) => (key === undefined ? [] : [[key, body]])));
  expect(acts(once).size).toBeGreaterThan(200 * 4);
  expect(acts(again)).toEqual(acts(once));
});

test('[FD8] what left is booked by the node’s own system under the order’s id', async () => {
  const nodes = new Nodes([workOf(1, 'DC-COL'), workOf(2, 'S367')]);
  await work(nodes);
  const booked = nodes.requests.filter(({ path }) => path.startsWith('/v1/feeds/'));
  expect(booked.map(({ path }) => path).toSorted()).toEqual(['/v1/feeds/back-room', '/v1/feeds/wms-col']);
  const batches = (await loadReferenceFiles(fileURLToPath(REFERENCE_DIR))).map(({ batch }) => batch);
  const rowsOf = (of: 'nodes' | 'sources') => batches.flatMap((one) => (one.of === of ? [...one.rows] : []));
  const byId = (of: 'nodes' | 'sources') => new Map(rowsOf(of).map((row) => [row.id as string, row]));
  for (const { path, body = '' } of booked) {
    const source = byId('sources').get(path.split('/').at(-1) ?? '');
    const { events, refused } = readEpcis(Buffer.from(body), { source, nodes: byId('nodes') } as never);
    const [node, order] = path.endsWith('wms-col') ? ['DC-COL', 'o19-1'] : ['S367', 'o19-2'];
    expect(refused).toEqual([]);
    expect(events.map(({ event }) => event)).toMatchObject([
      { kind: 'delta', node, quantity: -3, reason: 'shipment', movementRef: order },
    ]);
  }
});

test('a server that refuses the staff themselves ends the shift with what it said', async () => {
  const nodes = new Nodes([]);
  const shift = createShift({
    send: () => Promise.reject(new Error('401 unknown key')),
    nodes: ['S367'],
    signal: new AbortController().signal,
    tokenOf: async () => undefined,
    wait: async () => undefined,
  });
  await expect(shift.run()).rejects.toThrow('401 unknown key');
  expect(nodes.requests).toEqual([]);
});

test('[OR8] each state has its next act, and what has ended none', () => {
  const tools = { temper: { rejects: 0, shorts: 0 }, draw: () => 0.5 };
  const acts = [...Object.values(NEXT), 'queued'].map((state) => nextAct({ ...workOf(1, 'S1'), state }, tools)?.act);
  expect(acts).toEqual(['start', 'pick', 'pack', 'ship', undefined, undefined, undefined, undefined, 'accept']);
  const ready = { ...workOf(1, 'S1', 'pickup'), state: 'ready-for-pickup' };
  expect(nextAct(ready, { ...tools, code: '99' })).toEqual({ act: 'collect', code: '99' });
  expect(nextAct({ ...ready, state: 'packed' }, tools)).toEqual({ act: 'ready' });
  const angry = { temper: { rejects: 1, shorts: 1 }, draw: () => 0.5 };
  expect(nextAct(workOf(1, 'S1'), angry)).toMatchObject({ act: 'reject' });
  expect(nextAct({ ...workOf(1, 'S1'), state: 'picking' }, angry)).toEqual({
    act: 'pick',
    lines: [{ line: 1, picked: 2, short: 'not-found' }],
  });
});
