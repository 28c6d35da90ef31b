import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { HotRow } from './hot-rows.ts';
import { Oracle, type ExpectedPosition } from './oracle.ts';

// The judge against examples worked out by hand from SPEC.md §3: minutes after ten.

const at = (minute: number): number => Date.UTC(2017, 5, 1, 10, minute);
/** The year's files without a row: their headers are part of what the oracle reads. */
const HEADERS = {
  opening: 'at,source,id,node,sku,quantity,covers',
  snapshots: 'at,source,id,node,sku,quantity,covers',
  'till-lines': 'at,postedAt,store,till,transaction,line,sku,quantity,kind,priceMinor,voids,order',
  movements: 'at,source,id,node,sku,kind,quantity,reason,from,to,ref,inboundRef',
  purchases: 'at,stage,po,vendor,node,sku,quantity,dueAt',
};

type Row = Omit<HotRow, 'source' | 'sku' | 'node'> & { readonly node?: string };

async function judge(rows: readonly Row[], holds: Parameters<Oracle['promise']>[0] = []) {
  const dir = mkdtempSync(join(tmpdir(), 'onhand-oracle-'));
  for (const [name, header] of Object.entries(HEADERS)) writeFileSync(join(dir, `${name}.csv.gz`), gzipSync(header));
  const hotFile = join(dir, 'rows.ndjson');
  writeFileSync(hotFile, rows.map((row) => JSON.stringify({ source: 's', sku: 'A', node: 'N1', ...row })).join('\n'));
  const oracle = await Oracle.read({
    hotFile,
    yearDir: pathToFileURL(`${dir}/`),
    keeps: () => true,
    reference: {
      nodes: [
        { id: 'N1', safety: 1, enabled: true },
        { id: 'N2', safety: 0, enabled: true },
      ],
      groups: [
        { id: 'both', nodes: ['N1', 'N2'] },
        { id: 'one', nodes: ['N1'] },
      ],
      channels: [
        { id: 'web', group: 'both' },
        { id: 'pickup', group: 'one' },
      ],
      items: [{ sku: 'A', scale: 0, enabled: true }],
    },
  });
  oracle.promise(holds);
  const positions = new Map(oracle.positions().map((position) => [position.node, position]));
  const ats = Object.fromEntries(oracle.ats().map((row) => [row.channel, row.ats]));
  oracle.close();
  rmSync(dir, { recursive: true });
  return { n1: positions.get('N1') as ExpectedPosition, n2: positions.get('N2'), ats };
}

const sale = (id: string, minute: number, more: Partial<Row> = {}): Row => ({
  id,
  kind: 'delta',
  at: at(minute),
  quantity: -1,
  ...more,
});
const book = (minute: number, quantity: number, more: Partial<Row> = {}): Row => ({
  id: `b${minute}`,
  kind: 'snapshot',
  covers: 'book',
  at: at(minute),
  quantity,
  ...more,
});

test('[FD2] two sales of 10:05 booked at 10:40 are not in the book of 10:10: 10 becomes 8', async () => {
  const { n1 } = await judge([book(10, 10), sale('1', 5, { postedAt: at(40) }), sale('2', 5, { postedAt: at(40) })]);
  expect(n1.on_hand).toBe(8);
});

test('[FD2] a count has seen all up to its time, booked or not', async () => {
  const { n1 } = await judge([book(10, 10, { covers: 'count' }), sale('1', 5, { postedAt: at(40) }), sale('2', 11)]);
  expect(n1.on_hand).toBe(9);
});

test('[FD2] numbers decide within a stream and epoch, times elsewhere', async () => {
  const numbered = { stream: 'x', epoch: 1 };
  const { n1 } = await judge([
    book(10, 10, { ...numbered, seq: 5 }),
    sale('1', 20, { ...numbered, seq: 4 }),
    sale('2', 5, { ...numbered, seq: 6 }),
    sale('3', 20, { stream: 'x', epoch: 2, seq: 1, postedAt: at(20) }),
  ]);
  expect(n1.on_hand).toBe(8);
});

