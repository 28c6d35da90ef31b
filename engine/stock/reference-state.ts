import { unreachable } from '../contract/assert.ts';
import type { ChannelId, GroupId, NodeId, SafetyId, Sku, SourceId } from '../contract/ids.ts';
import { isSameKit } from '../contract/kit.ts';
import type { RefusedRow } from '../contract/outcome.ts';
import {
  isOfStock,
  poolKey,
  type ChannelRef,
  type ItemRef,
  type KitRef,
  type NodeGroupRef,
  type NodeRef,
  type PoolRef,
  type ReferenceBatch,
  type ReferenceKind,
  type SafetyRef,
  type SourceRef,
  switchKey,
  type SwitchRef,
} from '../contract/reference.ts';
import { Grants } from './grants.ts';

/** An item, and when the shard learned of it last. */
export interface KnownItem {
  readonly ref: ItemRef;
  readonly lsn: number;
}

/** The change of the reference book that was taken last, and the answer to it. */
interface TakenChange {
  readonly version: number;
  readonly refusedRows: readonly RefusedRow[];
}

/** A kit, how often it was defined, and the fact that did so last. */
export interface KnownKit {
  readonly ref: KitRef;
  readonly version: number;
  readonly lsn: number;
}

export interface ReferenceSaved {
  readonly taken: TakenChange;
  readonly nodes: readonly NodeRef[];
  readonly groups: readonly NodeGroupRef[];
  readonly channels: readonly ChannelRef[];
  readonly sources: readonly SourceRef[];
  readonly items: readonly KnownItem[];
  readonly pools: readonly PoolRef[];
  readonly safety: readonly SafetyRef[];
  readonly switches: readonly SwitchRef[];
  readonly kits: readonly KnownKit[];
  /** Fact that changed a channel last. */
  readonly channelsLsn: number;
}

/** Reference data as last applied; a row replaces the row of the same id. Its effect on stock is apply-reference.ts. */
export class ReferenceState {
  readonly nodes = new Map<NodeId, NodeRef>();
  readonly groups = new Map<GroupId, NodeGroupRef>();
  /** In the order they were made known: that numbers their columns. */
  readonly channels = new Map<ChannelId, ChannelRef>();
  readonly sources = new Map<SourceId, SourceRef>();
  readonly items = new Map<Sku, KnownItem>();
  /** By poolKey. What they make of availability is pools.ts. */
  readonly pools = new Map<string, PoolRef>();
  /** What they make of availability is safety.ts. */
  readonly safety = new Map<SafetyId, SafetyRef>();
  /** By switchKey. */
  readonly switches = new Map<string, SwitchRef>();
  readonly kits = new Map<Sku, KnownKit>();
  channelsLsn = 0;
  readonly grants = new Grants();
  taken: TakenChange = { version: 0, refusedRows: [] };

  /** Every row says what is known already: files applied again on a start need no fact. */
  knows(batch: ReferenceBatch): boolean {
    switch (batch.of) {
      case 'nodes':
        return batch.rows.every((row) => isSame(this.nodes.get(row.id), row));
      case 'groups':
        return batch.rows.every((row) => isSame(this.groups.get(row.id), row));
      case 'channels':
        return batch.rows.every((row) => isSame(this.channels.get(row.id), row));
      case 'sources':
        return batch.rows.every((row) => isSame(this.sources.get(row.id), row));
      case 'items':
        return batch.rows.every((row) => isSame(this.items.get(row.sku)?.ref, row));
      case 'pools':
        return batch.rows.every((row) => isSame(this.pools.get(poolKey(row)), row));
      case 'safety':
        return batch.rows.every((row) => isSame(this.safety.get(row.id), row));
      case 'switches':
        return batch.rows.every((row) => isSame(this.switches.get(switchKey(row)), row));
      case 'kits':
        return batch.rows.every((row) => isSame(this.kits.get(row.sku)?.ref, row));
      case 'outfeeds':
      case 'carriers':
      case 'sourcing':
      case 'automations':
        return true;
      default:
        return unreachable(batch);
    }
  }

