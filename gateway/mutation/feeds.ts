import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NodeId, SourceId } from '../../engine/contract/ids.ts';
import type { FeedFormat, SourceRef } from '../../engine/contract/reference.ts';
import { onHand } from '../test-server.ts';

/** A source that may say nothing of any node, so every event it brings is refused. */
export function mute(format: FeedFormat): SourceRef {
  return {
    id: `mute-${format}` as SourceId,
    name: `Mute ${format}`,
    kind: 'pos',
    format,
    grants: [],
    unknownSku: 'create',
    lateMs: 86_400_000,
    freshMs: 0,
    nodeCodes: { '9': 'S-1' as NodeId },
  };
}

/** Real messages of every format, with rows of our own for the two formats of ours. */
export function feedSamples(): readonly { readonly format: FeedFormat; readonly text: string }[] {
  const root = join(import.meta.dirname, '..', '..', 'ingest', 'formats', 'fixtures');
  const folders = { poslog: 'poslog', epcis: 'epcis', x12: 'x12', shopify: 'shopify-inventory' } as const;
  const real = Object.entries(folders).flatMap(([folder, format]) =>
    globSync(`${folder}/**/*.{xml,jsonld,edi,txt,json}`, { cwd: root })
      .toSorted()
      .map((path) => ({ format, text: readFileSync(join(root, path), 'utf8') }))
      // The large examples add time, not shapes.
      .filter(({ text }) => text.length < 12_000),
  );
  const rows = [
    onHand('MILK-1', 3),
    { kind: 'delta', id: 'd1', at: Date.now(), sku: 'MILK-2', node: 'S-1', quantity: -1 },
  ];
  return [
    ...real,
    { format: 'json', text: rows.map((row) => JSON.stringify(row)).join('\n') },
    { format: 'csv', text: `kind,id,at,sku,node,quantity\nsnapshot,c1,${new Date().toISOString()},MILK-1,S-1,4\n` },
  ];
}
