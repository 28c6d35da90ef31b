import type { SnapshotHead } from './coverage.ts';
import type { SourceId } from '../contract/ids.ts';
import type { Silence } from '../contract/silence.ts';
import { Interner } from './interner.ts';
import type { Zeroing } from './zeroings.ts';

/** What the shard keeps per node, by node number. */
export interface NodeRow {
  enabled: boolean;
  safety: number;
  /** First and last of the node's positions. */
  first: number;
  last: number;
  /** Counts for the map, kept as positions change. */
  positions: number;
  stocked: number;
  low: number;
  short: number;
  /** Positions with on-hand > 0, and what sources took to 0 of late (rule FD12). */
  filled: number;
  readonly zeroings: Zeroing[];
  /** Newest complete snapshot: positions first heard of later start with it. */
  complete: SnapshotHead | null;
  /** Newest complete per source number, for asOf. */
  completes: [source: number, atMs: number][];
  /** The owner's last event here that the intake shard was told of (rule AV5). */
  ownerHeard: { readonly source: SourceId; readonly at: number } | null;
  /** What the intake shard said last about the node, and the number of that word; 0: nothing yet. */
  silence: Silence | null;
  silenceNumber: number;
}

export interface NodesSaved {
  readonly names: readonly string[];
  readonly rows: readonly NodeRow[];
}

/** Nodes in the order they were first named, known or not: a group may name a node before its row is applied. */
export class NodeTable {
  readonly names = new Interner();
  private readonly rows: NodeRow[] = [newRow()];
  /** How many nodes are stale. */
  staleCount = 0;

  intern(name: string): number {
    const node = this.names.intern(name);
    if (node === this.rows.length) this.rows.push(newRow());
    return node;
  }

  at(node: number): NodeRow {
    return this.rows[node] as NodeRow;
  }

  save(): NodesSaved {
    return { names: this.names.save(), rows: this.rows.slice(1) };
  }

  load(saved: NodesSaved): void {
    this.names.load(saved.names);
    this.rows.push(...saved.rows);
    this.staleCount = saved.rows.filter(({ silence }) => silence !== null).length;
  }
}

function newRow(): NodeRow {
  const counts = { positions: 0, stocked: 0, low: 0, short: 0, filled: 0, zeroings: [] };
  const silence = { ownerHeard: null, silence: null, silenceNumber: 0 };
  return { enabled: false, safety: 0, first: 0, last: 0, ...counts, complete: null, completes: [], ...silence };
}