  put(batch: ReferenceBatch, lsn: number): void {
    switch (batch.of) {
      case 'nodes':
        for (const row of batch.rows) this.nodes.set(row.id, row);
        return;
      case 'groups':
        for (const row of batch.rows) this.groups.set(row.id, row);
        return;
      case 'channels':
        for (const row of batch.rows) this.channels.set(row.id, row);
        this.channelsLsn = lsn;
        return;
      case 'sources':
        for (const row of batch.rows) this.sources.set(row.id, row);
        this.grants.forget();
        return;
      case 'items':
        for (const row of batch.rows) this.items.set(row.sku, { ref: row, lsn });
        return;
      case 'pools':
        for (const row of batch.rows) this.pools.set(poolKey(row), row);
        return;
      case 'safety':
        for (const row of batch.rows) this.safety.set(row.id, row);
        return;
      case 'switches':
        for (const row of batch.rows) this.switches.set(switchKey(row), row);
        return;
      case 'kits':
        for (const row of batch.rows) this.#define(row, lsn);
        return;
      case 'outfeeds':
      case 'carriers':
      case 'sourcing':
      case 'automations':
        // They move no stock: no shard is told of them, and none keeps them.
        return;
      default:
        return unreachable(batch);
    }
  }

  #define(ref: KitRef, lsn: number): void {
    const known = this.kits.get(ref.sku);
    const isSameAgain = known !== undefined && isSameKit(known.ref.components, ref.components);
    this.kits.set(ref.sku, { ref, version: (known?.version ?? 0) + (isSameAgain ? 0 : 1), lsn });
  }

  retire(of: ReferenceKind, keys: readonly string[]): void {
    if (!isOfStock(of)) return;
    const rows: Map<string, unknown> = this[of];
    for (const key of keys) rows.delete(key);
    if (of === 'sources') this.grants.forget();
  }

  batches(): readonly ReferenceBatch[] {
    return [
      { of: 'nodes', rows: [...this.nodes.values()] },
      { of: 'groups', rows: [...this.groups.values()] },
      { of: 'channels', rows: [...this.channels.values()] },
      { of: 'sources', rows: [...this.sources.values()] },
      { of: 'items', rows: [...this.items.values()].map((item) => item.ref) },
      { of: 'pools', rows: [...this.pools.values()] },
      { of: 'safety', rows: [...this.safety.values()] },
      { of: 'switches', rows: [...this.switches.values()] },
      { of: 'kits', rows: [...this.kits.values()].map((kit) => kit.ref) },
    ];
  }

  save(): ReferenceSaved {
    return {
      taken: this.taken,
      nodes: [...this.nodes.values()],
      groups: [...this.groups.values()],
      channels: [...this.channels.values()],
      sources: [...this.sources.values()],
      items: [...this.items.values()],
      pools: [...this.pools.values()],
      safety: [...this.safety.values()],
      switches: [...this.switches.values()],
      kits: [...this.kits.values()],
      channelsLsn: this.channelsLsn,
    };
  }

  load(saved: ReferenceSaved): void {
    this.taken = saved.taken;
    for (const row of saved.nodes) this.nodes.set(row.id, row);
    for (const row of saved.groups) this.groups.set(row.id, row);
    for (const row of saved.channels) this.channels.set(row.id, row);
    for (const row of saved.sources) this.sources.set(row.id, row);
    for (const item of saved.items) this.items.set(item.ref.sku, item);
    for (const row of saved.pools) this.pools.set(poolKey(row), row);
    for (const row of saved.safety) this.safety.set(row.id, row);
    for (const row of saved.switches) this.switches.set(switchKey(row), row);
    for (const kit of saved.kits) this.kits.set(kit.ref.sku, kit);
    this.channelsLsn = saved.channelsLsn;
  }
}

/** Rows with their fields in another order count as different: one fact too many does no harm. */
function isSame(known: object | undefined, row: object): boolean {
  return known !== undefined && JSON.stringify(known) === JSON.stringify(row);
}
