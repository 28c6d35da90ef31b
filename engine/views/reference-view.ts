import type { ReferenceView } from '../api.ts';
import { unreachable } from '../contract/assert.ts';
import type { AutomationRef } from '../contract/automation.ts';
import type { CarrierRef, SourcingRef } from '../contract/sourcing.ts';
import type { NodeId, Sku, SourceId } from '../contract/ids.ts';
import {
  poolKey,
  type ChannelRef,
  type ItemRef,
  type KitRef,
  type NodeGroupRef,
  type NodeRef,
  type OutfeedRef,
  type PoolRef,
  type ReferenceBatch,
  type SafetyRef,
  type SourceRef,
  switchKey,
  type SwitchRef,
} from '../contract/reference.ts';
import type { RowsChanged } from '../contract/reference-change.ts';

/** Reference data on the main thread: filled from the book at start, then from each change as the book has it. */
export class LiveReference implements ReferenceView {
  readonly nodes = new Map<NodeId, NodeRef>();
  readonly groups = new Map<string, NodeGroupRef>();
  readonly channels = new Map<string, ChannelRef>();
  readonly sources = new Map<SourceId, SourceRef>();
  readonly items = new Map<Sku, ItemRef>();
  readonly pools = new Map<string, PoolRef>();
  readonly safety = new Map<string, SafetyRef>();
  readonly switches = new Map<string, SwitchRef>();
  readonly kits = new Map<Sku, KitRef>();
  readonly outfeeds = new Map<string, OutfeedRef>();
  readonly carriers = new Map<string, CarrierRef>();
  readonly sourcing = new Map<string, SourcingRef>();
  readonly automations = new Map<string, AutomationRef>();

  learn({ batch, retire = [] }: RowsChanged): void {
    const rows: Map<string, unknown> = this[batch.of];
    for (const key of retire) rows.delete(key);
    this.apply(batch);
  }

  /** Rows replace rows of the same id, others stay. */
  apply(batch: ReferenceBatch): void {
    switch (batch.of) {
      case 'nodes':
        for (const row of batch.rows) this.nodes.set(row.id, row);
        return;
      case 'groups':
        for (const row of batch.rows) this.groups.set(row.id, row);
        return;
      case 'channels':
        for (const row of batch.rows) this.channels.set(row.id, row);
        return;
      case 'sources':
        for (const row of batch.rows) this.sources.set(row.id, row);
        return;
      case 'items':
        for (const row of batch.rows) this.items.set(row.sku, row);
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
        for (const row of batch.rows) this.kits.set(row.sku, row);
        return;
      case 'outfeeds':
        for (const row of batch.rows) this.outfeeds.set(row.id, row);
        return;
      case 'carriers':
        for (const row of batch.rows) this.carriers.set(row.id, row);
        return;
      case 'sourcing':
        for (const row of batch.rows) this.sourcing.set(row.id, row);
        return;
      case 'automations':
        for (const row of batch.rows) this.automations.set(row.id, row);
        return;
      default:
        unreachable(batch);
    }
  }
}
