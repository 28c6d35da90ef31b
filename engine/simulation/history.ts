import { require } from './violation.ts';

/** What anybody had been told when somebody asked: newest position of each shard, and of each sku. */
export type Mark = ReadonlyMap<number | string, number>;

/**
 * The order of answers in time. What somebody was told before another asked stands before what came of it: a new fact has
 * the greater position, and a read shows at least as much.
 */
export class History {
  #told: Mark = new Map();

  get mark(): Mark {
    return this.#told;
  }

  /** `sku`: the one that the position is a change of. */
  told(position: string, sku?: string): void {
    const [shard, lsn] = partsOf(position);
    const told = new Map(this.#told);
    told.set(shard, Math.max(lsn, told.get(shard) ?? 0));
    if (sku !== undefined) told.set(sku, Math.max(lsn, told.get(sku) ?? 0));
    this.#told = told;
  }

  requireNew(position: string, asked: Mark): void {
    const [shard, lsn] = partsOf(position);
    const before = asked.get(shard) ?? 0;
    require(lsn > before, () => `recorded at ${position}, and ${shard}.${before} was told before it was sent`);
  }

  requireRead(position: string, sku: string, asked: Mark): void {
    const before = asked.get(sku) ?? 0;
    require(partsOf(position)[1] >= before, () => `${sku} is read as of ${position}, fact ${before} was told before`);
  }
}

function partsOf(position: string): [shard: number, lsn: number] {
  return position.split('.').map(Number) as [number, number];
}
