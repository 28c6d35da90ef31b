import type {
  ChannelRef,
  ItemRef,
  NodeGroupRef,
  NodeRef,
  PoolRef,
  SafetyRef,
  SourceRef,
  SwitchRef,
} from '../engine/contract/reference.ts';
import { rowKey } from './reference-changes.ts';
import type { LoadedFile, ReferenceKind } from './reference-schemas.ts';

// What no row can say alone: that ids are unique and that what a row names exists. A kind without a file is not
// checked against, because its rows may stand in the engine already.

interface Rows {
  readonly nodes: NodeRef;
  readonly groups: NodeGroupRef;
  readonly channels: ChannelRef;
  readonly sources: SourceRef;
  readonly items: ItemRef;
  readonly pools: PoolRef;
  readonly safety: SafetyRef;
  readonly switches: SwitchRef;
}

type Say = (row: string, field: string, rule: string) => void;
/** Ids of each kind, undefined where there is no file. */
type Known = ReadonlyMap<ReferenceKind, ReadonlySet<string>>;

/** Faults of rows that are well formed each, one sentence each. */
export function crossFaults(files: readonly LoadedFile[]): readonly string[] {
  const faults: string[] = [];
  const known: Known = new Map(
    files.map((file) => [file.of, new Set(file.rows.map((row) => rowKey(file.of, row as object)))]),
  );
  for (const file of files) {
    const seen = new Set<string>();
    for (const [index, row] of file.rows.entries()) {
      const id = rowKey(file.of, row as object);
      const name = idOf(row);
      const say: Say = (named, field, rule) => {
        faults.push(`${file.name} row ${index + 1} (${named}), field ${field}: ${rule}`);
      };
      if (seen.has(id)) say(name, 'id' in (row as object) ? 'id' : 'sku', 'stands in the file twice');
      seen.add(id);
      checkRow(file.of, row, known, say);
    }
  }
  return faults;
}

function idOf(row: unknown): string {
  const { id, sku } = row as { readonly id?: string; readonly sku?: string };
  return id ?? sku ?? '';
}

function checkRow(of: ReferenceKind, row: unknown, known: Known, say: Say): void {
  switch (of) {
    case 'nodes':
      return checkNode(row as Rows['nodes'], known, say);
    case 'groups':
      return checkGroup(row as Rows['groups'], known, say);
    case 'channels':
      return checkChannel(row as Rows['channels'], known, say);
    case 'sources':
      return checkSource(row as Rows['sources'], known, say);
    case 'items':
      return undefined;
    case 'pools':
      return checkPool(row as Rows['pools'], known, say);
    case 'safety':
      return checkSafety(row as Rows['safety'], known, say);
    case 'switches':
      return checkSwitch(row as Rows['switches'], known, say);
  }
}

function checkNode(node: NodeRef, known: Known, say: Say): void {
  if (!isTimeZone(node.timeZone)) say(node.id, 'timeZone', `"${node.timeZone}" is no IANA time zone`);
  if (missing(known, 'sources', node.owner)) say(node.id, 'owner', `names source "${node.owner}", which has no row`);
  for (const hours of node.hours) {
    if (hours.close <= hours.open) say(node.id, 'hours', `day ${hours.day} closes at ${hours.close}, before it opens`);
  }
}

function checkGroup(group: NodeGroupRef, known: Known, say: Say): void {
  for (const node of group.nodes) {
    if (missing(known, 'nodes', node)) say(group.id, 'nodes', `names node "${node}", which has no row`);
  }
  if (new Set(group.nodes).size < group.nodes.length) say(group.id, 'nodes', 'names a node twice');
}

function checkChannel(channel: ChannelRef, known: Known, say: Say): void {
  if (missing(known, 'groups', channel.group))
    say(channel.id, 'group', `names group "${channel.group}", which has no row`);
  if (channel.clearAt < channel.lowAt)
    say(channel.id, 'clearAt', `must be >= lowAt ${channel.lowAt}, got ${channel.clearAt}`);
}

function checkSource(source: SourceRef, known: Known, say: Say): void {
  if (source.timeZone !== undefined && !isTimeZone(source.timeZone)) {
    say(source.id, 'timeZone', `"${source.timeZone}" is no IANA time zone`);
  }
  const named = source.grants.flatMap((grant) => (grant.nodes === 'all' ? [] : grant.nodes));
  for (const node of named) {
    if (missing(known, 'nodes', node)) say(source.id, 'grants', `names node "${node}", which has no row`);
  }
  for (const [code, node] of Object.entries(source.nodeCodes ?? {})) {
    if (missing(known, 'nodes', node)) say(source.id, `nodeCodes.${code}`, `names node "${node}", which has no row`);
  }
}

function checkPool(pool: PoolRef, known: Known, say: Say): void {
  if (missing(known, 'channels', pool.channel))
    say(pool.id, 'channel', `names channel "${pool.channel}", which has no row`);
  if (missing(known, 'items', pool.sku)) say(pool.id, 'sku', `names sku "${pool.sku}", which has no row`);
}

function checkSafety({ id, sku, node, from, to }: SafetyRef, known: Known, say: Say): void {
  if (sku !== undefined && missing(known, 'items', sku)) say(id, 'sku', `names sku "${sku}", which has no row`);
  if (node !== undefined && missing(known, 'nodes', node)) say(id, 'node', `names node "${node}", which has no row`);
  if (from !== undefined && to !== undefined && to <= from) say(id, 'to', `must be > from ${from}, got ${to}`);
}

function checkSwitch({ sku, node }: SwitchRef, known: Known, say: Say): void {
  if (missing(known, 'items', sku)) say(sku, 'sku', `names sku "${sku}", which has no row`);
  if (missing(known, 'nodes', node)) say(sku, 'node', `names node "${node}", which has no row`);
}

function missing(known: Known, of: ReferenceKind, id: string): boolean {
  const ids = known.get(of);
  return ids !== undefined && !ids.has(id);
}

const zones = new Map<string, boolean>();

function isTimeZone(zone: string): boolean {
  const known = zones.get(zone);
  if (known !== undefined) return known;
  let is = true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    is = false;
  }
  zones.set(zone, is);
  return is;
}
