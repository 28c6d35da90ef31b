import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkFolder } from '../check/check-folder.ts';
import type { SkuStock } from '../contract/change.ts';
import type { LedgerPage } from '../contract/ledger.ts';
import { openEngine } from '../engine.ts';
import { attackSize } from '../journal/attack-size.ts';
import { openFolder } from '../journal/folder.ts';
import { readHistory } from '../journal/read-history.ts';
import { encodeRecords } from '../journal/records.ts';
import { openSegmentJournal } from '../journal/segment-journal.ts';
import { openTestEngine } from '../shard/test-engine.ts';
import { sku, sold } from '../shard/test-fixture.ts';
import { endOf, exported, folderWith, headOf, importLines, SKUS, step, type Step } from './transfer-fixture.ts';

/** What a server on the folder answers: stock, and everything the ledger has. */
async function answers(dataDir: string): Promise<{ stock: readonly SkuStock[]; ledger: readonly unknown[] }> {
  const engine = await openEngine({ dataDir, threads: 1, publish() {} });
  try {
    const stock = await engine.stock(Array.from({ length: SKUS }, (_, i) => sku(i)));
    const ledger: unknown[] = [];
    for (const each of stock) {
      const page = (await engine.ledger({ sku: each.sku, limit: 1_000 } as never)) as LedgerPage;
      ledger.push(page);
    }
    return { stock: stock.toSorted((a, b) => a.sku.localeCompare(b.sku)), ledger };
  } finally {
    await engine.close();
  }
}

describe('a round trip', () => {
  test('[reliability 8] any history comes back: the same digests, stock answers and ledger', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }), async (steps) => {
        const from = await folderWith(steps);
        const lines = exported(from);
        const to = await importLines(lines);
        expect(endOf(exported(to)).end).toEqual(endOf(lines).end);
        expect(await answers(to)).toEqual(await answers(from));
        expect(checkFolder(to).report.faults).toEqual([]);
        expect(readFileSync(join(to, 'keys.json'), 'utf8')).toBe('{"keys":[]}');
      }),
      { numRuns: attackSize(5) },
    );
  });

  test('positions and journal times stay what they were; the epoch is a new one', async () => {
    const from = await folderWith([
      { do: 'count', sku: 1, units: 9 },
      { do: 'hold', skus: [1, 2] },
    ]);
    const lines = exported(from);
    const to = await importLines(lines);
    const facts = (all: readonly string[]): readonly string[] => all.slice(2, -1);
    const again = exported(to);
    expect(facts(again)).toEqual(facts(lines));
    expect(headOf(again).epoch).not.toBe(headOf(lines).epoch);
    expect(headOf(lines)).toMatchObject({
      onhand: 'export',
      format: 2,
      stockShards: 4,
      begins: 'first-fact',
      first: 1,
    });
  });

  test('an imported folder goes on like any other', async () => {
    const to = await importLines(exported(await folderWith([{ do: 'count', sku: 1, units: 9 }])));
    const { engine } = await openTestEngine({ dataDir: to });
    await engine.record([sold(1, 'after')], 1);
    expect((await engine.stock([sku(1)]))[0]?.nodes[0]?.onHand).toBe(8);
    await engine.close();
    expect(checkFolder(to).report.faults).toEqual([]);
  });
});

describe('where the archive no longer reaches back to the first fact', () => {
  /** The journal from a position on that every shard has two snapshots behind. */
  async function shortened(): Promise<string> {
    const steps: Step[] = Array.from({ length: 120 }, (_, i) => ({ do: 'count', sku: i % SKUS, units: i }));
    const dir = await folderWith(steps, { snapshotEveryFacts: 5 });
    const folder = openFolder(dir);
    const positions = new Map<string, number>();
    for (const name of readdirSync(folder.snapshotsDir)) {
      const position = Number(name.slice(28, 43));
      positions.set(name.slice(0, 11), Math.min(positions.get(name.slice(0, 11)) ?? Infinity, position));
    }
    const first = Math.min(...positions.values()) + 1;
    const head = checkEnd(dir, folder.epoch);
    const kept = [...readHistory({ dir: folder.journalDir, from: first, to: head })].map((entry) => ({
      ...entry,
      record: { ...entry.record, fact: Uint8Array.from(entry.record.fact) },
    }));
    rmSync(folder.journalDir, { recursive: true });
    mkdirSync(folder.journalDir);
    const anew = openSegmentJournal({
      dir: folder.journalDir,
      epoch: folder.epoch,
      durableTo: first - 1,
      acceptLoss: true,
    });
    for (const { record, atMs } of kept) anew.append([encodeRecords([record])], atMs);
    anew.close();
    folder.close();
    return dir;
  }

  function checkEnd(dir: string, epoch: string): number {
    const journal = openSegmentJournal({ dir: join(dir, 'journal'), epoch });
    try {
      return journal.head;
    } finally {
      journal.close();
    }
  }

  test('[reliability 8] the export begins with every shard’s state, says so, and comes back the same', async () => {
    const from = await shortened();
    const lines = exported(from);
    expect(headOf(lines)).toMatchObject({ begins: 'images' });
    expect(headOf(lines).first).toBeGreaterThan(1);
    expect(endOf(lines).end.images).toBe(headOf(lines).shards);
    const to = await importLines(lines);
    expect(endOf(exported(to)).end).toEqual(endOf(lines).end);
    expect(checkFolder(to).report.faults).toEqual([]);
    const stock = async (dir: string) => (await answers(dir)).stock;
    expect(await stock(to)).toEqual(await stock(from));
  });

  test('without a sound snapshot of each shard it is refused', async () => {
    const dir = await shortened();
    for (const name of readdirSync(join(dir, 'snapshots'))) {
      if (name.startsWith('shard-00002')) rmSync(join(dir, 'snapshots', name));
    }
    expect(() => exported(dir)).toThrow(/shard 2 has no sound snapshot/);
  });
});
