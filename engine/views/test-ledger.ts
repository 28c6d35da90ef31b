import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { onTestFinished } from 'vitest';
import type { StockFact } from '../contract/stock-fact.ts';
import type { Movement } from '../contract/ledger.ts';
import type { Journal } from '../journal/journal.ts';
import { encodeRecords } from '../journal/records.ts';
import { openSegmentJournal } from '../journal/segment-journal.ts';
import type { Projector, ProjectorSettings } from './projector.ts';

// Random facts for tests of the ledger, each with the rows it must make.

export const SHARDS = 3;
export const EPOCH = 'test0001';
export const START_MS = 1_767_571_200_000;

export const sku = (shard: number, n: number): string => `sku-${shard}-${n}`;

interface Step {
  readonly shard: number;
  readonly kind:
    | 'delta'
    | 'snapshot'
    | 'complete'
    | 'hold'
    | 'release'
    | 'part'
    | 'part-end'
    | 'move-held'
    | 'refused'
    | 'node';
  readonly n: number;
  readonly node: number;
  readonly units: number;
  readonly afterMs: number;
}

export const steps = fc.array(
  fc.record<Step>({
    shard: fc.nat(SHARDS - 1),
    kind: fc.constantFrom(
      'delta',
      'delta',
      'snapshot',
      'complete',
      'hold',
      'release',
      'part',
      'part-end',
      'move-held',
      'move-held',
      'refused',
      'node',
    ),
    n: fc.nat(2),
    node: fc.nat(1),
    units: fc.integer({ min: 1, max: 9 }),
    afterMs: fc.constantFrom(0, 0, 1, 20_000, 90_000),
  }),
  { minLength: 1, maxLength: 40 },
);

/** Facts of the steps with what the ledger must say of each, by the plainest rules. */
export function world(drawn: readonly Step[]) {
  const facts: { shard: number; lsn: number; atMs: number; fact: StockFact; rows: Partial<Movement>[] }[] = [];
  const held = new Map<string, Partial<Movement>[]>();
  const lsns = Array.from({ length: SHARDS }, () => 0);
  let atMs = START_MS;
  for (const [i, { shard, kind, n, node, units, afterMs }] of drawn.entries()) {
    atMs += afterMs;
    const at = START_MS + i;
    const place = { sku: sku(shard, n), node: `n${node}` };
    const event = { source: 'wms', id: `e${i}`, at, node: place.node };
    const lines = [
      { sku: sku(shard, n), units, node: place.node },
      { sku: sku(shard, n + 1), units, group: 'all' },
    ];
    const latest = [...held.keys()].findLast((id) => id.startsWith(`r${shard}-`));
    const add = (fact: object, rows: Partial<Movement>[]): void => {
      const lsn = (lsns[shard] = (lsns[shard] ?? 0) + 1);
      facts.push({ shard, lsn, atMs, fact: { ...fact, at } as StockFact, rows });
    };
    const hold = (id: string): Partial<Movement>[] =>
      lines.map((line) => ({ kind: 'hold', ref: id, channel: 'web' as never, ...line }) as never);
    const release = (id: string): Partial<Movement>[] =>
      (held.get(id) ?? []).map((row) => ({ ...row, kind: 'release', reason: 'expired' }));
    switch (kind) {
      case 'delta':
        add(
          {
            fact: 'StockRecorded',
            event: { kind, ...event, sku: place.sku, quantity: -units, reason: 'sale', seq: i },
            units: -units,
          },
          [{ kind, ...place, id: `e${i}`, units: -units, reason: 'sale', seq: i } as never],
        );
        break;
      case 'snapshot':
        add(
          {
            fact: 'StockRecorded',
            event: { kind, ...event, sku: place.sku, quantity: units, covers: 'book', carries: 'on-hand' },
            units,
          },
          [{ kind, ...place, id: `e${i}`, units, detail: { covers: 'book' } } as never],
        );
        break;
      case 'complete':
        add({ fact: 'StockRecorded', event: { kind, ...event, covers: 'count' }, units: 0 }, [
          { kind, node: place.node, id: `e${i}`, detail: { covers: 'count' } } as never,
        ]);
        break;
      case 'hold': {
        const id = `r${shard}-${i}`;
        const reservation = { id, client: 'c', channel: 'web', state: 'held', lines, createdAt: at, expiresAt: at + 1 };
        add({ fact: 'UnitsReserved', keyDigest: '', contentDigest: '', reservation }, hold(id));
        held.set(id, hold(id));
        break;
      }
      case 'part': {
        const saga = `r${shard}-p${i}`;
        add({ fact: 'PartHeld', saga, channel: 'web', lines }, hold(saga));
        held.set(saga, hold(saga));
        break;
      }
      case 'release':
      case 'part-end': {
        const isPart = kind === 'part-end';
        if (latest === undefined || latest.includes('-p') !== isPart) {
          // A coordinator may end a part that was never held: nothing moves.
          if (isPart) add({ fact: 'PartEnded', saga: `r9-${i}`, end: 'expired' }, []);
          break;
        }
        add(
          isPart
            ? { fact: 'PartEnded', saga: latest, end: 'expired' }
            : { fact: 'UnitsReleased', id: latest, end: 'expired' },
          release(latest),
        );
        held.delete(latest);
        break;
      }
      case 'move-held': {
        const from = latest === undefined ? undefined : held.get(latest)?.[0];
        if (latest === undefined || from === undefined) break;
        const most = Math.min(units, from.units ?? 0);
        const moved = { line: 0, sku: from.sku, from: placeOf(from), units: most, to: { node: `n${1 - node}` } };
        const isPart = latest.includes('-p');
        const made = isPart ? { fact: 'PartMoved', saga: latest, move: i } : { fact: 'UnitsMoved', id: latest };
        const half = { ref: latest, channel: 'web' as never, sku: from.sku as never, units: most, reason: 'moved' };
        const put = { kind: 'hold', ...half, ...moved.to } as unknown as Partial<Movement>;
        add({ ...made, moved }, [{ kind: 'release', ...half, ...placeOf(from) }, put]);
        held.set(latest, afterMove(held.get(latest) ?? [], most, put));
        break;
      }
      case 'refused':
        add(
          { fact: 'PartRefused', saga: `r8-${i}`, refusal: { status: 'refused', code: 'units-exceed-available' } },
          [],
        );
        break;
      case 'node':
        add(
          {
            fact: 'ReferenceApplied',
            batch: { of: 'nodes', rows: [{ id: place.node, safety: units, enabled: true }] },
          },
          shard === 0 ? [{ kind: 'reference', reason: 'nodes', node: place.node as never, units }] : [],
        );
        break;
    }
  }
  const movements = facts.flatMap(({ shard, lsn, atMs: recordedAt, rows }) =>
    rows.map((row) => ({ shard, row: { ...row, position: `${shard}.${lsn}`, recordedAt } })),
  );
  return { facts, movements };
}

