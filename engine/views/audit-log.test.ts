import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Engine } from '../api.ts';
import type { GroupId, NodeId } from '../contract/ids.ts';
import type { AuditEntry } from '../contract/reference-change.ts';
import { openTestEngine, testFolder } from '../shard/test-engine.ts';

const WEST = 'west' as GroupId;
const NODE = 'DC-1' as NodeId;
const west = (...nodes: NodeId[]) => ({ of: 'groups', rows: [{ id: WEST, nodes }] }) as const;

async function entriesOf(engine: Engine, query: { key?: string; after?: number } = {}): Promise<readonly AuditEntry[]> {
  const page = await engine.referenceAudit({ of: 'groups', limit: 100, ...query });
  expect(page).not.toHaveProperty('status');
  return 'status' in page ? [] : page.entries;
}

test('[RD5] the audit log says who, why, before and after, survives a restart, and is written again when it is lost', async () => {
  const dataDir = testFolder();
  const { engine: first } = await openTestEngine({ dataDir });
  await first.apply(west(), { by: 'ann', reason: 'new region' });
  await first.apply(west(NODE), { by: 'bob' });
  const effectiveAt = Date.now() + 86_400_000;
  const planned = await first.apply(west(), { by: 'ann', effectiveAt, reason: 'closing down' });
  expect(await first.cancelChange('p1', { by: 'bob', reason: 'not yet' })).toBe('cancelled');
  await first.apply({ of: 'groups', rows: [] }, { by: 'ann', retire: [WEST] });
  const [empty, full] = [
    { id: WEST, nodes: [] },
    { id: WEST, nodes: [NODE] },
  ];
  const rows = await entriesOf(first, { key: WEST });
  expect(planned).toMatchObject({ status: 'scheduled', id: 'p1' });
  expect(rows.map(({ row, at, ...entry }) => ({ ...entry, timed: at > 0 && row > 0 }))).toEqual([
    { what: 'retired', of: 'groups', key: WEST, by: 'ann', version: 7, before: full, timed: true },
    { what: 'cancelled', of: 'groups', key: WEST, by: 'bob', reason: 'not yet', plan: 'p1', timed: true },
    {
      what: 'planned',
      of: 'groups',
      key: WEST,
      by: 'ann',
      reason: 'closing down',
      plan: 'p1',
      effectiveAt,
      after: empty,
      timed: true,
    },
    { what: 'applied', of: 'groups', key: WEST, by: 'bob', version: 6, before: empty, after: full, timed: true },
    {
      what: 'applied',
      of: 'groups',
      key: WEST,
      by: 'ann',
      reason: 'new region',
      version: 5,
      after: empty,
      timed: true,
    },
  ]);
  expect(await entriesOf(first, { after: rows[3]!.row })).toHaveLength(2);

  const ledger = await first.ledger({ kind: 'reference', order: 'newest', limit: 1 });
  expect(ledger).toMatchObject({ movements: [{ detail: { by: 'ann', retired: true } }] });
  await first.close();
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(dataDir, `ledger.sqlite${suffix}`), { force: true });
  const { engine } = await openTestEngine({ dataDir });
  expect(await entriesOf(engine, { key: WEST })).toEqual(rows);
});
