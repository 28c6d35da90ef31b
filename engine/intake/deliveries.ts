import { assert } from '../contract/assert.ts';
import type { ShardRequest } from '../contract/machine.ts';
import type { RefusedRow } from '../contract/outcome.ts';
import type { RowsChanged, ShardPart } from '../contract/reference-change.ts';

/** A change on its way: which shards have not taken it, and which rows those that have could not take. */
export interface Delivery extends RowsChanged {
  readonly version: number;
  readonly by: string;
  readonly before?: readonly (object | null)[];
  readonly waits: readonly number[];
  readonly refusedRows: readonly RefusedRow[];
}

/**
 * Changes that some shard has not taken yet. A shard is sent one at a time, in the order of versions, again after a crash
 * until it has answered: so all shards see the same changes in the same order, each once.
 */
export class Deliveries {
  readonly #open = new Map<number, Delivery>();
  readonly #split: (changed: RowsChanged) => readonly ShardPart[];
  readonly #self: number;

  constructor(self: number, split: (changed: RowsChanged) => readonly ShardPart[]) {
    this.#self = self;
    this.#split = split;
  }

  get size(): number {
    return this.#open.size;
  }

  get(version: number): Delivery | undefined {
    return this.#open.get(version);
  }

  /** Whether any shard must hear of it. */
  concerns(change: RowsChanged): boolean {
    return this.#split(change).length > 0;
  }

  begin(change: Omit<Delivery, 'waits'>): void {
    const waits = this.#split(change).map(({ shard }) => shard);
    if (waits.length > 0) this.#open.set(change.version, { ...change, waits });
  }

  /** Returns the change when no shard is left that has not taken it. */
  taken(version: number, shard: number, refusedRows: readonly RefusedRow[] = []): Delivery | undefined {
    const open = this.#open.get(version);
    assert(open !== undefined && open.waits.includes(shard), () => `shard ${shard} takes change ${version} again`);
    const waits = open.waits.filter((each) => each !== shard);
    const known = new Set(open.refusedRows.map(({ row }) => row));
    const all = [...open.refusedRows, ...refusedRows.filter(({ row }) => !known.has(row))];
    const now = { ...open, waits, refusedRows: all };
    if (waits.length > 0) this.#open.set(version, now);
    else this.#open.delete(version);
    return waits.length > 0 ? undefined : now;
  }

  /** A new change to the shards that have taken all before it. */
  firstRequests(change: Omit<Delivery, 'waits' | 'refusedRows' | 'before'>): ShardRequest[] {
    const busy = new Set([...this.#open.values()].flatMap(({ waits }) => waits));
    return this.#split(change)
      .filter(({ shard }) => !busy.has(shard))
      .map((part) => this.#request(change, part));
  }

  /** What the shard gets after a version, when it has taken that. */
  nextRequest(shard: number, after: number): ShardRequest[] {
    for (const open of this.#open.values()) {
      if (open.version > after && open.waits.includes(shard)) return this.#requests(open, shard);
    }
    return [];
  }

  /** What was sent and not answered. */
  outstanding(): ShardRequest[] {
    const shards = new Set([...this.#open.values()].flatMap(({ waits }) => waits));
    return [...shards].flatMap((shard) => this.nextRequest(shard, 0));
  }

  #requests(open: Delivery, shard: number): ShardRequest[] {
    return this.#split(open)
      .filter((part) => part.shard === shard)
      .map((part) => this.#request(open, part));
  }

  #request({ version, by }: Pick<Delivery, 'version' | 'by'>, { shard, batch, retire }: ShardPart): ShardRequest {
    const sent = { version, by, replyTo: this.#self };
    return { shard, command: { do: 'apply', sent, batch, ...(retire !== undefined && { retire }) } };
  }

  save(): readonly Delivery[] {
    return [...this.#open.values()];
  }

  load(saved: readonly Delivery[]): void {
    for (const open of saved) this.#open.set(open.version, open);
  }
}