const placeOf = ({ node, group }: Partial<Movement>): object => (node === undefined ? { group } : { node });

/** Units leave the first row for another place. */
function afterMove(
  [first, ...rest]: readonly Partial<Movement>[],
  units: number,
  put: Partial<Movement>,
): Partial<Movement>[] {
  const left = { ...first, units: (first?.units ?? 0) - units };
  const rows = left.units === 0 ? rest : [left, ...rest];
  const isSame = (row: Partial<Movement>): boolean => row.sku === put.sku && row.node === put.node;
  const { reason: _, ...line } = put;
  if (!rows.some(isSame)) return [...rows, line];
  return rows.map((row) => (isSame(row) ? { ...row, units: (row.units ?? 0) + units } : row));
}

export function settingsIn(dir: string, head: number): ProjectorSettings {
  const journalDir = join(dir, 'journal');
  return {
    path: join(dir, 'ledger.sqlite'),
    journalDir,
    epoch: EPOCH,
    stockShards: SHARDS,
    intake: SHARDS + 1,
    head,
    historyDays: 30,
    outfeedHours: 24,
    outfeedEvents: 1_000_000,
    log() {},
  };
}

export function folder(): { dir: string; journal: Journal } {
  const dir = mkdtempSync(join(tmpdir(), 'onhand-ledger-'));
  const journal = openSegmentJournal({ dir: join(dir, 'journal'), epoch: EPOCH, segmentBytes: 64 * 1024 });
  onTestFinished(() => {
    journal.close();
    rmSync(dir, { recursive: true, force: true });
  });
  return { dir, journal };
}

type Fact = Pick<ReturnType<typeof world>['facts'][number], 'shard' | 'lsn' | 'fact' | 'atMs'>;

/** One commit for all, at the time of the last. */
export function append(journal: Journal, ...facts: readonly Fact[]): void {
  const records = facts.map(({ shard, lsn, fact }) => ({ shard, lsn, fact: Buffer.from(JSON.stringify(fact)) }));
  journal.append([encodeRecords(records)], facts.at(-1)?.atMs ?? 0);
}

export function catchUp(projector: Projector, journal: Journal): void {
  while (!projector.step(journal.head));
}
