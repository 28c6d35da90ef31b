import type { AllocationId, ChannelId, GroupId, OrderId, Sku } from '../contract/ids.ts';

// Who has been sold units that are not there yet (rule OR9), by sku in the order they are served: the lower priority first,
// of one priority the oldest promise, of one moment the lesser id.

/** Waiting for one sku at once: each event of it looks at all of them, some 0.3 ms. */
const WAITING_OF_SKU_MAX = 10_000;
/** Of all skus of a shard, servings that nobody has heard of yet included: what memory and snapshots may carry. */
const WAITING_MAX = 100_000;

export interface Waiter {
  readonly id: AllocationId;
  readonly order: OrderId;
  readonly sku: number;
  readonly group: GroupId;
  /** Nodes the group had when the units were sold. */
  readonly set: number;
  readonly channel: ChannelId;
  readonly movementRef: string;
  readonly placedAt: number;
  readonly priority: number;
  readonly units: number;
  readonly dueAt: number;
  /** Shard that is told when units come. */
  readonly tell?: number;
}

/** Units that are one's before anybody else's. `drawn`: of them, out of the channel's pool. */
export interface Claim {
  readonly waiter: Waiter;
  readonly units: number;
  readonly drawn: number;
}

/** Units that came and of which the order's shard has not said that it knows. */
export interface Serving {
  readonly serving: number;
  readonly id: AllocationId;
  readonly order: OrderId;
  readonly sku: Sku;
  readonly units: number;
  readonly tell: number;
}

export interface WaitingSaved {
  readonly waiters: readonly (readonly [number, readonly Waiter[]])[];
  readonly unheard: readonly Serving[];
  readonly servings: number;
}

const NO_CLAIMS: readonly Claim[] = [];
const NOBODY: readonly Waiter[] = [];

export class WaitingTable {
  /** Number of the newest serving. */
  servings = 0;
  private readonly bySku = new Map<number, readonly Waiter[]>();
  /** What has come and is not given yet, by sku: worked out anew after each fact, never saved. */
  private readonly came = new Map<number, readonly Claim[]>();
  private readonly untold = new Map<number, Serving>();
  /** Skus each allocation waits for. */
  private readonly skusOf = new Map<AllocationId, Set<number>>();
  private waiters = 0;

  of(sku: number): readonly Waiter[] {
    return this.bySku.size === 0 ? NOBODY : (this.bySku.get(sku) ?? NOBODY);
  }

  find(id: AllocationId, sku: number): Waiter | undefined {
    return this.of(sku).find((waiter) => waiter.id === id);
  }

  /** A row of the allocation, whichever sku it waits for. */
  anyOf(id: AllocationId): Waiter | undefined {
    for (const sku of this.skusOf.get(id) ?? []) return this.find(id, sku);
    return undefined;
  }

  isFull(sku: number): boolean {
    return this.of(sku).length >= WAITING_OF_SKU_MAX || this.waiters + this.untold.size >= WAITING_MAX;
  }

  /** In its place; without units it goes. */
  put(waiter: Waiter): void {
    const { id, sku, units } = waiter;
    const others = this.of(sku).filter((other) => other.id !== id);
    this.waiters += others.length - this.of(sku).length + Number(units > 0);
    const after = units === 0 ? others : others.toSpliced(placeOf(others, waiter), 0, waiter);
    if (after.length === 0) this.bySku.delete(sku);
    else this.bySku.set(sku, after);
    this.noteSku(waiter);
  }

  private noteSku({ id, sku, units }: Waiter): void {
    const skus = this.skusOf.get(id) ?? new Set<number>();
    if (units === 0) skus.delete(sku);
    else skus.add(sku);
    if (skus.size === 0) this.skusOf.delete(id);
    else this.skusOf.set(id, skus);
  }

  claims(sku: number): readonly Claim[] {
    return this.came.size === 0 ? NO_CLAIMS : (this.came.get(sku) ?? NO_CLAIMS);
  }

  setClaims(sku: number, claims: readonly Claim[]): void {
    if (claims.length === 0) this.came.delete(sku);
    else this.came.set(sku, claims);
  }

  /** Skus of which something has come. */
  get due(): ReadonlyMap<number, readonly Claim[]> {
    return this.came;
  }

  get skus(): Iterable<number> {
    return this.bySku.keys();
  }

  tell(serving: Serving): void {
    this.untold.set(serving.serving, serving);
  }

  /** Undefined: it was heard, or never made. */
  unheardAs(serving: number): Serving | undefined {
    return this.untold.get(serving);
  }

  hear(serving: number): void {
    this.untold.delete(serving);
  }

  get unheard(): Iterable<Serving> {
    return this.untold.values();
  }

  save(): WaitingSaved {
    return { waiters: [...this.bySku], unheard: [...this.untold.values()], servings: this.servings };
  }

  load({ waiters, unheard, servings }: WaitingSaved): void {
    for (const [sku, of] of waiters) {
      this.bySku.set(sku, of);
      this.waiters += of.length;
      for (const waiter of of) this.noteSku(waiter);
    }
    for (const serving of unheard) this.untold.set(serving.serving, serving);
    this.servings = servings;
  }
}

function placeOf(waiters: readonly Waiter[], one: Waiter): number {
  const place = waiters.findIndex((other) => isBefore(one, other));
  return place === -1 ? waiters.length : place;
}

function isBefore(a: Waiter, b: Waiter): boolean {
  if (a.priority !== b.priority) return a.priority < b.priority;
  if (a.placedAt !== b.placedAt) return a.placedAt < b.placedAt;
  return a.id < b.id;
}
