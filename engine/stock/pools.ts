import type { ChannelId, PoolId } from '../contract/ids.ts';
import type { PoolRef } from '../contract/reference.ts';

// Ring-fence pools (rule AV2): a channel's quota of a sku, and how much of it the channel's holds have drawn. What is
// left of it is demand that other channels must leave room for. Only skus with pools take room.

/** Units of a sku set aside for a channel: all its rows together. */
export interface Quota {
  readonly channel: ChannelId;
  readonly units: number;
}

/** Units of a held line that came out of the pool of its channel; they go back there. */
export interface Drawn {
  readonly channel: ChannelId;
  readonly units: number;
}

type DrawnBySku = Map<string, readonly Drawn[]>;

export interface PoolsSaved {
  readonly drawn: readonly (readonly [sku: string, readonly Drawn[]])[];
  readonly used: readonly (readonly [sku: string, readonly Drawn[]])[];
}

const NONE: readonly Quota[] = [];

export class PoolTable {
  /** Derived from the rows of reference data, by the sku's name: a pool may be set aside before anybody reports the sku. */
  private readonly rows = new Map<string, Map<PoolId, PoolRef>>();
  private readonly quotas = new Map<string, readonly Quota[]>();
  private readonly drawn: DrawnBySku = new Map();
  /** Of what was drawn, what has left: it never goes back. */
  private readonly used: DrawnBySku = new Map();

  get isEmpty(): boolean {
    return this.quotas.size === 0;
  }

  /** Quotas above 0, in the order their channels were first given one. */
  quotasOf(sku: string): readonly Quota[] {
    return this.quotas.get(sku) ?? NONE;
  }

  drawnBy(sku: string, channel: ChannelId): number {
    return this.drawn.get(sku)?.find((drawn) => drawn.channel === channel)?.units ?? 0;
  }

  /** Channels that have drawn units of the sku. */
  drawnOf(sku: string): readonly Drawn[] {
    return this.drawn.get(sku) ?? [];
  }

  setAside(row: PoolRef): void {
    this.keep(row.sku, this.rowsWith(row));
  }

  /** The row is no more; what was drawn of it stays drawn until the holds end. */
  giveUp({ sku, id }: Pick<PoolRef, 'sku' | 'id'>): void {
    const rows = new Map(this.rows.get(sku));
    rows.delete(id);
    this.keep(sku, rows);
  }

  private keep(sku: string, rows: Map<PoolId, PoolRef>): void {
    this.rows.set(sku, rows);
    const quotas = quotasOf(rows.values());
    if (quotas.length === 0) this.quotas.delete(sku);
    else this.quotas.set(sku, quotas);
  }

  /** How many channels would have a quota of the row's sku if the row were taken. */
  channelsWith(row: PoolRef): number {
    return quotasOf(this.rowsWith(row).values()).length;
  }

  private rowsWith(row: PoolRef): Map<PoolId, PoolRef> {
    return new Map(this.rows.get(row.sku)).set(row.id, row);
  }

  /** Adds units, negative to give them back. A quota that shrank below what was drawn has nothing left, never less. */
  draw(sku: string, channel: ChannelId, units: number): void {
    add(this.drawn, sku, channel, units);
  }

  /** So many, whatever it was. The sku's channels are put in order, so that the same repair leaves the same behind. */
  putDrawn(sku: string, channel: ChannelId, units: number): void {
    this.draw(sku, channel, units - this.drawnBy(sku, channel));
    const changed = this.drawnOf(sku).toSorted((a, b) => (a.channel < b.channel ? -1 : 1));
    this.drawn.delete(sku);
    if (changed.length > 0) this.drawn.set(sku, changed);
  }

  /** Drawn units left for good: the quota is used up by so much. */
  use(sku: string, channel: ChannelId, units: number): void {
    add(this.used, sku, channel, units);
  }

  /** Units of the channels' pools that have left. */
  usedOf(sku: string): readonly Drawn[] {
    return this.used.get(sku) ?? [];
  }

  save(): PoolsSaved {
    return { drawn: [...this.drawn], used: [...this.used] };
  }

  load(saved: PoolsSaved, rows: Iterable<PoolRef>): void {
    for (const row of rows) this.setAside(row);
    for (const [sku, drawn] of saved.drawn) this.drawn.set(sku, drawn);
    for (const [sku, used] of saved.used) this.used.set(sku, used);
  }
}

function add(bySku: DrawnBySku, sku: string, channel: ChannelId, units: number): void {
  const known = bySku.get(sku) ?? [];
  const others = known.filter((drawn) => drawn.channel !== channel);
  const now = (known.find((drawn) => drawn.channel === channel)?.units ?? 0) + units;
  const all = now === 0 ? others : [...others, { channel, units: now }];
  if (all.length === 0) bySku.delete(sku);
  else bySku.set(sku, all);
}

function quotasOf(rows: Iterable<PoolRef>): Quota[] {
  const units = new Map<ChannelId, number>();
  for (const row of rows) units.set(row.channel, (units.get(row.channel) ?? 0) + row.units);
  return [...units].filter(([, sum]) => sum > 0).map(([channel, sum]) => ({ channel, units: sum }));
}
