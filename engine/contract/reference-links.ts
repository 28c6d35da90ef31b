import { unreachable } from './assert.ts';
import { rowKey, type ReferenceBatch, type ReferenceKind } from './reference.ts';

/** What a row names. `must`: without a row of that name this one cannot be; otherwise it waits for one, which may come. */
interface Link {
  readonly field: string;
  readonly of: ReferenceKind;
  readonly key: string;
  readonly must: boolean;
}

/** A row with its key and what it names. */
export interface LinkedRow {
  readonly key: string;
  readonly row: object;
  readonly links: readonly Link[];
}

/** Skus need no item row, sources create them; a grant or code for a node that is not there yet does no harm. */
export function linkedRows(batch: ReferenceBatch): readonly LinkedRow[] {
  const link = (field: string, of: ReferenceKind, key: string | undefined, must: boolean): Link[] =>
    key === undefined ? [] : [{ field, of, key, must }];
  const rows = <R extends object>(all: readonly R[], links: (row: R) => readonly Link[]): LinkedRow[] =>
    all.map((row) => ({ key: rowKey(batch.of, row), row, links: links(row) }));
  switch (batch.of) {
    case 'nodes':
      return rows(batch.rows, ({ owner }) => link('owner', 'sources', owner, true));
    case 'groups':
      return rows(batch.rows, ({ nodes }) => nodes.flatMap((node) => link('nodes', 'nodes', node, true)));
    case 'channels':
      return rows(batch.rows, ({ group }) => link('group', 'groups', group, true));
    case 'sources':
      return rows(batch.rows, ({ grants, nodeCodes = {} }) => [
        ...grants.flatMap(({ nodes }) =>
          nodes === 'all' ? [] : nodes.flatMap((node) => link('grants', 'nodes', node, false)),
        ),
        ...Object.entries(nodeCodes).flatMap(([code, node]) => link(`nodeCodes.${code}`, 'nodes', node, false)),
      ]);
    case 'items':
      return rows(batch.rows, () => []);
    case 'pools':
      return rows(batch.rows, ({ channel, sku }) => [
        ...link('channel', 'channels', channel, true),
        ...link('sku', 'items', sku, false),
      ]);
    case 'safety':
      return rows(batch.rows, ({ sku, node }) => [
        ...link('sku', 'items', sku, false),
        ...link('node', 'nodes', node, true),
      ]);
    case 'switches':
      return rows(batch.rows, ({ sku, node }) => [
        ...link('sku', 'items', sku, false),
        ...link('node', 'nodes', node, true),
      ]);
    case 'kits':
      return rows(batch.rows, ({ sku, components }) => [
        ...link('sku', 'items', sku, false),
        ...components.flatMap((one) => link('components', 'items', one.sku, false)),
      ]);
    case 'outfeeds':
      return rows(batch.rows, ({ nodes = [], channels = [], skus = [] }) => [
        ...nodes.flatMap((node) => link('nodes', 'nodes', node, true)),
        ...channels.flatMap((channel) => link('channels', 'channels', channel, true)),
        ...skus.flatMap((sku) => link('skus', 'items', sku, false)),
      ]);
    case 'carriers':
      return rows(batch.rows, () => []);
    case 'automations':
      return rows(batch.rows, ({ if: condition }) =>
        (condition?.channels ?? []).flatMap((channel) => link('if', 'channels', channel, true)),
      );
    case 'sourcing':
      return rows(batch.rows, ({ steps }) =>
        steps.flatMap(({ match, candidates }) => [
          ...(match?.channels ?? []).flatMap((channel) => link('steps', 'channels', channel, true)),
          ...(candidates?.groups ?? []).flatMap((group) => link('steps', 'groups', group, true)),
          ...(candidates?.nodes ?? []).flatMap((node) => link('steps', 'nodes', node, true)),
        ]),
      );
    default:
      return unreachable(batch);
  }
}

/** Kinds whose rows may name a row of this kind and cannot be without it. */
export const NAMED_BY: Readonly<Record<ReferenceKind, readonly ReferenceKind[]>> = {
  sources: ['nodes'],
  nodes: ['groups', 'safety', 'switches', 'outfeeds', 'sourcing'],
  groups: ['channels', 'sourcing'],
  channels: ['pools', 'outfeeds', 'sourcing', 'automations'],
  items: [],
  pools: [],
  safety: [],
  switches: [],
  kits: [],
  outfeeds: [],
  carriers: [],
  sourcing: [],
  automations: [],
};
