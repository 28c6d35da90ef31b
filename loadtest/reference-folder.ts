import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { ChannelRef, ItemRef, NodeGroupRef, NodeRef, SourceRef } from '../engine/contract/reference.ts';
import type { CarrierRef, SourcingRef } from '../engine/contract/sourcing.ts';

// A folder of reference files as the server loads them: one JSON list per kind.

export interface Reference {
  readonly nodes: readonly NodeRef[];
  readonly groups: readonly NodeGroupRef[];
  readonly channels: readonly ChannelRef[];
  readonly sources: readonly SourceRef[];
  readonly items: readonly ItemRef[];
  /** How orders find their nodes; absent: as on a fresh server. */
  readonly carriers?: readonly CarrierRef[];
  readonly sourcing?: readonly SourcingRef[];
}

const KINDS = [
  'nodes',
  'groups',
  'channels',
  'sources',
  'items',
  'carriers',
  'sourcing',
] as const satisfies readonly (keyof Reference)[];

export function writeReference(dir: string, reference: Reference): void {
  mkdirSync(dir, { recursive: true });
  for (const kind of KINDS) {
    const rows = reference[kind];
    if (rows !== undefined) writeFileSync(`${dir}/${kind}.json`, JSON.stringify(rows));
  }
}

/** Files of our own samples: the item master is compressed. */
export function readReference(dir: URL): Reference {
  const text = (kind: string): string =>
    kind === 'items'
      ? gunzipSync(readFileSync(new URL('items.json.gz', dir))).toString()
      : readFileSync(new URL(`${kind}.json`, dir), 'utf8');
  return Object.fromEntries(KINDS.map((kind) => [kind, JSON.parse(text(kind))])) as unknown as Reference;
}

export function merged(a: Reference, b: Reference): Reference {
  return {
    nodes: [...a.nodes, ...b.nodes],
    groups: [...a.groups, ...b.groups],
    channels: [...a.channels, ...b.channels],
    sources: [...a.sources, ...b.sources],
    items: [...a.items, ...b.items],
    carriers: [...(a.carriers ?? []), ...(b.carriers ?? [])],
    sourcing: [...(a.sourcing ?? []), ...(b.sourcing ?? [])],
  };
}
