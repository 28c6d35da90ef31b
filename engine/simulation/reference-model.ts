import type { ChannelRef, ItemRef, NodeRef, PoolRef, SafetyRef } from '../contract/reference.ts';
import type { RowsChanged } from '../contract/reference-change.ts';
import { poolKey } from '../contract/reference.ts';
import { ruleAt } from './safety-model.ts';
import { require } from './violation.ts';

/** What a stock shard was told of the retailer: rows replace rows. Values are never changed in place. */
export class ReferenceModel {
  nodes = new Map<string, NodeRef>();
  groups = new Map<string, readonly string[]>();
  channels = new Map<string, ChannelRef>();
  items = new Map<string, ItemRef>();
  /** `sku node` that are switched off. */
  off = new Set<string>();
  pools = new Map<string, PoolRef>();
  safetyRules = new Map<string, SafetyRef>();
  /** Moment at which safety rules are judged: moved on by facts alone (rule AV1). */
  safetyAtMs = 0;
  /** Of the change of the reference book that was taken last (rule RD2). */
  takenVersion = 0;

  protected copyReferenceOf(from: ReferenceModel): void {
    this.nodes = new Map(from.nodes);
    this.groups = new Map(from.groups);
    this.channels = new Map(from.channels);
    this.items = new Map(from.items);
    this.off = new Set(from.off);
    this.pools = new Map(from.pools);
    this.safetyRules = new Map(from.safetyRules);
  }

  protected takeReference(
    { version = 0, batch, retire = [] }: RowsChanged & { readonly version?: number },
    atMs: number,
  ): void {
    require(version > this.takenVersion, () => `change ${version} is taken after ${this.takenVersion}`);
    this.takenVersion = version;
    const { of: kind, rows } = batch;
    for (const key of retire) {
      if (kind === 'pools') this.pools.delete(key);
      if (kind === 'switches') this.off.delete(key.replace('\n', ' '));
      if (kind === 'safety') this.safetyRules.delete(key);
    }
    if (kind === 'nodes') for (const row of rows) this.nodes.set(row.id, row);
    if (kind === 'groups') for (const row of rows) this.groups.set(row.id, row.nodes);
    if (kind === 'channels') for (const row of rows) this.channels.set(row.id, row);
    if (kind === 'items') for (const row of rows) this.items.set(row.sku, row);
    if (kind === 'pools') for (const row of rows) this.pools.set(poolKey(row), row);
    if (kind === 'switches')
      for (const { sku, node, enabled } of rows) this.off[enabled ? 'delete' : 'add'](`${sku} ${node}`);
    if (kind !== 'safety') return;
    for (const row of rows) this.safetyRules.set(row.id, row);
    this.safetyAtMs = Math.max(this.safetyAtMs, atMs);
  }

  isDisabled(sku: string): boolean {
    return this.items.get(sku)?.enabled === false;
  }

  nodesOf(channel: string): readonly string[] {
    return this.groups.get(this.channels.get(channel)?.group ?? '') ?? [];
  }

  /** Units kept back at a position (rule AV1). */
  safety(sku: string, node: string, atMs = this.safetyAtMs): number {
    const ref = this.nodes.get(node);
    const department = this.items.get(sku)?.department;
    const place = { sku, node, department, nodeKind: ref?.kind };
    return ruleAt(this.safetyRules.values(), place, atMs)?.units ?? ref?.safety ?? 0;
  }

  /** A channel's quota of a sku: all its rows together (rule AV2). */
  quota(sku: string, channel: string): number {
    let units = 0;
    for (const row of this.pools.values()) if (row.sku === sku && row.channel === channel) units += row.units;
    return units;
  }

  /** Channels, described or not, that have a quota of the sku. */
  channelsWithQuota(sku: string): string[] {
    const channels = new Set([...this.pools.values()].map(({ channel }) => channel as string));
    return [...channels].filter((channel) => this.quota(sku, channel) > 0);
  }
}
