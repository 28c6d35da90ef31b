import { Interner } from './interner.ts';
import type { F64Column, U32Column, U8Column } from './columns.ts';
import type { Pages } from './pages.ts';

/** What a channel of sale knows about every sku. */
export class ChannelColumns {
  /** Σ available over the channel's nodes; ATS where the sku carries no unplaced demand. */
  readonly sum: F64Column;
  /** Newest source time over the channel's nodes. */
  readonly asOf: F64Column;
  /** Index into BANDS (bands.ts). */
  readonly band: U8Column;

  constructor(pages: Pages) {
    this.sum = pages.f64();
    this.asOf = pages.f64();
    this.band = pages.u8();
  }

  ensure(skus: number): void {
    this.sum.ensure(skus);
    this.asOf.ensure(skus);
    this.band.ensure(skus);
  }
}

export interface SkuItem {
  readonly scale: number;
  readonly enabled: boolean;
}

/** What the item master says of a sku, in one byte. */
export const SKU_FLAG = { enabled: 1, inMaster: 2 } as const;

/** One row per sku that an event has named, in the order of the first event; row 0 is none. */
export class SkuTable {
  readonly names = new Interner();
  /** lsn of the last fact that touched the sku. */
  readonly revision: F64Column;
  readonly scale: U8Column;
  readonly flags: U8Column;
  /** First and last of the sku's positions, in the order they were first heard of. */
  readonly first: U32Column;
  readonly last: U32Column;
  readonly channels: ChannelColumns[] = [];
  private readonly pages: Pages;

  constructor(pages: Pages) {
    this.pages = pages;
    this.revision = pages.f64();
    this.scale = pages.u8();
    this.flags = pages.u8();
    this.first = pages.u32();
    this.last = pages.u32();
  }

  get count(): number {
    return this.names.count;
  }

  /** `item`: as the master has it; a sku that a source created is counted in whole units. */
  add(name: string, item: SkuItem | undefined): number {
    const sku = this.names.intern(name);
    const rows = sku + 1;
    for (const column of [this.revision, this.scale, this.flags, this.first, this.last]) column.ensure(rows);
    for (const channel of this.channels) channel.ensure(rows);
    this.describe(sku, item);
    return sku;
  }

  describe(sku: number, item: SkuItem | undefined): void {
    const inMaster = item === undefined ? 0 : SKU_FLAG.inMaster;
    const enabled = (item?.enabled ?? true) ? SKU_FLAG.enabled : 0;
    this.scale.set(sku, item?.scale ?? 0);
    this.flags.set(sku, inMaster | enabled);
  }

  has(sku: number, flag: number): boolean {
    return (this.flags.get(sku) & flag) !== 0;
  }

  /** Channels are numbered in the order they were made known. */
  addChannel(): void {
    const channel = new ChannelColumns(this.pages);
    channel.ensure(this.count + 1);
    this.channels.push(channel);
  }
}