test('[FD3] the newest snapshot counts, by time, then number, then id', async () => {
  expect((await judge([book(20, 7), book(10, 99)])).n1.on_hand).toBe(7);
  expect((await judge([book(10, 7, { id: 'b' }), book(10, 9, { id: 'a' })])).n1.on_hand).toBe(7);
  expect((await judge([book(10, 7, { id: 'a', seq: 2 }), book(10, 9, { id: 'b', seq: 1 })])).n1.on_hand).toBe(7);
});

test('[FD1] the same row twice counts once', async () => {
  expect((await judge([book(1, 10), sale('1', 5), sale('1', 5)])).n1.on_hand).toBe(9);
});

test('a void adds the opposite at the time of what it annuls', async () => {
  const annul: Row = { id: 'v', kind: 'void', at: at(30), voids: '1' };
  expect((await judge([book(1, 10), sale('1', 5), annul])).n1.on_hand).toBe(10);
  expect((await judge([book(10, 10, { covers: 'count' }), sale('1', 5), annul])).n1.on_hand).toBe(10);
  // The book had the sale, not yet the void.
  const booked = [book(10, 10), sale('1', 5, { postedAt: at(6) }), { ...annul, postedAt: at(30) }];
  expect((await judge(booked)).n1.on_hand).toBe(11);
});

test('a complete snapshot makes 0 of what was not counted since', async () => {
  const complete: Row = { id: 'c', kind: 'complete', at: at(20), covers: 'book' };
  expect((await judge([book(10, 10), sale('1', 25), complete])).n1.on_hand).toBe(-1);
  expect((await judge([book(30, 10), complete])).n1.on_hand).toBe(10);
});

test('[Suspect] what could not be found stays suspect until somebody counts', async () => {
  const reject: Row = { id: 'm', kind: 'move', at: at(20), quantity: 4, from: 'sellable', to: 'suspect' };
  const booked = await judge([book(10, 10), reject, book(30, 10, { states: {} })]);
  expect(booked.n1.unavailable).toBe(4);
  const counted = await judge([book(10, 10), reject, { ...book(40, 7), covers: 'count' }, book(50, 7, { states: {} })]);
  expect(counted.n1.unavailable).toBe(0);
});

test('units set aside follow the newest snapshot that names states', async () => {
  const move: Row = { id: 'm', kind: 'move', at: at(20), quantity: 2, from: 'sellable', to: 'damaged' };
  const { n1 } = await judge([book(10, 10, { states: { damaged: 3 } }), move, book(30, 10)]);
  expect(n1).toMatchObject({ on_hand: 10, unavailable: 5, available: 4 });
});

test('an order is open less what came of it', async () => {
  const order: Row = { id: 'i', kind: 'inbound', at: at(1), inboundRef: 'PO', quantity: 10 };
  const receipt = sale('r', 5, { quantity: 4, inboundRef: 'PO' });
  expect((await judge([order, receipt])).n1.inbound).toBe(6);
  expect((await judge([order, receipt, { ...order, id: 'j', at: at(2), quantity: 0 }])).n1.inbound).toBe(0);
});

test('[AV1][AV2] what a group was promised is missing at each of its nodes', async () => {
  const rows = [book(1, 6), book(1, 0, { id: 'n2', node: 'N2' })];
  const free = await judge(rows);
  expect(free.ats).toEqual({ web: 5, pickup: 5 });
  const promised = await judge(rows, [{ sku: 'A', units: 5, group: 'both' }]);
  expect(promised.ats).toEqual({ web: 0, pickup: 0 });
  const half = await judge(
    [book(1, 6), book(1, 3, { id: 'n2', node: 'N2' })],
    [
      { sku: 'A', units: 5, group: 'both' },
      { sku: 'A', units: 1, node: 'N1' },
    ],
  );
  expect(half.n1).toMatchObject({ reserved: 1, available: 4 });
  expect(half.ats).toEqual({ web: 2, pickup: 2 });
});
