import type { SnapshotRow } from './rows.ts';

/** Shelf counts as a handheld exports them: CSV with a header, times as UTC. */
export function writeCountCsv(
  rows: readonly SnapshotRow[],
  { mapTime, codeOf }: { readonly mapTime: (at: number) => number; readonly codeOf: (node: string) => string },
): string {
  const lines = rows.map((row) =>
    [
      'snapshot',
      row.id,
      new Date(mapTime(row.at)).toISOString(),
      row.sku,
      codeOf(row.node),
      row.quantity,
      row.covers,
    ].join(','),
  );
  return `kind,id,at,sku,node,quantity,covers\n${lines.join('\n')}\n`;
}
