import type { StockFact } from '../contract/stock-fact.ts';
import { bookedBy } from './booked-by.ts';
import type { StockModel } from './stock-model.ts';

// Units on their way between nodes (rule FD8), from what was sent, what was lost, and what has come.

interface Sent {
  readonly sku: string;
  readonly node: string;
  readonly ref: string;
  readonly units: number;
  readonly dueAt: number;
  /** Allocated where it goes to. */
  readonly keep: boolean;
}

type Of<Name extends StockFact['fact']> = Extract<StockFact, { fact: Name }>;

export class TransitModel {
  sent: readonly Sent[] = [];
  /** By `sku node ref`. */
  #lost = new Map<string, number>();

  clone(): TransitModel {
    const copy = new TransitModel();
    copy.sent = this.sent;
    copy.#lost = new Map(this.#lost);
    return copy;
  }

  send({ sku, to: node, movementRef: ref, units, dueAt, keep }: Of<'UnitsTransferred'>): void {
    this.sent = [...this.sent, { sku, node, ref, units, dueAt, keep: keep === true }].toSorted(
      (a, b) => a.dueAt - b.dueAt,
    );
  }

  lose({ sku, to, movementRef, units }: Of<'UnitsWrittenOff'>): void {
    const key = `${sku} ${to} ${movementRef}`;
    this.#lost.set(key, (this.#lost.get(key) ?? 0) + units);
  }

  units(model: StockModel, sku: string, node: string, ref: string): number {
    const open = this.at(model, sku, node).filter((one) => one.inboundRef === ref);
    return open.reduce((sum, { units }) => sum + units, 0);
  }

  /** Kept for somebody who has it allocated there still: it is no supply of anybody's. */
  private keptFor(model: StockModel, sku: string, node: string, ref: string): number {
    const kept = this.kept(model, sku, node, ref);
    return kept === 0 ? 0 : Math.min(kept, model.orders.stillAllocated(model, sku, node, ref));
  }

  /** Of what is kept for somebody so much has not come: it comes before the rest. */
  kept(model: StockModel, sku: string, node: string, ref: string): number {
    const kept = this.sent.filter((one) => one.keep && one.sku === sku && one.node === node && one.ref === ref);
    const units = kept.reduce((sum, one) => sum + one.units, 0);
    return units === 0 ? 0 : Math.max(0, units - this.#gone(model, sku, node, ref));
  }

  /** Nodes that some of the sku was sent to for somebody. */
  keptAt(sku: string): readonly string[] {
    return this.sent.filter((one) => one.keep && one.sku === sku).map(({ node }) => node);
  }

  at(model: StockModel, sku: string, node: string): { inboundRef: string; units: number; dueAt: number }[] {
    const here = this.sent.filter((one) => one.sku === sku && one.node === node);
    return [...new Set(here.map(({ ref }) => ref))].flatMap((ref) => {
      let gone = this.#gone(model, sku, node, ref) + this.keptFor(model, sku, node, ref);
      return here
        .filter((one) => one.ref === ref)
        .map(({ units, dueAt }) => {
          const taken = Math.min(gone, units);
          gone -= taken;
          return { inboundRef: ref, units: units - taken, dueAt };
        });
    });
  }

  #gone(model: StockModel, sku: string, node: string, ref: string): number {
    const came = model.orders.came.filter((one) => one.sku === sku && one.node === node && one.ref === ref);
    const said = came.reduce((sum, { units }) => sum + units, 0);
    const booked = -bookedBy(model, `${sku} ${node}`, ref, 'return');
    return (this.#lost.get(`${sku} ${node} ${ref}`) ?? 0) + Math.max(0, said, booked);
  }
}
