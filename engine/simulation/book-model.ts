import type { Outcome } from '../contract/command.ts';
import type { IntakeFact } from '../contract/intake-fact.ts';
import { isOfSku, isOfStock, rowKey, skuOfKey, type ReferenceBatch } from '../contract/reference.ts';
import { keysOf } from '../contract/reference-change.ts';
import { require, requireSame } from './violation.ts';

/** The reference book by the plainest rules (RD2, RD3): a map, and what waits for its time. Values are never changed in place. */
export class BookModel {
  version = 0;
  /** By `kind key`. */
  rows = new Map<string, object>();
  plans = new Map<string, number>();
  planned = 0;

  clone(): BookModel {
    const copy = new BookModel();
    Object.assign(copy, this);
    copy.rows = new Map(this.rows);
    copy.plans = new Map(this.plans);
    return copy;
  }

  apply(fact: IntakeFact): void {
    if (fact.fact === 'ReferenceApplied') this.#write(fact);
    if (fact.fact === 'ChangeScheduled') this.#plan(fact);
    if (fact.fact === 'ChangeCancelled') this.#end(fact.id, -Infinity);
    if (fact.fact === 'ChangeFailed') this.#end(fact.id, fact.at);
  }

  #plan({ id, effectiveAt, at }: Extract<IntakeFact, { fact: 'ChangeScheduled' }>): void {
    require(effectiveAt > at, () => `${id} is planned for the past`);
    this.planned++;
    require(id === `p${this.planned}`, () => `${id} is the plan number ${this.planned}`);
    this.plans.set(id, effectiveAt);
  }

  #write(fact: Extract<IntakeFact, { fact: 'ReferenceApplied' }>): void {
    const { batch, retire = [], before } = fact;
    require(fact.version === this.version + 1, () => `version ${fact.version} follows ${this.version}`);
    this.version = fact.version;
    const was = keysOf(fact).map((key) => this.rows.get(`${batch.of} ${key}`) ?? null);
    requireSame(before ?? was.map(() => null), was, () => `what was before version ${fact.version}`);
    for (const row of batch.rows) this.rows.set(`${batch.of} ${rowKey(batch.of, row)}`, row);
    for (const key of retire) this.rows.delete(`${batch.of} ${key}`);
    if (fact.scheduled !== undefined) this.#end(fact.scheduled, fact.at);
  }

  /** Once, and not before its time. */
  #end(id: string, atMs: number): void {
    const effectiveAt = this.plans.get(id);
    require(effectiveAt !== undefined, () => `${id} is not planned any more`);
    require(atMs === -Infinity || effectiveAt <= atMs, () => `${id} takes effect before its time`);
    this.plans.delete(id);
  }

  /** Rule RD2: what a stock shard holds is what the book says. */
  requireHeld(batches: readonly ReferenceBatch[], owns: (sku: string) => boolean): void {
    const held = new Map<string, object>();
    for (const { of, rows } of batches) for (const row of rows) held.set(`${of} ${rowKey(of, row)}`, row);
    const should = [...this.rows].filter(([name]) => {
      const [of, key] = [name.slice(0, name.indexOf(' ')), name.slice(name.indexOf(' ') + 1)];
      return isOfStock(of as ReferenceBatch['of']) && (!isOfSku(of as ReferenceBatch['of']) || owns(skuOfKey(key)));
    });
    requireSame(
      Object.fromEntries(held),
      Object.fromEntries(should),
      () => 'reference data of a shard and of the book',
    );
  }
}

/** Refusals that depend on what others did meanwhile, and on a clock that leapt; and a draft that says a row twice. */
const CHANGE_REFUSALS: readonly string[] = [
  'too-many-rows',
  'date-is-past',
  'version-conflict',
  'unknown-row',
  'names-unknown',
];

/** An answer rests on what is durable. */
export function requireChangeTold(durable: BookModel, outcome: Outcome): void {
  if (outcome.status === 'scheduled') {
    require(Number(outcome.id.slice(1)) <= durable.planned, () => `${outcome.id} is planned, and not durably`);
    return;
  }
  if (outcome.status === 'refused') {
    require(CHANGE_REFUSALS.includes(outcome.code), () => `a change is refused as ${outcome.code}`);
  } else require(outcome.status === 'applied', () => `a change is told ${outcome.status}`);
  const version = 'version' in outcome ? (outcome.version ?? 0) : 0;
  require(version <= durable.version, () => `version ${version} is said to be there, and is not durable`);
}
