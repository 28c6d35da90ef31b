import { linkedRows } from '../engine/contract/reference-links.ts';
import { rowKey, type ReferenceBatch, type ReferenceKind } from '../engine/contract/reference.ts';

// What no row can say alone: that ids are unique and that what a row names exists. A kind without a file is not
// checked against, because its rows may stand in the engine already.

/** A file whose rows are well formed each. */
export interface CheckedFile {
  readonly name: string;
  readonly batch: ReferenceBatch;
}

/** Faults of rows that are well formed each, one sentence each. */
export function crossFaults(files: readonly CheckedFile[]): readonly string[] {
  const known = new Map(files.map(({ batch }) => [batch.of, keysOf(batch)]));
  return files.flatMap((file) => faultsOf(file, known));
}

function keysOf({ of, rows }: ReferenceBatch): ReadonlySet<string> {
  return new Set(rows.map((row) => rowKey(of, row)));
}

function faultsOf(
  { name, batch }: CheckedFile,
  known: ReadonlyMap<ReferenceKind, ReadonlySet<string>>,
): readonly string[] {
  const seen = new Set<string>();
  return linkedRows(batch).flatMap(({ key, row, links }, index) => {
    const say = (field: string, rule: string): string =>
      `${name} row ${index + 1} (${idOf(row)}), field ${field}: ${rule}`;
    const twice = seen.has(key) ? [say('id' in row ? 'id' : 'sku', 'stands in the file twice')] : [];
    seen.add(key);
    const missing = links.filter((link) => known.get(link.of)?.has(link.key) === false);
    return [
      ...twice,
      ...missing.map((link) => say(link.field, `names ${ONE[link.of]} "${link.key}", which has no row`)),
    ];
  });
}

function idOf(row: object): string {
  const { id, sku }: { readonly id?: string; readonly sku?: string } = row;
  return id ?? sku ?? '';
}

const ONE: Readonly<Record<ReferenceKind, string>> = {
  sources: 'source',
  nodes: 'node',
  groups: 'group',
  channels: 'channel',
  items: 'sku',
  pools: 'pool',
  safety: 'safety rule',
  switches: 'switch',
  kits: 'kit',
  outfeeds: 'outfeed',
  carriers: 'carrier',
  sourcing: 'set of sourcing rules',
  automations: 'automation',
};
